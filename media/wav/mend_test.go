package wav

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

// stereo is a file of two channels that a Writer has left unclosed, after a Sync.
func stereo(t *testing.T, frames int) (path string, w *Writer) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "s.wav")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if w, err = New(f, 16000, 2); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(ramp(2 * frames)); err != nil {
		t.Fatal(err)
	}
	return path, w
}

// Two channels: the header says so, and what is in the file can be read at any time after a Sync.
func TestStereo(t *testing.T) {
	path, w := stereo(t, 1000)
	if err := w.Sync(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	if len(b) != headerLen+4000 || le.Uint16(b[22:]) != 2 || le.Uint32(b[24:]) != 16000 || le.Uint32(b[28:]) != 64000 ||
		le.Uint16(b[32:]) != 4 || le.Uint32(b[40:]) != 4000 {
		t.Errorf("header % x of %d octets", b[:headerLen], len(b))
	}
	pcm, rate := readAll(t, bytes.NewReader(b))
	if rate != 16000 || len(pcm) != 1000 {
		t.Errorf("%d frames at %d Hz", len(pcm), rate)
	}
	if w.Samples() != 2000 {
		t.Errorf("Samples() = %d", w.Samples())
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// After a power cut the file may be longer than its header says, or shorter, or end within a
// frame: mended, the header says what is there.
func TestMend(t *testing.T) {
	for _, c := range []struct {
		size, want int64 // octets of samples: in the file, told after
		mended     bool
	}{{4000, 4000, false}, {4400, 4400, true}, {4402, 4400, true}, {1000, 1000, true}, {0, 0, true}, {3, 0, true}} {
		path, w := stereo(t, 1000)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, headerLen+c.size); err != nil {
			t.Fatal(err)
		}
		mended, err := Mend(path)
		if err != nil || mended != c.mended {
			t.Errorf("%d octets: mended %v, %v", c.size, mended, err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := int64(binary.LittleEndian.Uint32(b[40:])); got != c.want {
			t.Errorf("%d octets: the header tells of %d, want %d", c.size, got, c.want)
		}
		if again, err := Mend(path); again || err != nil {
			t.Errorf("%d octets: mended again: %v", c.size, err)
		}
	}
}

// What is not ours stays as it is.
func TestMendLeavesOthersAlone(t *testing.T) {
	path, w := stereo(t, 100)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	ours, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"empty": {}, "short": ours[:20], "text": bytes.Repeat([]byte("text"), 100),
		"another": append(append([]byte{}, ours[:36]...), append([]byte("LIST"), ours[40:]...)...),
	} {
		path := filepath.Join(t.TempDir(), "x.wav")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if mended, err := Mend(path); mended || err != nil {
			t.Errorf("%s: mended %v, %v", name, mended, err)
		}
		if now, _ := os.ReadFile(path); !bytes.Equal(now, b) {
			t.Errorf("%s was changed", name)
		}
	}
	if _, err := Mend(filepath.Join(t.TempDir(), "none")); !os.IsNotExist(err) {
		t.Errorf("a file that is not there: %v", err)
	}
}
