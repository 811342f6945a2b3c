package dsp

import "math"

// A filter is a low-pass between a lower and a higher rate.
type filter struct {
	taps   int     // at the lower rate; half of them are its delay
	beta   float64 // Kaiser's shape
	cutoff float64 // at the middle of the transition, as a share of the lower rate
}

// Our own choices for every low-pass.
var (
	// 32 taps (a delay of 2 ms at 8 kHz) and 75 dB of rejection leave, at 8 kHz, a pass
	// band up to 3300 Hz, the telephone band of ITU-T G.712, and a stop band from 4450 Hz.
	steep = filter{taps: 32, beta: 7.3, cutoff: 0.485}
	// Between a rate and twice that: with the cutoff at a quarter of the higher rate every
	// second weight is zero. At 8 kHz it passes up to 3500 Hz; 4450 Hz is down by 50 dB,
	// all from 4500 Hz on by 65, far below the noise of G.711.
	halfBand = filter{taps: 32, beta: 6, cutoff: 0.5}
	// Between 16 and 48 kHz for sound that ends at 4500 Hz: all that would alias into it,
	// from 11500 Hz on, is down by 75 dB.
	thirdBand = filter{taps: 12, beta: 7.3, cutoff: 0.5}
)

// lowPass fills one branch of a polyphase filter: h[j] weighs the sample that lies
// j+1-len(h)/2-frac steps after the output's place, oldest first. cutoff is in cycles
// per input sample. The branch passes a constant unchanged.
func lowPass(h []float32, frac, cutoff, beta float64) {
	half := float64(len(h)) / 2
	sum := 0.0
	for j := range h {
		t := float64(j) + 1 - half - frac
		w := kaiser(t/half, beta) * sinc(2*cutoff*t)
		h[j] = float32(w)
		sum += w
	}
	for j := range h {
		h[j] = float32(float64(h[j]) / sum)
	}
}

func sinc(x float64) float64 {
	if math.Abs(x) < 1e-9 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// kaiser is the Kaiser window at x in -1 to 1.
func kaiser(x, beta float64) float64 {
	if x*x >= 1 {
		return 0
	}
	return bessel0(beta*math.Sqrt(1-x*x)) / bessel0(beta)
}

// bessel0 is the modified Bessel function of the first kind and order zero.
func bessel0(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-12; k++ {
		term *= (x / 2 / k) * (x / 2 / k)
		sum += term
	}
	return sum
}

// onlyWeight is the place of the weight of h beside which all are zero; -1: there are more.
func onlyWeight(h []float32) int {
	only := -1
	for i, w := range h {
		if w > 1e-7 || w < -1e-7 {
			if only >= 0 {
				return -1
			}
			only = i
		}
	}
	return only
}

// dot is the inner product; len(x) ≥ len(h), and len(h) is a multiple of 4.
func dot(h, x []float32) float32 {
	x = x[:len(h)]
	var a, b, c, d float32
	for i := 0; i+3 < len(h); i += 4 {
		a += h[i] * x[i]
		b += h[i+1] * x[i+1]
		c += h[i+2] * x[i+2]
		d += h[i+3] * x[i+3]
	}
	return a + b + c + d
}
