package dsp

import "fmt"

// block is how many input samples are filtered at a time.
const block = 480

// A Resampler converts between two sampling rates, streaming, through a polyphase
// low-pass filter. Equal rates copy.
type Resampler struct {
	in, out int       // Hz
	up      int       // out over the common divisor: branches of the filter
	whole   int       // input samples to step for each output sample
	part    int       // and up-ths of one
	taps    int       // per branch
	filter  []float32 // up branches of taps
	past    []float32 // taps-1 samples gone by, then the block
	at      int       // input sample of the block at which the next output lies
	phase   int       // and up-ths of one
}

// NewResampler converts from in to out, both 1000 to 384000 Hz, of which the common
// divisor is at least 25 Hz. It panics otherwise; CanResample asks first.
func NewResampler(in, out int) *Resampler {
	if !CanResample(in, out) {
		panic(fmt.Sprintf("dsp: resample %d Hz to %d Hz", in, out))
	}
	g := divisor(in, out)
	r := &Resampler{in: in, out: out, up: out / g, taps: filterTaps}
	r.whole, r.part = in/out, (in%out)/g
	cutoff := filterCutoff
	if out < in { // the filter is as much longer as the output is slower
		cutoff = filterCutoff * float64(out) / float64(in)
		r.taps = (filterTaps*in/out + 3) &^ 3
	}
	if in != out {
		r.filter = make([]float32, r.up*r.taps)
		for p := range r.up {
			lowPass(r.filter[p*r.taps:][:r.taps], float64(p)/float64(r.up), cutoff, filterBeta)
		}
		r.past = make([]float32, r.taps-1+block)
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

func (r *Resampler) block(dst, src []int16) (made int) {
	x := r.past
	for i, s := range src {
		x[r.taps-1+i] = float32(s)
	}
	for ; r.at < len(src); made++ {
		dst[made] = saturate(dot(r.filter[r.phase*r.taps:][:r.taps], x[r.at:]))
		r.at += r.whole
		if r.phase += r.part; r.phase >= r.up {
			r.phase -= r.up
			r.at++
		}
	}
	r.at -= len(src)
	copy(x[:r.taps-1], x[len(src):])
	return made
}

// Reset forgets the signal before.
func (r *Resampler) Reset() {
	clear(r.past)
	r.at, r.phase = 0, 0
}

// Delay is the filter's delay in samples of the output, rounded down.
func (r *Resampler) Delay() int {
	if r.in == r.out {
		return 0
	}
	return r.taps / 2 * r.out / r.in
}
