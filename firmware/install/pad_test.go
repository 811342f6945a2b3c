package install

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func zipped(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, 9)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, text)
	w.Close()
	return b.Bytes()
}

// A kernel is filled up to any length, and is the same kernel, with nothing behind it.
func TestKernelsAreFilledUp(t *testing.T) {
	kernel := strings.Repeat("kernel ", 1000)
	file := zipped(t, kernel)
	for more := range int64(30) {
		want := int64(len(file)) + more
		for _, r := range []io.Reader{bytes.NewReader(file), iotest.OneByteReader(bytes.NewReader(file))} {
			got, err := io.ReadAll(Padded("b/kernel8.img", r, int64(len(file)), want))
			if err != nil || int64(len(got)) != want {
				t.Fatalf("%d bytes more: %d of %d, %v", more, len(got), want, err)
			}
			rest := bytes.NewReader(got)
			z, err := gzip.NewReader(rest)
			if err != nil {
				t.Fatalf("%d bytes more: %v", more, err)
			}
			z.Multistream(false)
			if text, err := io.ReadAll(z); err != nil || string(text) != kernel || rest.Len() != 0 {
				t.Fatalf("%d bytes more: %d bytes, %d behind, %v", more, len(text), rest.Len(), err)
			}
		}
	}
}

func TestFilledUp(t *testing.T) {
	gone := errors.New("gone")
	for _, c := range []struct{ name, in, out string }{
		{"a text", "console=tty3 quiet\n", "console=tty3 quiet\n  "},
		{"a short text", "quiet\n", "quiet\n  "},
		{"nothing", "", "  "},
		{"a device tree", "\xd0\x0d\xfe\xed\x00\x00\x30\x00\x00\x00\x00\x00", "\xd0\x0d\xfe\xed\x00\x00\x30\x00\x00\x00\x00\x00\x00\x00"},
		{"gzip with a name", "\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x03k\x00", "\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x03k\x00\x00\x00"},
	} {
		got, err := io.ReadAll(Padded("b/kernel8.img", strings.NewReader(c.in), int64(len(c.in)), int64(len(c.out))))
		if string(got) != c.out || err != nil {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
	for n := range 20 {
		r := io.MultiReader(strings.NewReader(strings.Repeat("x", n)), iotest.ErrReader(gone))
		if _, err := io.ReadAll(Padded("kernel8.img", r, 30, 40)); !errors.Is(err, gone) {
			t.Errorf("after %d bytes it cannot be read: %v", n, err)
		}
	}
}

func FuzzPadded(f *testing.F) {
	f.Add(zipped(f, "text"), uint8(7))
	f.Add([]byte("\x1f\x8b\x08"), uint8(1))
	f.Fuzz(func(t *testing.T, file []byte, more uint8) {
		want := int64(len(file)) + int64(more)
		got, err := io.ReadAll(Padded("kernel8.img", bytes.NewReader(file), int64(len(file)), want))
		if err != nil || int64(len(got)) != want {
			t.Errorf("%d of %d, %v", len(got), want, err)
		}
	})
}

// An initrd is as it was, with zeros behind.
func TestInitrdsAreFilledUpBehind(t *testing.T) {
	file := zipped(t, "initrd")
	got, err := io.ReadAll(Padded("b/initrd.img", bytes.NewReader(file), int64(len(file)), int64(len(file))+7))
	if want := append(file, make([]byte, 7)...); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%x, want %x, %v", got, want, err)
	}
}
