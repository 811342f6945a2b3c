package audio

import (
	"math"
	"math/rand/v2"
	"testing"
)

// echoed is what a card plays in one period in which it recorded in, and had nothing to play.
func echoed(e *ends, in []int16) []int16 {
	out := make([]int16, len(in))
	e.turn(in, out)
	return out
}

// What is recorded in a period is played in the same one, as loud as was asked for.
func TestSidetoneOfThisPeriod(t *testing.T) {
	for _, db := range []float64{0, -6, -18, -30} {
		e := newStill(t, Spec{})
		gain := math.Pow(10, db/20)
		e.Sidetone(gain)
		rng := rand.New(rand.NewPCG(1, 1))
		in := make([]int16, 480)
		for turn := range 20 {
			for i := range in {
				in[i] = int16(rng.IntN(65536) - 32768)
			}
			got := echoed(e, in)
			if turn < 8 { // the gain rises
				continue
			}
			for i := range in {
				if want := float64(in[i]) * gain; math.Abs(float64(got[i])-want) > 2 {
					t.Fatalf("%v dB: %d is heard as %d, want %.0f", db, in[i], got[i], want)
				}
			}
			if n := e.Read(make([]int16, 480)); n != 480 {
				t.Fatalf("only %d samples of it were recorded", n)
			}
		}
	}
}

// A card that nobody asked, and one that was asked to stop, plays nothing of the mouth.
func TestNoSidetone(t *testing.T) {
	e := newStill(t, Spec{})
	in := make([]int16, 480)
	for i := range in {
		in[i] = 30000
	}
	silent := func(when string) {
		t.Helper()
		for i, x := range echoed(e, in) {
			if x != 0 {
				t.Fatalf("%s: sample %d is %d", when, i, x)
			}
		}
	}
	silent("as opened")
	e.Sidetone(1)
	for range 8 {
		echoed(e, in)
	}
	for _, none := range []float64{0, -1, math.Inf(-1)} {
		e.Sidetone(none)
		for range 8 {
			echoed(e, in)
		}
		silent("off")
		e.Sidetone(7) // as much as there is, not more
		for range 8 {
			echoed(e, in)
		}
		if got := echoed(e, in)[0]; got != 30000 {
			t.Fatalf("seven times as loud: %d", got)
		}
	}
}

// It comes and goes without a click, within some 5 ms, whatever the mouth says meanwhile.
func TestSidetoneFades(t *testing.T) {
	e := newStill(t, Spec{})
	in := make([]int16, 480)
	for i := range in {
		in[i] = 20000
	}
	gain := math.Pow(10, -18.0/20)
	var all []int16
	for turn := range 6 {
		e.Sidetone([...]float64{0, gain}[turn/2%2])
		all = append(all, echoed(e, in)...)
	}
	for i := 1; i < len(all); i++ {
		if d := int(all[i]) - int(all[i-1]); d > 20 || d < -20 {
			t.Fatalf("a jump of %d at %d", d, i)
		}
	}
	full := int16(20000 * gain)
	if all[2*480+240] < full*9/10 || all[3*480] < full-1 || all[5*480] != 0 {
		t.Errorf("after 5 ms at %d, after 10 at %d, 10 ms after its end at %d; full is %d", all[2*480+240], all[3*480], all[5*480], full)
	}
}

// Both together are at the limit at most, never beyond it on the other side.
func TestSidetoneSaturates(t *testing.T) {
	e := newStill(t, Spec{})
	e.Sidetone(1)
	loud, in := make([]int16, 480), make([]int16, 480)
	for _, x := range []int16{32767, -32768} {
		for i := range loud {
			loud[i], in[i] = x, x
		}
		for range 10 {
			e.Write(loud)
			echoed(e, in)
		}
		e.Write(loud)
		for i, s := range echoed(e, in) {
			if s != x {
				t.Fatalf("twice %d is %d at %d", x, s, i)
			}
		}
	}
}

// While the engine is late the ear still hears the mouth, and nothing clicks.
func TestSidetoneThroughAnUnderrun(t *testing.T) {
	e := newStill(t, Spec{})
	e.Sidetone(0.125)
	in := make([]int16, 480)
	for i := range in {
		in[i] = 8000
	}
	for range 8 {
		echoed(e, in)
	}
	e.Write(make([]int16, 480))
	echoed(e, in)
	if got := echoed(e, in); got[0] != 1000 || got[479] != 1000 {
		t.Errorf("%d and %d, want 1000", got[0], got[479])
	}
	if s := e.Stats(); s.Underruns != 1 {
		t.Errorf("%d underruns, want 1: the mouth is no sound of the engine's", s.Underruns)
	}
}

// A card that only plays, or gives nothing for a period, goes on.
func TestSidetoneWithoutAMouth(t *testing.T) {
	e := newStill(t, Spec{PlayOnly: true})
	e.Sidetone(1)
	out := []int16{1, 2, 3}
	e.turn(nil, out)
	e.turn(make([]int16, 3), nil)
	if out != nil && (out[0] != 0 || out[2] != 0) {
		t.Errorf("%v", out)
	}
}
