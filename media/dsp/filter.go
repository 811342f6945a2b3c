package dsp

import "math"

// Our own choices for every low-pass: 32 taps at the lower rate (a delay of 16 of its
// samples, 2 ms at 8 kHz) and 75 dB of rejection leave, at 8 kHz, a pass band up to
// 3300 Hz, the telephone band of ITU-T G.712, and a stop band from 4450 Hz.
const (
	filterTaps   = 32
	filterBeta   = 7.3   // Kaiser's shape for 75 dB
	filterCutoff = 0.485 // of the lower rate, at the middle of the transition
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
