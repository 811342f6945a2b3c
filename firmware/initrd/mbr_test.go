package main

import (
	"encoding/binary"
	"testing"
)

// card is the table of a card of 512 MiB as it is flashed.
func card() []byte {
	t := make([]byte, sector)
	binary.LittleEndian.PutUint32(t[440:], signature)
	t[510], t[511] = 0x55, 0xaa
	begin := uint32(2048)
	for part := bootPart; part <= dataPart; part++ {
		e := table(t).entry(part)
		binary.LittleEndian.PutUint32(e[8:], begin)
		binary.LittleEndian.PutUint32(e[12:], 100<<20/sector)
		begin += 100 << 20 / sector
	}
	return t
}

func TestGrow(t *testing.T) {
	begin := uint32(2048 + 3*(100<<20/sector))
	for _, c := range []struct {
		name    string
		sectors uint64
		changed bool
		want    uint32
	}{
		{"as it is flashed", 512 << 20 / sector, true, 512<<20/sector - begin},
		{"a card of 32 GB, rounded down to whole erase blocks", 32_000_000_000 / sector, true, 32_000_000_000/sector/unit*unit - begin},
		{"a disk of 4 TB: the table ends at 2 TiB", 4_000_000_000_000 / sector, true, (1<<32-1)/unit*unit - begin},
		{"smaller than its table", 300 << 20 / sector, false, 100 << 20 / sector},
		{"nothing to gain", 402 << 20 / sector, false, 100 << 20 / sector},
	} {
		first, err := readTable(card())
		if err != nil {
			t.Fatal(err)
		}
		changed := first.grow(c.sectors)
		at, length := first.extent(dataPart)
		if changed != c.changed || at != begin || length != c.want {
			t.Errorf("%s: changed %v, %d+%d, want %d+%d", c.name, changed, at, length, begin, c.want)
		}
		if first.grow(c.sectors) {
			t.Errorf("%s: it grows again", c.name)
		}
	}
}

func TestForeignCards(t *testing.T) {
	other := card()
	other[440]++
	for name, first := range map[string][]byte{"empty": make([]byte, sector), "another system": other, "short": card()[:100], "nothing": nil} {
		if _, err := readTable(first); err == nil {
			t.Errorf("%s: it is taken for one of ours", name)
		}
	}
}
