package main

import (
	"encoding/binary"
	"errors"
)

// sector is the unit of a partition table, in bytes.
const sector = 512

// The partitions of a card, by their number in its table.
const (
	bootPart = 1 + iota // FAT: what the board's own firmware reads, and offhook.toml
	slotA
	slotB
	dataPart // ext4: what outlives a power cut
)

// signature is in the partition table of each card that scripts/image.sh makes.
const signature = 0x0ff400cc

// table is the first sector of a card: a partition table with four primary partitions
// (UEFI specification, section 5.2.1).
type table []byte

var errForeign = errors.New("not a card of this phone")

func readTable(first []byte) (table, error) {
	if len(first) != sector || first[510] != 0x55 || first[511] != 0xaa ||
		binary.LittleEndian.Uint32(first[440:]) != signature {
		return nil, errForeign
	}
	return table(first), nil
}

func (t table) entry(part int) []byte { return t[446+16*(part-1):][:16] }

// extent is where a partition begins and how long it is, in sectors.
func (t table) extent(part int) (begin, length uint32) {
	e := t.entry(part)
	return binary.LittleEndian.Uint32(e[8:]), binary.LittleEndian.Uint32(e[12:])
}

// unit is what the end of the data partition is rounded down to, in sectors: 4 MiB, the
// erase block of usual cards.
const unit = 4 << 20 / sector

// grow makes the last partition reach to the end of a card of so many sectors. It says
// whether that changed the table.
func (t table) grow(sectors uint64) bool {
	begin, length := t.extent(dataPart)
	end := min(sectors, 1<<32-1) / unit * unit
	if begin == 0 || end < uint64(begin)+uint64(length)+unit {
		return false
	}
	binary.LittleEndian.PutUint32(t.entry(dataPart)[12:], uint32(end)-begin)
	return true
}
