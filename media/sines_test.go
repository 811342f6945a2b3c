package media

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/offhook/offhook/media/dsp"
)

// judgeSound says what is wrong with a piece in which one part sounds throughout.
func judgeSound(piece []int16, rate int, p part) (wrong []string) {
	say := func(format string, a ...any) { wrong = append(wrong, fmt.Sprintf(format, a...)) }
	level := dsp.Measure(piece)
	lowest, highest := tonesLowest, tonesHighest
	if slices.Equal(p.freq, []float64{1400, 2060, 2450, 2600}) {
		lowest, highest = howlerLimit-3, howlerLimit+0.2
	}
	if level.RMS < lowest || level.RMS > highest {
		say("%v Hz at %.1f dBFS, want %.0f to %.0f", p.freq, level.RMS, lowest, highest)
	}
	if level.Peak > -0.1 {
		say("%v Hz clip", p.freq)
	}
	if p.bell {
		for i, chord := range [][]float64{{1000, 2000}, {1250, 2500}} {
			// A chord lasts a 32nd of a second; 25 ms of its middle.
			from := samples(rate, time.Duration(i)*time.Second/32)
			wrong = append(wrong, judgeSines(piece[from:from+samples(rate, 25*time.Millisecond)], rate, chord)...)
		}
		return wrong
	}
	// Both ends, so that a sound which comes early, stays long or drifts is seen.
	n := min(len(piece), max(int(5/closest(p.freq)*float64(rate)), rate/10))
	wrong = append(wrong, judgeSines(piece[:n], rate, p.freq)...)
	return append(wrong, judgeSines(piece[len(piece)-n:], rate, p.freq)...)
}

// judgeSines finds the sines in pcm blindly and compares them with those wanted.
func judgeSines(pcm []int16, rate int, want []float64) (wrong []string) {
	pcm, window := windowed(pcm, rate, want)
	got := peaks(pcm, rate, window)
	if len(got) != len(want) {
		return []string{fmt.Sprintf("%.1f Hz are heard, want %v", got, want)}
	}
	explained := 0.0
	for i, f := range got {
		if math.Abs(f/want[i]-1) > 0.01 {
			wrong = append(wrong, fmt.Sprintf("%.1f Hz, want %v ± 1 %%", f, want[i]))
		}
		explained += math.Pow(10, dsp.Goertzel(pcm, rate, f)/10) / window.coherent
	}
	total := math.Pow(10, dsp.Measure(pcm).RMS/10) / window.incoherent
	if share := explained / total; share < 0.9 || share > 1.1 {
		wrong = append(wrong, fmt.Sprintf("%.1f Hz are %.0f %% of the sound", got, 100*share))
	}
	return wrong
}

// A shape is what a window does to the power of a sine, as one line of a spectrum and
// in all, and what stands out behind it.
type shape struct {
	coherent, incoherent float64
	floor                float64 // dB below the strongest at which its side lobes are not seen
	step                 float64 // of a search, in lines of the spectrum
}

var (
	hann        = shape{0.25, 0.375, 14, 1}
	rectangular = shape{1, 1, 8, 0.5}
)

// windowed cuts pcm and windows it so that the sines wanted are told apart: by Hann's window
// where four periods of their distance fit, else by two periods exactly, in which each
// of two sines is blind to the other.
func windowed(pcm []int16, rate int, want []float64) ([]int16, shape) {
	apart := closest(want)
	if seconds := float64(len(pcm)) / float64(rate); 4/seconds > apart {
		return pcm[:int(2/apart*float64(rate))], rectangular
	}
	out := make([]int16, len(pcm))
	for i, s := range pcm {
		out[i] = int16(math.Round(float64(s) * (0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/float64(len(pcm))))))
	}
	return out, hann
}

// closest is how near to each other, or to 0 Hz, two of the frequencies come.
func closest(freq []float64) float64 {
	apart := freq[0]
	for i := 1; i < len(freq); i++ {
		apart = min(apart, freq[i]-freq[i-1])
	}
	return apart
}

// peaks finds the sines between 200 and 3400 Hz, ascending. It searches at about 8 kHz
// and is told nothing of what there should be.
func peaks(pcm []int16, rate int, s shape) (found []float64) {
	every := rate / 8000
	slow := make([]int16, len(pcm)/every)
	for i := range slow {
		sum := 0
		for _, x := range pcm[i*every : (i+1)*every] {
			sum += int(x)
		}
		slow[i] = int16(sum / every)
	}
	step := float64(rate) / float64(len(pcm)) * s.step
	var db []float64
	for f := 200.0; f < 3400; f += step {
		droop := 1.0 // of the mean above, which is a low pass
		if every > 1 {
			x := math.Pi * f / float64(rate)
			droop = math.Sin(float64(every)*x) / math.Sin(x) / float64(every)
		}
		db = append(db, dsp.Goertzel(slow, rate/every, f)-20*math.Log10(droop))
	}
	least := slices.Max(db) - s.floor
	for i := 1; i < len(db)-1; i++ {
		if a, b, c := db[i-1], db[i], db[i+1]; b >= least && b > a && b >= c {
			found = append(found, 200+step*(float64(i)+(a-c)/(a-2*b+c)/2))
		}
	}
	return found
}
