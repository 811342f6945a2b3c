package dsp

import (
	"math"
	"math/rand/v2"
	"testing"
)

// slow is the filter between two rates as the textbook has it: zeros between the inputs,
// one long low-pass, every so-manieth output.
func slow(in, out int, f filter, src []float32) []float64 {
	g := divisor(in, out)
	up, down := out/g, in/g
	cutoff, taps := f.cutoff, f.taps
	if out < in {
		cutoff, taps = f.cutoff*float64(out)/float64(in), f.taps*down/up
	}
	var dst []float64
	h := make([]float32, taps)
	for n := 0; n*down/up < len(src); n++ {
		at, phase := n*down/up, n*down%up
		lowPass(h, float64(phase)/float64(up), cutoff, f.beta)
		sum := 0.0
		for j, w := range h {
			if i := at + j + 1 - taps; i >= 0 {
				sum += float64(w) * float64(src[i])
			}
		}
		dst = append(dst, sum)
	}
	return dst
}

func TestStagesAreTheFilterOfTheTextbook(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	src := make([]float32, 700)
	for i := range src {
		src[i] = float32(rng.IntN(60000) - 30000)
	}
	for _, c := range []struct {
		name    string
		in, out int
		f       filter
		s       stage
	}{
		{"half band up", 8000, 16000, halfBand, newBranches(8000, 16000, halfBand)},
		{"third band up", 16000, 48000, thirdBand, newBranches(16000, 48000, thirdBand)},
		{"steep up", 16000, 48000, steep, newBranches(16000, 48000, steep)},
		{"steep between", 44100, 48000, steep, newBranches(44100, 48000, steep)},
		{"half band down", 16000, 8000, halfBand, newRows(16000, 8000, halfBand)},
		{"third band down", 48000, 16000, thirdBand, newRows(48000, 16000, thirdBand)},
		{"steep down", 48000, 16000, steep, newRows(48000, 16000, steep)},
	} {
		want := slow(c.in, c.out, c.f, src)
		for range 2 { // the second time from the beginning again
			var got []float32
			dst := make([]float32, 3*block)
			for rest := src; len(rest) > 0; {
				n := min(1+rng.IntN(300), len(rest))
				got = append(got, dst[:c.s.process(dst, rest[:n])]...)
				rest = rest[n:]
			}
			if len(got) != len(want) {
				t.Fatalf("%s: %d samples, want %d", c.name, len(got), len(want))
			}
			for i := range got {
				if math.Abs(float64(got[i])-want[i]) > 0.1 {
					t.Fatalf("%s: sample %d is %v, want %v", c.name, i, got[i], want[i])
				}
			}
			c.s.reset()
		}
	}
}

// What makes the two filters in a row cheap: weights that are zero.
func TestHalfAndThirdBandHaveTheirZeros(t *testing.T) {
	for _, c := range []struct {
		name   string
		single []int
		want   int
	}{
		{"half band", newBranches(8000, 16000, halfBand).single, 1},
		{"third band", newBranches(16000, 48000, thirdBand).single, 1},
		{"steep", newBranches(8000, 48000, steep).single, 0},
	} {
		n := 0
		for _, k := range c.single {
			if k >= 0 {
				n++
			}
		}
		if n != c.want {
			t.Errorf("%s: %d branches of one weight, want %d", c.name, n, c.want)
		}
	}
}

// Nothing of the telephone's sound shows up again at any of the higher frequencies.
func TestResamplerLeavesNoImages(t *testing.T) {
	for _, freq := range []float64{300, 1000, 2100, 3400} {
		dst := resample(8000, 48000, sine(8000, 0, 8000, freq, 30000))[9600:]
		for k := 8000.0; k < 24000; k += 8000 {
			for _, image := range []float64{k - freq, k + freq} {
				if l := Goertzel(dst, 48000, image); l > -65 {
					t.Errorf("%v Hz shows at %v Hz with %.1f dBFS", freq, image, l)
				}
			}
		}
	}
}
