package measure

import "math"

// Resample is the signal at another rate, band-limited to the lower of the two, in
// phase with the original.
func (s Signal) Resample(rate int) Signal {
	if rate == s.Rate {
		return s
	}
	d := gcd(rate, s.Rate)
	up, down := rate/d, s.Rate/d
	// A windowed sinc that reaches 24 zero crossings of the lower rate either side,
	// one set of coefficients for each of the up phases.
	cut := 0.94 * min(1, float64(rate)/float64(s.Rate))
	reach := int(math.Ceil(24 / cut))
	phases := make([][]float64, up)
	for p := range phases {
		taps := make([]float64, 2*reach+1)
		for k := range taps {
			taps[k] = cut * sinc(cut*(float64(k-reach)-float64(p)/float64(up)), float64(reach+1)*cut)
		}
		phases[p] = taps
	}
	out := Signal{rate, make([]float64, len(s.X)*up/down)}
	for i := range out.X {
		at, taps := i*down/up, phases[i*down%up]
		lo, hi := max(0, reach-at), min(len(taps), len(s.X)+reach-at)
		for k := lo; k < hi; k++ {
			out.X[i] += taps[k] * s.X[at+k-reach]
		}
	}
	return out
}

// Band is the signal between lo and hi in Hz, without delay.
func (s Signal) Band(lo, hi float64) Signal {
	const reach = 160
	nyquist := float64(s.Rate) / 2
	a, b := lo/nyquist, min(hi/nyquist, 1)
	taps := make([]float64, 2*reach+1)
	for k := range taps {
		t := float64(k - reach)
		taps[k] = b*sinc(b*t, b*(reach+1)) - a*sinc(a*t, a*(reach+1))
	}
	out := Signal{s.Rate, make([]float64, len(s.X))}
	for i := range s.X {
		for k := max(0, reach-i); k < min(len(taps), len(s.X)+reach-i); k++ {
			out.X[i] += taps[k] * s.X[i+k-reach]
		}
	}
	return out
}

// sinc is sin(πt)/πt under a Hann window that ends at ±width.
func sinc(t, width float64) float64 {
	if t == 0 {
		return 1
	}
	if math.Abs(t) >= width {
		return 0
	}
	return math.Sin(math.Pi*t) / (math.Pi * t) * (0.5 + 0.5*math.Cos(math.Pi*t/width))
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
