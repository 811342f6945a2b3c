package wav

import (
	"encoding/binary"
	"fmt"
	"io"
)

// A Reader reads samples as mono: channels of a file with several are averaged.
type Reader struct {
	r        io.Reader
	rate     int
	channels int
	left     int64 // bytes of samples to come; -1: until the file ends
	buf      [4096]byte
	have     int // bytes in buf
}

// NewReader reads the header: at most 1 MiB before the samples. Errors wrap ErrFormat
// or are r's own.
func NewReader(r io.Reader) (*Reader, error) {
	w := &Reader{r: r}
	var head [12]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, cut(err)
	}
	if string(head[:4]) != "RIFF" || string(head[8:]) != "WAVE" {
		return nil, fmt.Errorf("%w: it does not begin as one", ErrFormat)
	}
	for read := 12; ; {
		name, size, err := w.chunk()
		if err != nil {
			return nil, err
		}
		if name == "data" {
			return w, w.begin(size)
		}
		padded := int64(size) + int64(size&1)
		if read += 8; int64(read)+padded > maxPreamble {
			return nil, fmt.Errorf("%w: no samples in its first MiB", ErrFormat)
		}
		read += int(padded)
		if name == "fmt " {
			err = w.format(int(size), int(padded))
		} else if _, err = io.CopyN(io.Discard, r, padded); err != nil {
			err = cut(err)
		}
		if err != nil {
			return nil, err
		}
	}
}

func (w *Reader) chunk() (name string, size uint32, err error) {
	var head [8]byte
	if _, err := io.ReadFull(w.r, head[:]); err != nil {
		return "", 0, cut(err)
	}
	return string(head[:4]), binary.LittleEndian.Uint32(head[4:]), nil
}

// format reads the "fmt " chunk.
func (w *Reader) format(size, padded int) error {
	if size < 16 || padded > len(w.buf) {
		return fmt.Errorf("%w: its format is %d bytes long", ErrFormat, size)
	}
	b := w.buf[:padded]
	if _, err := io.ReadFull(w.r, b); err != nil {
		return cut(err)
	}
	le := binary.LittleEndian
	format, bits := le.Uint16(b), le.Uint16(b[14:])
	w.channels, w.rate = int(le.Uint16(b[2:])), int(le.Uint32(b[4:]))
	if format == formatExtensible && size >= 40 {
		format = le.Uint16(b[24:])
	}
	switch {
	case format != formatPCM || bits != 16:
		return fmt.Errorf("%w: encoding %d, %d bits", ErrFormat, format, bits)
	case w.channels < 1 || w.channels > maxChannels:
		return fmt.Errorf("%w: %d channels", ErrFormat, w.channels)
	case w.rate < minRate || w.rate > maxRate:
		return fmt.Errorf("%w: %d Hz", ErrFormat, w.rate)
	}
	return nil
}

// begin starts on the samples. A length of 0 or 2³²-1 is what writers leave that never
// came back to fill it in.
func (w *Reader) begin(size uint32) error {
	if w.rate == 0 {
		return fmt.Errorf("%w: samples before their format", ErrFormat)
	}
	w.left = int64(size)
	if size == 0 || size == 1<<32-1 {
		w.left = -1
	}
	return nil
}

// Rate is the sampling rate in Hz, 1000 to 384000.
func (w *Reader) Rate() int { return w.rate }

// Read fills pcm with up to len(pcm) mono samples and returns how many. io.EOF at the
// end of the samples; a file cut short ends where it ends.
func (w *Reader) Read(pcm []int16) (int, error) {
	frame := 2 * w.channels
	n := 0
	for n < len(pcm) {
		if w.have < frame {
			if err := w.fill(frame * (len(pcm) - n)); err != nil {
				if n > 0 {
					return n, nil
				}
				return 0, err
			}
			continue
		}
		at := 0
		for ; n < len(pcm) && w.have-at >= frame; at += frame {
			pcm[n] = w.mix(w.buf[at:])
			n++
		}
		w.have = copy(w.buf[:], w.buf[at:w.have])
	}
	return n, nil
}

func (w *Reader) mix(b []byte) int16 {
	sum := 0
	for c := range w.channels {
		sum += int(int16(binary.LittleEndian.Uint16(b[2*c:])))
	}
	return int16(sum / w.channels)
}

// fill reads more bytes, not many more than wanted.
func (w *Reader) fill(want int) error {
	if w.left == 0 {
		return io.EOF
	}
	room := w.buf[w.have:min(len(w.buf), max(want, 2*w.channels))]
	if w.left > 0 {
		room = room[:min(int64(len(room)), w.left)]
	}
	n, err := w.r.Read(room)
	w.have += n
	if w.left > 0 {
		w.left -= int64(n)
	}
	if n > 0 {
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return err
}

// cut names the end of a file as what it is.
func cut(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("%w: it is cut short", ErrFormat)
	}
	return err
}
