package wav

import (
	"encoding/binary"
	"fmt"
	"os"
)

// maxSamples is what the header's 32 bits of length allow.
const maxSamples = (1<<32 - headerLen) / 2

// A Writer appends samples to a file, of several channels in turn. It belongs to one
// goroutine.
type Writer struct {
	f       *os.File
	form    form
	samples int64 // in the file and in buf, of all channels
	said    int64 // that the header tells of
	buf     []byte
	err     error // the first one; nothing is written after it
}

// Create makes or truncates a file of one channel.
func Create(path string, rate int) (*Writer, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return begin(f, form{rate, 1}, 0)
}

// New writes a file of so many channels, 1 to 16, into f, which is empty, and closes f at the
// end, or now where it fails.
func New(f *os.File, rate, channels int) (*Writer, error) {
	return begin(f, form{rate, channels}, 0)
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
		header(&ours, form{rate, 1}, samples)
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
	return begin(f, form{rate, 1}, samples)
}

func begin(f *os.File, s form, samples int64) (*Writer, error) {
	if s.rate < minRate || s.rate > maxRate || s.channels < 1 || s.channels > maxChannels {
		_ = f.Close()
		return nil, fmt.Errorf("wav: write %s at %d Hz, %d channels: want %d to %d, and 1 to %d", f.Name(), s.rate, s.channels, minRate, maxRate, maxChannels)
	}
	w := &Writer{f: f, form: s, samples: samples, buf: make([]byte, 0, 1<<14)}
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
		if pcm = pcm[n:]; len(w.buf)+2 > cap(w.buf) || len(w.buf)/2 >= w.form.second()/10 {
			w.flush()
		}
	}
	if w.err == nil && len(w.buf) == 0 && w.samples-w.said >= int64(w.form.second()) {
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
	header(&head, w.form, samples)
	if _, err := w.f.WriteAt(head[:], 0); err != nil && w.err == nil {
		w.err = err
	}
	w.said = samples
}

// A form is what the header says of the samples.
type form struct{ rate, channels int }

// second is how many samples are in a second.
func (s form) second() int { return s.rate * s.channels }

func header(b *[headerLen]byte, s form, samples int64) {
	le := binary.LittleEndian
	copy(b[:], "RIFF\x00\x00\x00\x00WAVEfmt ")
	le.PutUint32(b[4:], uint32(headerLen-8+2*samples))
	le.PutUint32(b[16:], 16)
	le.PutUint16(b[20:], formatPCM)
	le.PutUint16(b[22:], uint16(s.channels))
	le.PutUint32(b[24:], uint32(s.rate))
	le.PutUint32(b[28:], uint32(2*s.second()))
	le.PutUint16(b[32:], uint16(2*s.channels))
	le.PutUint16(b[34:], 16)
	copy(b[36:], "data")
	le.PutUint32(b[40:], uint32(2*samples))
}

// Sync brings file and header up to date and waits until the disk has them.
func (w *Writer) Sync() error {
	w.flush()
	w.patch()
	if w.err == nil {
		w.err = w.f.Sync()
	}
	return w.err
}

// Samples is how many samples the file has with what waits to be flushed, of all channels.
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
