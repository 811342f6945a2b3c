package dsp

import "fmt"

// block is how many input samples are filtered at a time.
const block = 480

// A Resampler converts between two sampling rates, streaming, through one low-pass
// filter or two in a row. Equal rates copy.
type Resampler struct {
	in, out int // Hz
	stages  []stage
	sound   [][]float32 // a block before, between and behind the stages
}

// A stage is one filter between two rates.
type stage interface {
	// process converts all of src, at most one block of the Resampler's, into the start
	// of dst and returns how many samples it made.
	process(dst, src []float32) int
	reset()
	delay() float64 // in seconds
}

// NewResampler converts from in to out, both 1000 to 384000 Hz, of which the common
// divisor is at least 25 Hz. It panics otherwise; CanResample asks first.
//
// A telephone's 8 kHz and a card's 48 kHz meet at 16 kHz: the steep filter then runs at
// the low rate, where half of its weights are zero, and the one at the high rate is short.
func NewResampler(in, out int) *Resampler {
	if !CanResample(in, out) {
		panic(fmt.Sprintf("dsp: resample %d Hz to %d Hz", in, out))
	}
	r := &Resampler{in: in, out: out}
	switch {
	case in == out:
		return r
	case out == 6*in:
		r.stages = []stage{newBranches(in, 2*in, halfBand), newBranches(2*in, out, thirdBand)}
	case in == 6*out:
		r.stages = []stage{newRows(in, 2*out, thirdBand), newRows(2*out, out, halfBand)}
	case in%out == 0:
		r.stages = []stage{newRows(in, out, steep)}
	default:
		r.stages = []stage{newBranches(in, out, steep)}
	}
	r.sound = [][]float32{make([]float32, block)}
	for range r.stages {
		r.sound = append(r.sound, make([]float32, max(block, r.Out(block))))
	}
	return r
}

// CanResample reports whether NewResampler takes these rates.
func CanResample(in, out int) bool {
	return in >= 1000 && out >= 1000 && in <= 384000 && out <= 384000 && divisor(in, out) >= 25
}

func divisor(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// Out is the most samples that Process makes of n: exactly n×out/in when that is whole.
func (r *Resampler) Out(n int) int { return (n*r.out + r.in - 1) / r.in }

// Process converts all of src into the start of dst, which must hold Out(len(src)), and
// returns how many samples it made. When len(src)×out/in is whole it is exactly that.
// dst and src must not overlap.
func (r *Resampler) Process(dst, src []int16) int {
	if r.in == r.out {
		return copy(dst, src)
	}
	made := 0
	for len(src) > 0 {
		n := min(len(src), block)
		made += r.block(dst[made:], src[:n])
		src = src[n:]
	}
	return made
}

func (r *Resampler) block(dst, src []int16) int {
	x := r.sound[0][:len(src)]
	for i, s := range src {
		x[i] = float32(s)
	}
	for i, s := range r.stages {
		y := r.sound[i+1]
		x = y[:s.process(y, x)]
	}
	dst = dst[:len(x)]
	for i, s := range x {
		dst[i] = saturate(s)
	}
	return len(x)
}

// Reset forgets the signal before.
func (r *Resampler) Reset() {
	for _, s := range r.stages {
		s.reset()
	}
}

// Delay is the filters' delay in samples of the output, rounded down.
func (r *Resampler) Delay() int {
	d := 0.0
	for _, s := range r.stages {
		d += s.delay()
	}
	return int(d*float64(r.out) + 1e-6)
}
