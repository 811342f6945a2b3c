package measure

import (
	"math"
	"slices"
)

// damage judges y against the aligned original x, both at rate and in the band. The
// loudness of the whole window is matched first, so that a quieter line is no damage.
func (w *Window) damage(x, y []float64) {
	dot, ex := 0.0, energy(x)
	for i := range x {
		dot += x[i] * y[i]
	}
	if ex == 0 || dot <= 0 {
		w.Gap, w.Frames = gapOfNothing(x)
		return
	}
	gain := dot / ex
	matched := make([]float64, len(x))
	for i := range x {
		matched[i] = gain * x[i]
	}
	// A frame has speech when it is no more than 35 dB below the loudest of the window.
	const frame = rate / 50
	var said, heard []float64
	for a := 0; a+frame <= len(x); a += frame {
		said = append(said, power(matched[a:a+frame]))
		heard = append(heard, power(y[a:a+frame]))
	}
	speech := slices.Max(append(said, 0)) * math.Pow(10, -3.5)
	gaps := 0
	for i := range said {
		if said[i] > speech {
			w.Frames++
			if heard[i] < said[i]/100 {
				gaps++
			}
		}
	}
	if w.Frames > 0 {
		w.Gap = float64(gaps) / float64(w.Frames)
	}
	w.Distance = spectral(matched, y, speech)
}

// gapOfNothing is the damage where nothing of the original is left.
func gapOfNothing(x []float64) (gap float64, frames int) {
	if energy(x) == 0 {
		return 0, 0
	}
	return 1, len(x) * 50 / rate
}

// spectral is the log-spectral distance of y from x in dB, over frames of 32 ms, half
// overlapping, in which x has more than the power speech.
func spectral(x, y []float64, speech float64) float64 {
	const n = rate * 32 / 1000
	lo, hi := int(low)*n/rate, int(high)*n/rate
	var sum, frames float64
	for a := 0; a+n <= len(x); a += n / 2 {
		if power(x[a:a+n]) <= speech {
			continue
		}
		px, py := spectrum(x[a:a+n]), spectrum(y[a:a+n])
		floor := slices.Max(px[lo:hi]) * 1e-4
		var d float64
		for k := lo; k < hi; k++ {
			db := 10 * math.Log10((px[k]+floor)/(py[k]+floor))
			d += db * db
		}
		sum += math.Sqrt(d / float64(hi-lo))
		frames++
	}
	if frames == 0 {
		return 0
	}
	return sum / frames
}

// spectrum is the power spectrum of x under a Hann window.
func spectrum(x []float64) []float64 {
	z := make([]complex128, len(x))
	for i, v := range x {
		z[i] = complex(v*(0.5-0.5*math.Cos(2*math.Pi*float64(i)/float64(len(x)-1))), 0)
	}
	fourier(z, false)
	p := make([]float64, len(x)/2)
	for k := range p {
		p[k] = real(z[k])*real(z[k]) + imag(z[k])*imag(z[k])
	}
	return p
}
