package echo

import (
	"math"
	"testing"
)

// A sine comes out as it was, as many samples as there should be; what does not fit the lower
// rate does not come out at all.
func TestResampler(t *testing.T) {
	for _, c := range []struct{ in, out int }{{48000, 16000}, {16000, 48000}, {44100, 16000}, {16000, 44100}, {16000, 16000}} {
		for _, hz := range []float64{300, 3400, 6500, 9000} {
			if hz*2 > float64(c.in) {
				continue
			}
			r, err := newResampler(c.in, c.out)
			if err != nil {
				t.Fatal(err)
			}
			src := make([]int16, c.in/100)
			var all []int16
			for at := range 100 {
				for i := range src {
					src[i] = int16(10000 * math.Sin(2*math.Pi*hz*float64(at*len(src)+i)/float64(c.in)))
				}
				dst := make([]int16, r.most(len(src)))
				all = append(all, dst[:r.process(dst, src)]...)
			}
			if len(all) != c.out {
				t.Errorf("%d to %d Hz: a second is %d samples", c.in, c.out, len(all))
			}
			want := 0.0
			if hz*2 > float64(c.out) {
				want = -70
			}
			got := decibels(power(all[c.out/10:]), 10000*10000/2)
			if want == 0 && math.Abs(got) > 0.5 || got > want+0.5 {
				t.Errorf("%d to %d Hz: %.0f Hz come out at %.1f dB", c.in, c.out, hz, got)
			}
			r.forget()
			dst := make([]int16, r.most(len(src)))
			for _, s := range dst[:r.process(dst, make([]int16, len(src)))] {
				if s != 0 {
					t.Fatal("it has not forgotten")
				}
			}
			r.close()
			r.close()
			if n := r.process(dst, src); c.in != c.out && n != 0 {
				t.Errorf("%d samples after close", n)
			}
		}
	}
	if _, err := newResampler(0, 8000); err == nil {
		t.Error("0 Hz is taken")
	}
}
