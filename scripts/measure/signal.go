// Package measure owns the judgement of sound: what of one recording arrives in another,
// how late, how loud and how damaged. It is pure but for Load and Save. It refuses to
// make, play or record anything, and knows no phone.
package measure

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"

	"github.com/offhook/offhook/media/wav"
)

// A Signal is mono sound; full scale is ±1. Its first sample is the instant 0 of
// whatever time line it is on.
type Signal struct {
	Rate int // Hz
	X    []float64
}

// FromPCM takes S16 samples at rate in Hz.
func FromPCM(rate int, pcm []int16) Signal {
	s := Signal{rate, make([]float64, len(pcm))}
	for i, v := range pcm {
		s.X[i] = float64(v) / 32768
	}
	return s
}

// PCM is the signal as S16, clipped.
func (s Signal) PCM() []int16 {
	pcm := make([]int16, len(s.X))
	for i, v := range s.X {
		pcm[i] = int16(max(-32768, min(32767, math.Round(v*32768))))
	}
	return pcm
}

// Duration is how long the signal lasts.
func (s Signal) Duration() time.Duration {
	return time.Duration(float64(len(s.X)) / float64(s.Rate) * float64(time.Second))
}

// Cut is the part from from to to, silent where the signal is not. It shares no memory.
func (s Signal) Cut(from, to time.Duration) Signal {
	a, b := s.index(from), s.index(to)
	cut := Signal{s.Rate, make([]float64, max(0, b-a))}
	if lo, hi := max(a, 0), min(b, len(s.X)); lo < hi {
		copy(cut.X[lo-a:], s.X[lo:hi])
	}
	return cut
}

func (s Signal) index(t time.Duration) int {
	return int(math.Round(t.Seconds() * float64(s.Rate)))
}

// Silence is the level of a signal without any, in dBFS.
const Silence = -120.0

// Level is the root mean square in dBFS, a full-scale square wave being 0; Silence at least.
func (s Signal) Level() float64 { return level(power(s.X)) }

func level(power float64) float64 { return max(Silence, 10*math.Log10(power+1e-30)) }

func power(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	return energy(x) / float64(len(x))
}

func energy(x []float64) (sum float64) {
	for _, v := range x {
		sum += v * v
	}
	return sum
}

// Load reads a WAV file, or a headerless S16_LE mono one when the name does not end in
// ".wav"; rate is that of the latter, in Hz.
func Load(path string, rate int) (Signal, error) {
	f, err := os.Open(path)
	if err != nil {
		return Signal{}, fmt.Errorf("measure: %w", err)
	}
	defer f.Close()
	if !strings.HasSuffix(path, ".wav") {
		b, err := io.ReadAll(f)
		if err != nil {
			return Signal{}, fmt.Errorf("measure: %w", err)
		}
		pcm := make([]int16, len(b)/2)
		for i := range pcm {
			pcm[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
		}
		return FromPCM(rate, pcm), nil
	}
	r, err := wav.NewReader(f)
	if err != nil {
		return Signal{}, fmt.Errorf("measure: %s: %w", path, err)
	}
	var all []int16
	for block := make([]int16, 1<<14); ; {
		n, err := r.Read(block)
		all = append(all, block[:n]...)
		if errors.Is(err, io.EOF) {
			return FromPCM(r.Rate(), all), nil
		}
		if err != nil {
			return Signal{}, fmt.Errorf("measure: %s: %w", path, err)
		}
	}
}

// Save writes the signal as S16: a WAV file where path ends in ".wav", else headerless.
func Save(path string, s Signal) error {
	if !strings.HasSuffix(path, ".wav") {
		b := make([]byte, 0, 2*len(s.X))
		for _, v := range s.PCM() {
			b = binary.LittleEndian.AppendUint16(b, uint16(v))
		}
		return os.WriteFile(path, b, 0o644)
	}
	w, err := wav.Create(path, s.Rate)
	if err != nil {
		return fmt.Errorf("measure: %w", err)
	}
	return errors.Join(w.Write(s.PCM()), w.Close())
}
