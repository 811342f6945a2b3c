package install

import (
	"bytes"
	"io"
	"path"
)

// The files that the board's firmware loads keep their length, so what is shorter is filled up:
// a text with spaces, all else with zeros behind its end. A device tree says itself how long it
// is, and the kernel passes over zeros behind an initrd (its "initramfs buffer format"). A
// kernel is filled up within its gzip, by blocks that hold nothing, as nobody says that the
// board's firmware bears something behind the end. They take time to read, some seconds for an initrd's
// megabytes on an emulated processor, so the room of a kernel is kept close.
const (
	// empty is a stored block without bytes, which is not the last one (RFC 1951 section 3.2.4).
	empty = "\x00\x00\x00\xff\xff"

	gzipHead = 10 // bytes (RFC 1952 section 2.3), without optional fields
	gzipName = 3  // the byte of the flags, in which
	hasName  = 8  // says that a name follows
)

// Kernel is the name of the file that is filled up within.
const Kernel = "kernel8.img"

// Padded makes the file name, r of size bytes, want bytes long.
func Padded(name string, r io.Reader, size, want int64) io.Reader {
	if size == want {
		return r
	}
	head := make([]byte, gzipHead)
	n, err := io.ReadFull(r, head)
	head = head[:n]
	if err != nil && n < gzipHead { // shorter than that, or unreadable: it fails again below
		return io.MultiReader(bytes.NewReader(head), failing{r, err}, &filler{[]byte(" "), want - size})
	}
	if path.Base(name) != Kernel || !bytes.Equal(head[:gzipName+1], []byte("\x1f\x8b\x08\x00")) {
		fill := []byte{0}
		if printable(head) {
			fill = []byte(" ")
		}
		return io.MultiReader(bytes.NewReader(head), r, &filler{fill, want - size})
	}
	// The blocks have five bytes; a file name of one to five letters makes up the rest.
	missing := want - size
	letters := (missing-1)%int64(len(empty)) + 1
	head[gzipName] = hasName
	return io.MultiReader(bytes.NewReader(head), bytes.NewReader(append(bytes.Repeat([]byte("k"), int(letters-1)), 0)),
		&filler{[]byte(empty), missing - letters}, r)
}

// failing says again what a read before said, but for an end.
type failing struct {
	r   io.Reader
	err error
}

func (f failing) Read(b []byte) (int, error) {
	if f.err == io.EOF || f.err == io.ErrUnexpectedEOF {
		return f.r.Read(b) // the end, which may carry words of its own
	}
	return 0, f.err
}

func printable(b []byte) bool {
	return len(bytes.TrimFunc(b, func(r rune) bool { return r >= ' ' && r <= '~' || r == '\n' || r == '\r' || r == '\t' })) == 0
}

// filler repeats a pattern.
type filler struct {
	pattern []byte
	left    int64
}

func (f *filler) Read(b []byte) (int, error) {
	if f.left == 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(b)), f.left))
	for i := range n {
		b[i] = f.pattern[i%len(f.pattern)]
	}
	f.left -= int64(n)
	if k := n % len(f.pattern); k != 0 {
		f.pattern = append(append([]byte{}, f.pattern[k:]...), f.pattern[:k]...)
	}
	return n, nil
}
