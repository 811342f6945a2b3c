package measure

import (
	"math"
	"slices"
	"time"
)

// The comparison is made at 16 kHz, within the band that every codec of a telephone
// carries.
const (
	rate     = 16000
	low      = 100.0  // Hz
	high     = 3800.0 // Hz
	speechAt = -50.0  // dBFS: a window of the original below it is a pause
)

// Options says how two signals are compared. The zero value compares all of them in
// windows of one second, for delays from 0 to 2 s.
type Options struct {
	Window   time.Duration // zero: 1 s
	Hop      time.Duration // from one window to the next; zero: Window
	From, To time.Duration // the part of heard that counts; To zero: to its end
	// The delays that are looked for. Both zero: 0 to 2 s. A negative Min allows for
	// two recordings that did not begin together.
	Min, Max time.Duration
	Loop     bool // the original begins anew at its end, for ever
	// Piece, if not zero, aligns each piece of a window by itself, within 60 ms of the
	// window's delay, for Window.Alike: for a listener whose playout delay moves.
	Piece time.Duration
}

// A Window is what the comparison found in one stretch of what was heard.
type Window struct {
	At    time.Duration // where it begins in what was heard
	Heard float64       // level of what was heard, dBFS
	// Said is the level of the stretch of the original that was aligned with it, dBFS;
	// Speech says that this is not a pause.
	Said   float64
	Speech bool
	// Delay is the shift at which the two are most alike, to a fraction of a sample, and
	// Alike how much they are: the normalised cross-correlation, 1 the same but for
	// loudness, 0 nothing in common.
	Delay time.Duration
	Alike float64
	// Distance is the log-spectral distance in dB, loudness matched: the mean over frames
	// of 32 ms with speech of the RMS difference of the log power spectra, 100 to 3800 Hz,
	// no deeper than 40 dB below each frame's peak.
	Distance float64
	// Gap is the share of 20 ms frames with speech whose sound is more than 20 dB lower
	// than the window as a whole lets one expect; Frames is how many had speech.
	Gap    float64
	Frames int
}

// Compare looks for what of said is in heard. Both are on one time line: sample 0 of
// each is the same instant, unless the options allow negative delays.
func Compare(said, heard Signal, o Options) Report {
	if o.Window == 0 {
		o.Window = time.Second
	}
	if o.Hop == 0 {
		o.Hop = o.Window
	}
	if o.Min == 0 && o.Max == 0 {
		o.Max = 2 * time.Second
	}
	full := heard.Duration()
	if o.To == 0 || o.To > full {
		o.To = full
	}
	x, y := said.Resample(rate).Band(low, high), heard.Resample(rate).Band(low, high)
	var r Report
	for at := o.From; at+o.Window <= o.To; at += o.Hop {
		w := window(x, y.Cut(at, at+o.Window).X, at, o)
		w.Heard = heard.Cut(at, at+o.Window).Level()
		r.Windows = append(r.Windows, w)
	}
	r.sum()
	return r
}

// window compares one stretch y of what was heard, which begins at at.
func window(said Signal, y []float64, at time.Duration, o Options) Window {
	w, x, shift := locate(said, y, at, o)
	original := aligned(x, shift, len(y))
	w.Alike = alike(original, y) // once more, at the shift between samples
	if o.Piece > 0 {
		w.Alike = max(w.Alike, piecewise(x, y, shift, int(o.Piece.Seconds()*rate)))
	}
	w.damage(original, y)
	return w
}

// locate finds where y, which begins at at, was said: x is the stretch of the original in
// which it was looked for, shift where in x it begins, in samples.
func locate(said Signal, y []float64, at time.Duration, o Options) (w Window, x []float64, shift float64) {
	w.At = at
	first, last := said.index(at-o.Max), said.index(at-o.Min)+len(y)
	x = make([]float64, last-first)
	for i := range x {
		x[i] = said.at(first+i, o.Loop)
	}
	c := correlate(x, y)
	ey, ex := energy(y), energy(x[:len(y)])
	quiet := 1e-10 * float64(len(y)) // −100 dBFS: nothing to be alike
	best := 0
	for k := range c {
		if k > 0 {
			ex += x[k+len(y)-1]*x[k+len(y)-1] - x[k-1]*x[k-1]
		}
		c[k] /= math.Sqrt(max(ex, quiet) * max(ey, quiet))
		if c[k] > c[best] {
			best = k
		}
	}
	w.Alike = c[best]
	shift = float64(best)
	if best > 0 && best < len(c)-1 { // the peak of the parabola through three points
		if a, b, d := c[best-1], c[best], c[best+1]; a-2*b+d < 0 {
			shift += 0.5 * (a - d) / (a - 2*b + d)
		}
	}
	w.Delay = o.Max - time.Duration(shift/rate*float64(time.Second))
	w.Said = level(power(x[best : best+len(y)]))
	w.Speech = w.Said > speechAt
	return w, x, shift
}

// alike is the normalised cross-correlation of two stretches of equal length.
func alike(x, y []float64) float64 {
	quiet, dot := 1e-10*float64(len(y)), 0.0
	for i := range y {
		dot += x[i] * y[i]
	}
	return dot / math.Sqrt(max(energy(x), quiet)*max(energy(y), quiet))
}

// at is sample i of the signal, which is silent or begins anew beyond its ends.
func (s Signal) at(i int, loop bool) float64 {
	if loop && len(s.X) > 0 {
		i = ((i % len(s.X)) + len(s.X)) % len(s.X)
	}
	if i < 0 || i >= len(s.X) {
		return 0
	}
	return s.X[i]
}

// aligned is n samples of x from a fractional index on.
func aligned(x []float64, from float64, n int) []float64 {
	const reach = 16
	whole := int(math.Floor(from))
	frac := from - float64(whole)
	var taps [2*reach + 1]float64
	for k := range taps {
		taps[k] = sinc(float64(k-reach)-frac, reach+1)
	}
	out := make([]float64, n)
	for i := range out {
		for k, t := range taps {
			if j := whole + i + k - reach; j >= 0 && j < len(x) {
				out[i] += t * x[j]
			}
		}
	}
	return out
}

// A Report is a whole comparison.
type Report struct {
	Windows []Window
	// Of the windows with speech in which something of it was heard (Alike over 0.3):
	Delay, Delay95 time.Duration // median and 95th percentile
	Least          float64       // the smallest Alike of all windows with speech
	Distance       float64       // dB, mean by frames
	Gap            float64       // share of frames
	Speech         int           // how many windows had speech
}

func (r *Report) sum() {
	var delays []time.Duration
	var frames, distance, gaps float64
	r.Least = 1
	for _, w := range r.Windows {
		if !w.Speech {
			continue
		}
		r.Speech++
		r.Least = min(r.Least, w.Alike)
		frames += float64(w.Frames)
		gaps += w.Gap * float64(w.Frames)
		distance += w.Distance * float64(w.Frames)
		if w.Alike > 0.3 {
			delays = append(delays, w.Delay)
		}
	}
	if r.Speech == 0 {
		r.Least = 0
	}
	if frames > 0 {
		r.Gap, r.Distance = gaps/frames, distance/frames
	}
	r.Delay, r.Delay95 = Percentile(delays, 50), Percentile(delays, 95)
}

// Percentile is the p-th percentile, by nearest rank; zero of nothing.
func Percentile(all []time.Duration, p float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	all = slices.Clone(all)
	slices.Sort(all)
	rank := int(math.Ceil(p / 100 * float64(len(all))))
	return all[max(1, min(rank, len(all)))-1]
}
