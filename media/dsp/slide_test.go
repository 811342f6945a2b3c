package dsp

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Whatever the processor does it with, sums are those that one adds up by hand, only dst's own
// places are touched, and how many there are at a time changes no bit.
func TestSlide(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for _, taps := range []int{4, 8, 12, 32, 96} {
		for _, step := range []int{1, 2, 3} {
			for _, n := range []int{1, 3, 4, 15, 16, 17, 80, 97} {
				h, x := make([]float32, taps), make([]float32, n+taps+spare-1)
				for i := range h {
					h[i] = float32(rng.NormFloat64())
				}
				for i := range x {
					x[i] = float32(3000 * rng.NormFloat64())
				}
				dst := make([]float32, (n-1)*step+1)
				for i := range dst {
					dst[i] = float32(i)
				}
				slide(dst, step, h, x, n)
				for i, got := range dst {
					want := float64(i)
					if i%step == 0 {
						for k := range h {
							want += float64(h[k]) * float64(x[i/step+k])
						}
					}
					if math.Abs(float64(got)-want) > 0.05 || i%step != 0 && float64(got) != want {
						t.Fatalf("%d taps, every %d., %d of them: dst[%d] is %v, want %v", taps, step, n, i, got, want)
					}
				}
				cut := make([]float32, len(dst))
				for i := range cut {
					cut[i] = float32(i)
				}
				for at := 0; at < n; {
					m := min(1+rng.IntN(9), n-at)
					slide(cut[at*step:], step, h, x[at:], m)
					at += m
				}
				for i := range cut {
					if cut[i] != dst[i] {
						t.Fatalf("%d taps, every %d., %d of them: in pieces dst[%d] is %v, not %v", taps, step, n, i, cut[i], dst[i])
					}
				}
			}
		}
	}
}
