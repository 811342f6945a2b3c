package dsp

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// bridged is src with the samples from from to to bridged.
func bridged(src []int16, rate, from, to int) []int16 {
	c, dst := NewConcealer(rate), slices.Clone(src)
	c.Hear(dst[:from])
	c.Bridge(dst[from:to], src[to:])
	c.Hear(dst[to:])
	return dst
}

// glide is a vowel whose pitch goes from one to another within it.
func glide(n, rate int, from, to float64) []int16 {
	pcm := make([]int16, n)
	phase := 0.0
	for i := range pcm {
		f := from + (to-from)*float64(i)/float64(n)
		phase += f / float64(rate)
		x := 0.0
		for h := 1.0; h*f < 1500; h++ {
			x += math.Sin(2*math.Pi*phase*h) / h
		}
		pcm[i] = int16(4000 * x)
	}
	return pcm
}

// A bridge over a vowel is nearer to what was said than the sound before it, repeated, and has no
// seam at either end.
func TestBridgeMeetsBothSides(t *testing.T) {
	for _, rate := range []int{8000, 16000, 48000} {
		var ours, theirs float64
		for _, pitch := range [][2]float64{{95, 105}, {125, 118}, {190, 210}, {240, 225}} {
			src := glide(rate*3/10, rate, pitch[0], pitch[1])
			from, to := rate/10, rate/10+rate/50
			got := bridged(src, rate, from, to)
			other := conceal(src, rate, func(f int) bool { return f == 5 })
			ours += distance(src[from:to], got[from:to])
			theirs += distance(src[from:to], other[from:to])
			if got, was := roughest(got), roughest(src); got > was*3/2 {
				t.Errorf("%d Hz, pitch %v: it clicks: %d, was %d", rate, pitch, got, was)
			}
			if !slices.Equal(got[to:], src[to:]) || !slices.Equal(got[:from], src[:from]) {
				t.Errorf("%d Hz, pitch %v: what was received is not heard as it is", rate, pitch)
			}
		}
		if ours > 0.7*theirs {
			t.Errorf("%d Hz: error %.0f, from one side %.0f", rate, ours, theirs)
		}
	}
}

// A word that begins in a gap is heard there, and one that ends there dies away.
func TestBridgeOverABeginningAndAnEnd(t *testing.T) {
	const rate, from, to = 8000, 800, 960
	src := voice(1600, rate, 130)
	begins, ends := slices.Clone(src), slices.Clone(src)
	clear(begins[:to-80])
	clear(ends[from+80:])
	loud := Measure(src[from:to]).RMS
	got := bridged(begins, rate, from, to)
	if l := Measure(got[to-80 : to]).RMS; math.Abs(l-loud) > 4 {
		t.Errorf("the 10 ms before a word are at %.1f dBFS, the word at %.1f", l, loud)
	}
	got = bridged(ends, rate, from, to)
	if a, z := Measure(got[from:from+80]).RMS, Measure(got[to-40:to]).RMS; math.Abs(a-loud) > 4 || z > loud-10 {
		t.Errorf("a word at %.1f dBFS ends with %.1f, %.1f", loud, a, z)
	}
}

// Noise, which has no pitch, is bridged at a level between those of its sides.
func TestBridgeOfNoise(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	src := make([]int16, 1600)
	for i := range src {
		loud := 300.0
		if i >= 960 {
			loud = 3000
		}
		src[i] = int16(loud * rng.NormFloat64())
	}
	got := bridged(src, 8000, 800, 960)
	first, last := Measure(got[800:840]).RMS, Measure(got[920:960]).RMS
	soft, loud := Measure(src[:800]).RMS, Measure(src[960:]).RMS
	if first < soft-3 || first > loud-3 || last > loud+2 || last < loud-6 {
		t.Errorf("from %.1f to %.1f dBFS it goes %.1f, %.1f", soft, loud, first, last)
	}
}

// Where there is not enough of one side, a bridge is what concealment is; a long gap is concealed
// up to its last 20 ms.
func TestBridgeWithoutASide(t *testing.T) {
	src := voice(2400, 8000, 140)
	for _, c := range []struct {
		name              string
		heard, gap, ahead int
		same              int // samples as concealed
	}{
		{"nothing before", 0, 160, 160, 160},
		{"too little before", 279, 160, 160, 160},
		{"nothing after", 800, 160, 0, 160},
		{"too little after", 800, 160, 79, 160},
		{"a long gap", 800, 480, 160, 320},
		{"no gap", 800, 0, 160, 0},
	} {
		one, other := NewConcealer(8000), NewConcealer(8000)
		a, b := make([]int16, c.gap), make([]int16, c.gap)
		one.Hear(src[:c.heard])
		other.Hear(src[:c.heard])
		one.Bridge(a, src[c.heard:c.heard+c.ahead])
		other.Conceal(b)
		if !slices.Equal(a[:c.same], b[:c.same]) {
			t.Errorf("%s: not what is concealed", c.name)
		}
		if c.same < c.gap && slices.Equal(a, b) {
			t.Errorf("%s: all of it is concealed", c.name)
		}
	}
}

// A gap of which the beginning was concealed before the sound after it came is bridged from there.
func TestBridgeFromTheMiddle(t *testing.T) {
	src := glide(2400, 8000, 120, 128)
	c, dst := NewConcealer(8000), slices.Clone(src)
	c.Hear(dst[:800])
	c.Conceal(dst[800:880])
	c.Bridge(dst[880:960], src[960:1120])
	c.Hear(dst[960:])
	if got, was := roughest(dst), roughest(src); got > was*3/2 {
		t.Errorf("it clicks: %d, was %d", got, was)
	}
	if l, was := Measure(dst[880:960]).RMS, Measure(src[880:960]).RMS; math.Abs(l-was) > 2 {
		t.Errorf("at %.1f dBFS, said at %.1f", l, was)
	}
}

// Whatever the pieces, nothing is written beside them, and nothing is allocated.
func TestBridgeOfAnyLength(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for _, rate := range []int{8000, 16000, 48000} {
		c, src := NewConcealer(rate), make([]int16, rate)
		for i := range src {
			src[i] = int16(rng.IntN(1<<16) - 1<<15)
		}
		room := make([]int16, rate/4+2)
		one := func() {
			n, ahead := rng.IntN(rate/8), rng.IntN(rate/8)
			c.Hear(src[:rng.IntN(rate/8)])
			c.Conceal(room[1 : 1+rng.IntN(rate/20)])
			room[0], room[n+1] = 1234, 4321
			c.Bridge(room[1:n+1], src[:ahead])
			if room[0] != 1234 || room[n+1] != 4321 {
				t.Fatalf("%d Hz, %d samples: written beside them", rate, n)
			}
		}
		if n := testing.AllocsPerRun(100, one); n > 0 {
			t.Errorf("%d Hz: %v allocations", rate, n)
		}
	}
}

func BenchmarkBridge(b *testing.B) {
	src := glide(1600, 8000, 120, 128)
	c, dst := NewConcealer(8000), make([]int16, 160)
	for b.Loop() {
		c.Hear(src[:800])
		c.Bridge(dst, src[960:1120])
	}
}

func BenchmarkConceal(b *testing.B) {
	src := glide(1600, 8000, 120, 128)
	c, dst := NewConcealer(8000), make([]int16, 160)
	for b.Loop() {
		c.Hear(src[:800])
		c.Conceal(dst)
	}
}
