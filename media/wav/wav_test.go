package wav

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/iotest"
)

func ramp(n int) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(i * 7)
	}
	return pcm
}

func readAll(t testing.TB, r io.Reader) (pcm []int16, rate int) {
	t.Helper()
	w, err := NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]int16, 333)
	for {
		n, err := w.Read(buf)
		pcm = append(pcm, buf[:n]...)
		if err == io.EOF {
			return pcm, w.Rate()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	for _, n := range []int{0, 1, 100, 8191, 8192, 8193, 100000} {
		path := filepath.Join(t.TempDir(), "a.wav")
		w, err := Create(path, 44100)
		if err != nil {
			t.Fatal(err)
		}
		src := ramp(n)
		for rest := src; len(rest) > 0; rest = rest[min(len(rest), 441):] {
			if err := w.Write(rest[:min(len(rest), 441)]); err != nil {
				t.Fatal(err)
			}
		}
		if w.Samples() != int64(n) {
			t.Errorf("Samples() = %d, want %d", w.Samples(), n)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		file, _ := os.ReadFile(path)
		got, rate := readAll(t, iotest.OneByteReader(bytes.NewReader(file)))
		if rate != 44100 || !slices.Equal(got, src) {
			t.Errorf("%d samples came back as %d at %d Hz", n, len(got), rate)
		}
	}
}

// A process that is killed leaves what it wrote up to a second ago, and a tenth of a
// second ago in the bytes behind that.
func TestKilledWriterLeavesAValidFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.wav")
	w, err := Create(path, 8000)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	src := ramp(8000*3 + 4000)
	for i := 0; i < len(src); i += 80 {
		if err := w.Write(src[i : i+80]); err != nil {
			t.Fatal(err)
		}
	}
	file, _ := os.ReadFile(path)
	got, _ := readAll(t, bytes.NewReader(file))
	if len(got) < len(src)-8000-800 || !slices.Equal(got, src[:len(got)]) {
		t.Errorf("%d of %d samples are told of", len(got), len(src))
	}
	if kept := (len(file) - headerLen) / 2; kept < len(src)-800 {
		t.Errorf("%d of %d samples are in the file", kept, len(src))
	}
}

func TestAppend(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.wav")
	for i, c := range []struct {
		rate, want int
		most       int64
	}{{8000, 100, 1000}, {8000, 200, 1000}, {8000, 300, 1000}, {16000, 100, 1000}, {16000, 100, 100}} {
		w, err := Append(path, c.rate, c.most)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(ramp(100)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		file, _ := os.ReadFile(path)
		got, rate := readAll(t, bytes.NewReader(file))
		if len(got) != c.want || rate != c.rate || len(file) != headerLen+2*c.want || !slices.Equal(got[len(got)-100:], ramp(100)) {
			t.Errorf("%d: %d samples at %d Hz, want %d at %d", i, len(got), rate, c.want, c.rate)
		}
	}
	if err := os.WriteFile(path, []byte("something else entirely, longer than a header is"), 0o666); err != nil {
		t.Fatal(err)
	}
	w, err := Append(path, 8000, 1000)
	if err != nil || w.Samples() != 0 {
		t.Errorf("a foreign file is continued: %v", err)
	}
	w.Close()
}

func TestWriterErrors(t *testing.T) {
	if _, err := Create(filepath.Join(t.TempDir(), "no", "such", "folder.wav"), 8000); err == nil {
		t.Error("made a file in no folder")
	}
	if _, err := Create(filepath.Join(t.TempDir(), "a.wav"), 7); err == nil {
		t.Error("7 Hz")
	}
	w, err := Create(filepath.Join(t.TempDir(), "a.wav"), 8000)
	if err != nil {
		t.Fatal(err)
	}
	w.samples = maxSamples - 10
	if err := w.Write(ramp(11)); !errors.Is(err, ErrFull) {
		t.Errorf("past 4 GiB: %v", err)
	}
	if err := w.Write(ramp(1)); !errors.Is(err, ErrFull) {
		t.Errorf("an error must stay: %v", err)
	}
	w.Close()
}

// file builds a WAV file from chunks.
func file(chunks ...[]byte) []byte {
	return append([]byte("RIFF\xFF\xFF\xFF\xFFWAVE"), slices.Concat(chunks...)...)
}

func chunk(name string, size uint32, body ...byte) []byte {
	return append(binary.LittleEndian.AppendUint32([]byte(name), size), body...)
}

func format(encoding, channels uint16, rate uint32, bits uint16) []byte {
	var b []byte
	le := binary.LittleEndian
	b = le.AppendUint16(b, encoding)
	b = le.AppendUint16(b, channels)
	b = le.AppendUint32(b, rate)
	b = le.AppendUint32(b, rate*uint32(channels)*2)
	b = le.AppendUint16(b, channels*2)
	b = le.AppendUint16(b, bits)
	return b
}

func TestWhatOtherProgramsWrite(t *testing.T) {
	mono := chunk("fmt ", 16, format(1, 1, 8000, 16)...)
	ext := append(format(formatExtensible, 1, 48000, 16), 22, 0, 16, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 16, 0, 128, 0, 0, 170, 0, 56, 155, 113)
	for name, c := range map[string]struct {
		file []byte
		want []int16
	}{
		"plain":             {file(mono, chunk("data", 4, 1, 0, 2, 0)), []int16{1, 2}},
		"chunks around":     {file(chunk("LIST", 3, 'a', 'b', 'c', 0), mono, chunk("fact", 0), chunk("data", 2, 5, 0), chunk("id3 ", 9, 1, 1)), []int16{5}},
		"extensible":        {file(chunk("fmt ", 40, ext...), chunk("data", 2, 255, 255)), []int16{-1}},
		"stereo":            {file(chunk("fmt ", 16, format(1, 2, 8000, 16)...), chunk("data", 8, 2, 0, 4, 0, 10, 0, 20, 0)), []int16{3, 15}},
		"length never told": {file(mono, chunk("data", 0, 1, 0, 2, 0)), []int16{1, 2}},
		"length all ones":   {file(mono, chunk("data", 1<<32-1, 1, 0, 2, 0)), []int16{1, 2}},
		"cut":               {file(mono, chunk("data", 1000, 1, 0, 2, 0, 3)), []int16{1, 2}},
	} {
		if got, _ := readAll(t, bytes.NewReader(c.file)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestHostileHeaders(t *testing.T) {
	mono := chunk("fmt ", 16, format(1, 1, 8000, 16)...)
	for name, f := range map[string][]byte{
		"empty":        {},
		"short":        []byte("RIFF"),
		"text":         []byte("dear reader, this is no sound at all"),
		"avi":          []byte("RIFF\x00\x00\x00\x00AVI LIST"),
		"no format":    file(chunk("data", 4, 1, 0, 2, 0)),
		"huge chunk":   file(chunk("LIST", 0xFFFFFFFE)),
		"many chunks":  file(bytes.Repeat(chunk("junk", 0), 140000)),
		"8 bits":       file(chunk("fmt ", 16, format(1, 1, 8000, 8)...)),
		"float":        file(chunk("fmt ", 16, format(3, 1, 8000, 32)...)),
		"no channel":   file(chunk("fmt ", 16, format(1, 0, 8000, 16)...)),
		"65535":        file(chunk("fmt ", 16, format(1, 65535, 8000, 16)...)),
		"0 Hz":         file(chunk("fmt ", 16, format(1, 1, 0, 16)...)),
		"4 GHz":        file(chunk("fmt ", 16, format(1, 1, 1<<32-1, 16)...)),
		"short format": file(chunk("fmt ", 4, 1, 0, 1, 0)),
		"long format":  file(chunk("fmt ", 1<<16)),
		"no samples":   file(mono),
	} {
		if _, err := NewReader(bytes.NewReader(f)); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	broken := errors.New("disk on fire")
	if _, err := NewReader(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("a broken disk: %v", err)
	}
}

func TestReadingAllocatesNothing(t *testing.T) {
	f := file(chunk("fmt ", 16, format(1, 1, 8000, 16)...), chunk("data", 0, make([]byte, 200000)...))
	r, err := NewReader(bytes.NewReader(f))
	if err != nil {
		t.Fatal(err)
	}
	w, err := Create(filepath.Join(t.TempDir(), "a.wav"), 8000)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	pcm := make([]int16, 480)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := r.Read(pcm); err != nil {
			t.Fatal(err)
		}
		if err := w.Write(pcm); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(file(chunk("fmt ", 16, format(1, 2, 8000, 16)...), chunk("data", 5, 1, 0, 2, 0, 3)))
	f.Add(file(chunk("LIST", 3, 1, 2, 3, 0), chunk("fmt ", 40)))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := NewReader(bytes.NewReader(b))
		if err != nil {
			return
		}
		pcm, total := make([]int16, 100), 0
		for {
			n, err := r.Read(pcm)
			if total += n; total > len(b) {
				t.Fatalf("%d samples from %d bytes", total, len(b))
			}
			if err != nil {
				return
			}
			if n == 0 {
				t.Fatal("no samples and no error")
			}
		}
	})
}
