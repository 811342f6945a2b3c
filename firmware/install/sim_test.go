package install

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/offhook/offhook/firmware/slots"
	"github.com/offhook/offhook/firmware/update"
)

const sector = slots.Size

// A simCard is a card of sectors whose power can be cut: what was written to a volume before its
// Sync is kept, of what came after that any sectors. One volume's Sync says nothing of another's:
// a partition and the disk that it is on are remembered apart by the kernel.
type simCard struct {
	begin  map[string]int64 // of each volume, in bytes
	length map[string]int64
	kept   []byte  // when the log began
	log    []entry // since the card was made
	broken string  // a volume whose last sector keeps nothing
}

// An entry is one sector of a volume written, or its Sync.
type entry struct {
	volume string
	at     int64
	data   string // "": a Sync
}

// The volumes of a small card, with a kernel and a root of some sectors.
var sizes = map[string]int64{
	recordVolume: 129 * sector, configVolume: 80, trybootVolume: 160,
	"a/kernel8.img": 3 * sector, "b/kernel8.img": 3 * sector, "a/cmdline.txt": 64, "b/cmdline.txt": 64,
	"root-a": 4 * sector, "root-b": 4 * sector,
}

// kernelOf and rootOf are what a version like "v2" consists of.
func kernelOf(v string) string { return strings.Repeat(v+" kernel.", 140) }
func rootOf(v string) string   { return strings.Repeat(v+"-root.", 4*sector)[:4*sector] }

// newSimCard is a card as it is flashed, with v1 in slot A.
func newSimCard() *simCard {
	c := &simCard{begin: map[string]int64{}, length: sizes}
	end := int64(0)
	for _, name := range slices.Sorted(maps.Keys(sizes)) {
		c.begin[name] = end
		end += (sizes[name] + sector - 1) / sector * sector
	}
	c.kept = make([]byte, end)
	c.put(configVolume, "# mine\nos_prefix=a/\nkernel=kernel8.img\ndtoverlay=my-card\n#"+strings.Repeat(".", 21)+"\n")
	c.put(trybootVolume, strings.Repeat(" ", 160))
	c.put("a/kernel8.img", kernelOf("v1")+strings.Repeat(" ", 3*sector))
	c.put("a/cmdline.txt", "quiet offhook.slot=a\n"+strings.Repeat(" ", 64))
	c.put("root-a", rootOf("v1"))
	return c
}

func (c *simCard) Open(name string) (Volume, error) {
	if _, there := c.length[name]; !there {
		return nil, fmt.Errorf("no %s", name)
	}
	return &simVolume{c, name}, nil
}

type simVolume struct {
	*simCard
	name string
}

func (v *simVolume) Size() int64  { return v.length[v.name] }
func (v *simVolume) Close() error { return nil }

// now is the card as it would be if all were kept.
func (c *simCard) now() []byte {
	image, loose := c.synced(len(c.log))
	for _, e := range loose {
		copy(image[e.at:], e.data)
	}
	return image
}

// synced is what is kept for sure after the first n entries, and what may be kept beside it.
func (c *simCard) synced(n int) (image []byte, loose []entry) {
	image = slices.Clone(c.kept)
	for _, e := range c.log[:n] {
		if e.data != "" {
			loose = append(loose, e)
			continue
		}
		loose = slices.DeleteFunc(loose, func(l entry) bool {
			if l.volume == e.volume {
				copy(image[l.at:], l.data)
			}
			return l.volume == e.volume
		})
	}
	return image, loose
}

func (v *simVolume) ReadAt(b []byte, at int64) (int, error) {
	left := v.Size() - at
	if left <= 0 {
		return 0, io.EOF
	}
	kept, _ := v.synced(len(v.log)) // the card is asked, and not the kernel's memory of it
	n := copy(b[:min(int64(len(b)), left)], kept[v.begin[v.name]+at:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

func (v *simVolume) WriteAt(b []byte, at int64) (int, error) {
	if at+int64(len(b)) > v.Size() {
		return 0, fmt.Errorf("%s ends", v.name)
	}
	image := v.now()
	start := v.begin[v.name] + at
	end := start + int64(len(b))
	copy(image[start:], b)
	for s := start / sector * sector; s < end; s += sector {
		if v.name == v.broken && s+sector >= v.begin[v.name]+v.Size() {
			continue
		}
		v.log = append(v.log, entry{v.name, s, string(image[s : s+sector])})
	}
	return len(b), nil
}

func (v *simVolume) Sync() error {
	v.log = append(v.log, entry{volume: v.name})
	return nil
}

// cuts calls f with the card as a power cut may leave it after each entry of the log: the
// sectors that are not synced kept or not, in every combination up to some, else in some.
func (c *simCard) cuts(f func(where string, image []byte)) {
	for n := range len(c.log) + 1 {
		image, loose := c.synced(n)
		combinations, step := uint64(1)<<len(loose), uint64(1)
		for combinations/step > 512 {
			step = step*2 + 1
		}
		for keep := uint64(0); keep < combinations; keep += step {
			torn := slices.Clone(image)
			for j, l := range loose {
				if keep&(1<<j) != 0 {
					copy(torn[l.at:], l.data)
				}
			}
			f(fmt.Sprintf("after %d of %d, %0*b of the unflushed", n, len(c.log), len(loose), keep), torn)
		}
	}
}

// after is the card that a power cut left.
func (c *simCard) after(image []byte) *simCard {
	return &simCard{begin: c.begin, length: c.length, kept: image}
}

func (c *simCard) read(name string) string {
	b := make([]byte, c.length[name])
	copy(b, c.now()[c.begin[name]:])
	return string(b)
}

func (c *simCard) put(name, text string) {
	copy(c.kept[c.begin[name]:][:c.length[name]], text)
}

// A machine is a board around a card: its firmware, the initrd, and the flag between them.
type machine struct {
	*simCard
	flag bool // the firmware was asked for tryboot.txt
}

// A boot is what a start came to.
type boot struct {
	slot    slots.Slot
	version string // of kernel and root; "": they are not those of one update
	starts  int    // of the firmware
}

// start starts until a root runs.
func (m *machine) start() boot {
	for n := 1; n < 8; n++ {
		text := m.read(configVolume)
		if m.flag {
			text = m.read(trybootVolume)
		}
		m.flag = false
		loaded, _, err := update.Prefix([]byte(text))
		if err != nil || strings.TrimRight(m.read(loaded.String()+"/cmdline.txt"), " \n") != "quiet offhook.slot="+loaded.String() {
			return boot{starts: n} // nothing that a firmware could start
		}
		r, next, _ := record(m)
		choice, now := slots.Choose(r, loaded)
		if now != r {
			now.Written++
			v, _ := m.Open(recordVolume)
			if write(v, now.Encode(), slots.Copies[next]) != nil {
				return boot{starts: n}
			}
		}
		if choice.Restart {
			m.flag = true
			continue
		}
		b := boot{slot: choice.Boot, starts: n}
		kernel, root := m.read(loaded.String()+"/kernel8.img"), m.read("root-"+choice.Boot.String())
		if v := kernel[:2]; loaded == choice.Boot && root == rootOf(v) && strings.TrimRight(kernel, " ") == kernelOf(v) {
			b.version = v
		}
		return b
	}
	return boot{starts: 8}
}
