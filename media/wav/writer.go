package wav

import (
	"encoding/binary"
	"fmt"
	"os"
)

// maxSamples is what the header's 32 bits of length allow.
const maxSamples = (1<<32 - headerLen) / 2

// A Writer appends mono samples to a file. It belongs to one goroutine.
type Writer struct {
	f       *os.File
	rate    int
	samples int64 // in the file and in buf
	said    int64 // that the header tells of
	buf     []byte
	err     error // the first one; nothing is written after it
}

// Create makes or truncates the file.
func Create(path string, rate int) (*Writer, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return begin(f, rate, 0)
}

// Append continues a file that this package wrote at the same rate; any other, and one
// of most samples or more, is begun anew.
func Append(path string, rate int, most int64) (*Writer, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	samples := int64(0)
	var head, ours [headerLen]byte
	if n, _ := f.ReadAt(head[:], 0); n == headerLen {
		samples = int64(binary.LittleEndian.Uint32(head[40:])) / 2
		header(&ours, rate, samples)
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	if head != ours || samples >= most || info.Size() < headerLen+2*samples {
		samples = 0
	}
	if err := f.Truncate(headerLen + 2*samples); err != nil && info.Mode().IsRegular() {
		_ = f.Close()
		return nil, err
	}
	return begin(f, rate, samples)
}

func begin(f *os.File, rate int, samples int64) (*Writer, error) {
	if rate < minRate || rate > maxRate {
		_ = f.Close()
		return nil, fmt.Errorf("wav: write %s at %d Hz: want %d to %d", f.Name(), rate, minRate, maxRate)
	}
	w := &Writer{f: f, rate: rate, samples: samples, buf: make([]byte, 0, 1<<14)}
	if w.patch(); w.err != nil {
		_ = f.Close()
		return nil, w.err
	}
	return w, nil
}

// Write appends pcm. The file holds it after a tenth of a second of sound, and the
// header tells of it after a second, so that a file left by a killed process is valid.
// An error stays: every later call returns it too.
func (w *Writer) Write(pcm []int16) error {
	if w.samples+int64(len(pcm)) > maxSamples && w.err == nil {
		w.flush()
		w.patch()
		w.err = ErrFull
	}
	for len(pcm) > 0 && w.err == nil {
		n := min(len(pcm), (cap(w.buf)-len(w.buf))/2)
		for _, s := range pcm[:n] {
			w.buf = binary.LittleEndian.AppendUint16(w.buf, uint16(s))
		}
		w.samples += int64(n)
		if pcm = pcm[n:]; len(w.buf)+2 > cap(w.buf) || len(w.buf)/2 >= w.rate/10 {
			w.flush()
		}
	}
	if w.err == nil && len(w.buf) == 0 && w.samples-w.said >= int64(w.rate) {
		w.patch()
	}
	return w.err
}

func (w *Writer) flush() {
	if len(w.buf) == 0 || w.err != nil {
		return
	}
	at := headerLen + 2*w.samples - int64(len(w.buf))
	if _, err := w.f.WriteAt(w.buf, at); err != nil {
		w.err = err
	}
	w.buf = w.buf[:0]
}

// patch writes the header, of everything that was flushed.
func (w *Writer) patch() {
	var head [headerLen]byte
	samples := w.samples - int64(len(w.buf)/2)
	header(&head, w.rate, samples)
	if _, err := w.f.WriteAt(head[:], 0); err != nil && w.err == nil {
		w.err = err
	}
	w.said = samples
}

func header(b *[headerLen]byte, rate int, samples int64) {
	le := binary.LittleEndian
	copy(b[:], "RIFF\x00\x00\x00\x00WAVEfmt ")
	le.PutUint32(b[4:], uint32(headerLen-8+2*samples))
	le.PutUint32(b[16:], 16)
	le.PutUint16(b[20:], formatPCM)
	le.PutUint16(b[22:], 1)
	le.PutUint32(b[24:], uint32(rate))
	le.PutUint32(b[28:], uint32(2*rate))
	le.PutUint16(b[32:], 2)
	le.PutUint16(b[34:], 16)
	copy(b[36:], "data")
	le.PutUint32(b[40:], uint32(2*samples))
}

// Samples is how many samples the file has with what waits to be flushed.
func (w *Writer) Samples() int64 { return w.samples }

// Close brings the header up to date and closes the file.
func (w *Writer) Close() error {
	w.flush()
	w.patch()
	if err := w.f.Close(); err != nil && w.err == nil {
		return err
	}
	return w.err
}
