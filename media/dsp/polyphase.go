package dsp

// branches is a polyphase filter between any two rates: each output takes its samples
// where it lies between the inputs, and the branch of weights for that place.
//
//	input    │     │     │     │           8 kHz
//	output   │ · · │ · · │ · · │          24 kHz: branches 0, 1 and 2 in turn
type branches struct {
	in, out int       // Hz
	up      int       // out over the common divisor: how many branches
	whole   int       // input samples to step for each output sample
	part    int       // and up-ths of one
	taps    int       // per branch
	weights []float32 // up branches of taps
	single  []int     // by branch: its only weight that is not zero, or -1
	past    []float32 // taps-1 samples gone by, then the block
	at      int       // input sample of the block at which the next output lies
	phase   int       // and up-ths of one
}

// spare is room behind a filter's input: see slide.
const spare = 18

func newBranches(in, out int, f filter) *branches {
	g := divisor(in, out)
	b := &branches{in: in, out: out, up: out / g, whole: in / out, part: (in % out) / g, taps: f.taps}
	cutoff := f.cutoff
	if out < in { // the filter is as much longer as the output is slower
		cutoff = f.cutoff * float64(out) / float64(in)
		b.taps = (f.taps*in/out + 3) &^ 3
	}
	b.weights = make([]float32, b.up*b.taps)
	b.single = make([]int, b.up)
	for p := range b.up {
		h := b.weights[p*b.taps:][:b.taps]
		lowPass(h, float64(p)/float64(b.up), cutoff, f.beta)
		b.single[p] = onlyWeight(h)
	}
	b.past = make([]float32, b.taps+2*block+spare)
	return b
}

func (b *branches) process(dst, src []float32) (made int) {
	x := b.past
	copy(x[b.taps-1:], src)
	if b.out == b.up*b.in { // every branch at every input
		dst = dst[:b.up*len(src)]
		clear(dst)
		for p, k := range b.single {
			h := b.weights[p*b.taps:][:b.taps]
			if k < 0 {
				slide(dst[p:], b.up, h, x, len(src))
				continue
			}
			for n, s := range x[k : k+len(src)] {
				dst[p+n*b.up] = h[k] * s
			}
		}
		copy(x[:b.taps-1], x[len(src):])
		return len(dst)
	}
	for ; b.at < len(src); made++ {
		h := b.weights[b.phase*b.taps:][:b.taps]
		if k := b.single[b.phase]; k >= 0 {
			dst[made] = h[k] * x[b.at+k]
		} else {
			dst[made] = dot(h, x[b.at:])
		}
		b.at += b.whole
		if b.phase += b.part; b.phase >= b.up {
			b.phase -= b.up
			b.at++
		}
	}
	b.at -= len(src)
	copy(x[:b.taps-1], x[len(src):])
	return made
}

func (b *branches) reset() {
	clear(b.past)
	b.at, b.phase = 0, 0
}

func (b *branches) delay() float64 { return float64(b.taps/2) / float64(b.in) }

// rows is a filter to a whole fraction of the rate. The input is dealt out to as many
// rows, so that each row's part of the sum runs over neighbours, and a row whose
// weights are all zero but one costs nothing.
type rows struct {
	in    int // Hz
	taps  int // per row
	row   []row
	have  int // samples in the rows
	begin int // samples that they begin with: what came before the first input
}

type row struct {
	weights []float32
	single  int // its only weight that is not zero, or -1
	sound   []float32
}

func newRows(in, out int, f filter) *rows {
	down := in / out
	r := &rows{in: in, taps: f.taps, row: make([]row, down), begin: f.taps*down - 1}
	h := make([]float32, f.taps*down)
	lowPass(h, 0, f.cutoff/float64(down), f.beta)
	for m := range r.row {
		w := make([]float32, f.taps)
		for k := range w {
			w[k] = h[k*down+m]
		}
		r.row[m] = row{weights: w, single: onlyWeight(w), sound: make([]float32, f.taps+2*block/down+spare)}
	}
	r.have = r.begin
	return r
}

func (r *rows) process(dst, src []float32) int {
	down := len(r.row)
	for i := range down {
		m, q := (r.have+i)%down, (r.have+i)/down
		to := r.row[m].sound[q:][:(len(src)-i+down-1)/down]
		for n := range to {
			to[n] = src[i+n*down]
		}
	}
	r.have += len(src)
	made := max(0, r.have/down-(r.taps-1))
	dst = dst[:made]
	clear(dst)
	for i := range r.row {
		w := &r.row[i]
		if k := w.single; k >= 0 {
			g := w.weights[k]
			for n, s := range w.sound[k : k+made] {
				dst[n] += g * s
			}
		} else {
			slide(dst, 1, w.weights, w.sound, made)
		}
		copy(w.sound, w.sound[made:])
	}
	r.have -= made * down
	return made
}

func (r *rows) reset() {
	for i := range r.row {
		clear(r.row[i].sound)
	}
	r.have = r.begin
}

func (r *rows) delay() float64 { return float64(r.taps*len(r.row)/2) / float64(r.in) }
