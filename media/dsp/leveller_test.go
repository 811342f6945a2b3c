package dsp

import (
	"math"
	"math/rand/v2"
	"testing"
)

// levelled is src after a Leveller, 10 ms at a time, and its gain at the end.
func levelled(src []int16, rate int, hold bool) (dst []int16, gain float64) {
	l, n := NewLeveller(rate), rate/100
	dst = append([]int16(nil), src...)
	for part := dst; len(part) >= n; part = part[n:] {
		l.Process(part[:n], hold)
	}
	return dst, l.Gain()
}

// phrases are seconds of a voice at a level in dBFS, half a second on and half a second off,
// over noise at another.
func phrases(seconds, rate int, db, noise float64) []int16 {
	src := voice(seconds*rate, rate, 140)
	k := Factor(db - Measure(src).RMS)
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range src {
		x := float64(src[i]) * k
		if i/(rate/2)%2 == 1 {
			x = 0
		}
		src[i] = saturate(float32(x + rng.NormFloat64()*Factor(noise)*32768/math.Sqrt2))
	}
	return src
}

func TestLevelsReached(t *testing.T) {
	const rate = 8000
	for _, c := range []struct{ in, out, within float64 }{
		{-23, -23, 1},
		{-30, -23, 1},
		{-36, -23, 1},
		{-45, -30, 1}, // 15 dB is the most
		{-15, -23, 1},
		{-8, -20, 1},  // and 12 dB down
		{-60, -60, 1}, // nobody speaks
	} {
		dst, gain := levelled(phrases(12, rate, c.in, -75), rate, false)
		got := Measure(dst[10*rate : 10*rate+rate/2]).RMS
		t.Logf("%.0f dBFS becomes %.1f with a gain of %.1f dB", c.in, got, gain)
		if math.Abs(got-c.out) > c.within {
			t.Errorf("%.0f dBFS becomes %.1f, want %.0f", c.in, got, c.out)
		}
	}
}

// Pauses keep the gain of the speech before: noise does not swell up in them.
func TestPausesDoNotPump(t *testing.T) {
	const rate = 8000
	src := phrases(12, rate, -30, -60)
	clear(src[10*rate:])
	rng := rand.New(rand.NewPCG(1, 1))
	for i := 10 * rate; i < len(src); i++ {
		src[i] = int16(rng.NormFloat64() * Factor(-60) * 32768 / math.Sqrt2)
	}
	dst, _ := levelled(src, rate, false)
	first := Measure(dst[10*rate+800 : 10*rate+8800]).RMS
	last := Measure(dst[11*rate+7000:]).RMS
	if math.Abs(first-last) > 0.7 {
		t.Errorf("the noise of a pause goes from %.1f to %.1f dBFS", first, last)
	}
}

// While it holds, the gain does not rise, and yet falls.
func TestHold(t *testing.T) {
	const rate = 8000
	if _, gain := levelled(phrases(8, rate, -40, -75), rate, true); gain != 0 {
		t.Errorf("it rose to %.1f dB", gain)
	}
	if _, gain := levelled(phrases(8, rate, -12, -75), rate, true); gain > -9 {
		t.Errorf("it fell to %.1f dB, want -11", gain)
	}
}

// However loud it becomes at once, nothing is clipped, and no step is heard.
func TestLouderAtOnce(t *testing.T) {
	const rate = 8000
	src := append(phrases(8, rate, -40, -75), sine(rate, 0, rate, 440, 32000)...)
	dst, _ := levelled(src, rate, false)
	loud := dst[8*rate:]
	for i := 1; i < len(loud); i++ {
		if loud[i] == loud[i-1] && (loud[i] > 32000 || loud[i] < -32000) {
			t.Fatalf("a flat top at sample %d", i)
		}
	}
	if l := Measure(loud[rate*9/10:]).RMS; l > -11 {
		t.Errorf("a second later it is at %.1f dBFS", l)
	}
	if got, was := roughest(loud), roughest(src[8*rate:]); got > was*2 {
		t.Errorf("it clicks: %d, was %d", got, was)
	}
}

func TestLevellerAllocatesNothing(t *testing.T) {
	l, pcm := NewLeveller(16000), sine(160, 0, 16000, 500, 9000)
	if n := testing.AllocsPerRun(100, func() { l.Process(pcm, false) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	l.Process(nil, false) // nothing is nothing
	if l.Reset(); l.Gain() != 0 {
		t.Errorf("a gain of %.1f dB after Reset", l.Gain())
	}
}
