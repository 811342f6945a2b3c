package writelog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const size = 512

// A written is an entry as a test writes it: text fills each of its sectors.
type written struct {
	sector uint64
	flags  Flags
	text   string // a sector for each letter
}

// logOf is a log as QEMU keeps it.
func logOf(all ...written) []byte {
	head := make([]byte, size)
	numbers(head, magic, version, uint64(len(all)), size)
	for _, w := range all {
		item := make([]byte, size)
		numbers(item, w.sector, uint64(len(w.text)), uint64(w.flags), 0)
		head = append(head, item...)
		if w.flags&Discard == 0 {
			head = append(head, sectors(w.text)...)
		}
	}
	return head
}

func numbers(b []byte, all ...uint64) {
	for i, n := range all {
		binary.LittleEndian.PutUint64(b[8*i:], n)
	}
}

func sectors(text string) (b []byte) {
	for _, letter := range []byte(text) {
		b = append(b, bytes.Repeat([]byte{letter}, size)...)
	}
	return b
}

// A disk is some sectors in memory.
type disk []byte

func newDisk(text string) disk { return sectors(text) }

// String is the letter of each sector; ? where one is torn.
func (d disk) String() string {
	var s strings.Builder
	for at := 0; at < len(d); at += size {
		letter := d[at]
		switch {
		case !bytes.Equal(d[at:at+size], sectors(string(letter))):
			letter = '?'
		case letter == 0:
			letter = '0'
		}
		s.WriteByte(letter)
	}
	return s.String()
}

var errEnd = errors.New("beyond the disk")

func (d disk) ReadAt(b []byte, at int64) (int, error) {
	if at+int64(len(b)) > int64(len(d)) {
		return 0, errEnd
	}
	return copy(b, d[at:]), nil
}

func (d disk) WriteAt(b []byte, at int64) (int, error) {
	if at+int64(len(b)) > int64(len(d)) {
		return 0, errEnd
	}
	return copy(d[at:], b), nil
}

func TestRead(t *testing.T) {
	mark := logOf(written{3, 0, "ab"}, written{0, Flush, ""}, written{1, Discard, "xxxx"}, written{7, FUA, "c"})
	l, err := Read(bytes.NewReader(mark))
	if err != nil {
		t.Fatal(err)
	}
	want := []Entry{{Sector: 3, Sectors: 2}, {Flags: Flush}, {Sector: 1, Sectors: 4, Flags: Discard}, {Sector: 7, Sectors: 1, Flags: FUA}}
	if diff := cmp.Diff(want, l.Entries, cmpopts.IgnoreUnexported(Entry{})); diff != "" || l.SectorSize != size {
		t.Errorf("sectors of %d\n%s", l.SectorSize, diff)
	}
	// A writer that was killed had written more than its head says.
	numbers(mark[16:], 2)
	if l, err = Read(bytes.NewReader(mark)); err != nil || len(l.Entries) != 2 {
		t.Errorf("%+v, %v", l, err)
	}
}

// Linux puts words into a log; they are no write.
func TestMarks(t *testing.T) {
	log := logOf(written{0, Mark, ""}, written{2, 0, "a"})
	numbers(log[size+24:], 5) // as long as the words
	log = append(log[:2*size:2*size], append(sectors("w"), log[2*size:]...)...)
	l, err := Read(bytes.NewReader(log))
	if err != nil || len(l.Entries) != 2 {
		t.Fatalf("%+v, %v", l, err)
	}
	d := newDisk("....")
	if err := l.Apply(d, l.Moments()[0].Since); err != nil || d.String() != "..a." {
		t.Errorf("%v, %v", d, err)
	}
}

func TestNoLogs(t *testing.T) {
	good := logOf(written{3, 0, "ab"})
	change := func(at int, n uint64) []byte {
		b := bytes.Clone(good)
		numbers(b[at:], n)
		return b
	}
	for name, log := range map[string][]byte{
		"nothing":               nil,
		"short":                 good[:headLength-1],
		"something else":        change(0, 1),
		"a later version":       change(8, 2),
		"no sectors":            change(24, 0),
		"odd sectors":           change(24, 513),
		"sectors of a megabyte": change(24, 1<<20),
		"more entries":          change(16, 1<<60),
		"far out":               change(size, 1<<63),
		"endless":               change(size+8, 1<<63),
		"a long mark":           append(change(size+16, uint64(Mark))[:size+24], 0, 0, 0, 1, 0, 0, 0, 0),
	} {
		if l, err := Read(bytes.NewReader(log)); err == nil {
			t.Errorf("%s: %+v", name, l)
		}
	}
}

// What was written may be missing: then nothing is made up.
func TestCutOff(t *testing.T) {
	log := logOf(written{1, 0, "ab"})
	l, err := Read(bytes.NewReader(log[:len(log)-1]))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Apply(newDisk("...."), l.Entries); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(logOf(written{3, 0, "ab"}, written{0, Flush, ""}, written{1, Discard, "xxxx"}, written{7, FUA | Flush, "c"}))
	f.Add(logOf(written{0, Mark, ""}))
	f.Fuzz(func(t *testing.T, log []byte) {
		l, err := Read(bytes.NewReader(log))
		if err != nil {
			return
		}
		if len(l.Entries) > len(log)/size {
			t.Fatalf("%d entries in %d bytes", len(l.Entries), len(log))
		}
		was := strings.Repeat(".", 64)
		d := newDisk(was)
		for _, m := range l.Moments() {
			undo, err := l.Try(d, m.Since, func() bool { return true })
			if wrong := undo(); wrong != nil || d.String() != was {
				t.Fatalf("%v, %v is %v, and was %v", err, wrong, d, was)
			}
			_ = l.Apply(d, m.Kept)
			was = d.String()
		}
	})
}
