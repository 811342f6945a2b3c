package dsp

import "math"

// A Level is a measurement of sound in dBFS: a full-scale sine is 0 dBFS, RMS and peak.
type Level struct{ Peak, RMS float64 }

// Silence is the level of nothing at all.
const Silence = -127.0

// Measure measures pcm.
func Measure(pcm []int16) Level {
	var peak int32
	var sum int64
	for _, s := range pcm {
		x := int32(s)
		sum += int64(x * x)
		peak = max(peak, x, -x)
	}
	if peak == 0 {
		return Level{Silence, Silence}
	}
	mean := float64(sum) / float64(len(pcm))
	return Level{
		Peak: 20 * math.Log10(float64(peak)/32768),
		RMS:  max(Silence, 10*math.Log10(mean/(32768*32768/2))),
	}
}

// Goertzel is the level in dBFS of the sine of freq Hz in pcm, over its whole length
// without a window: frequencies are told apart that lie 2×rate/len(pcm) Hz or more
// from each other.
func Goertzel(pcm []int16, rate int, freq float64) float64 {
	if len(pcm) == 0 {
		return Silence
	}
	k := 2 * math.Cos(2*math.Pi*freq/float64(rate))
	var a, b float64
	for _, s := range pcm {
		a, b = float64(s)+k*a-b, a
	}
	power := (a*a + b*b - k*a*b) * 4 / float64(len(pcm)) / float64(len(pcm))
	return max(Silence, 10*math.Log10(power/(32768*32768)+1e-13))
}
