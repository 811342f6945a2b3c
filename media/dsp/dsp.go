// Package dsp owns the arithmetic on sound: resampling, gain, mixing, meters, fades,
// concealment of lost sound and stretching of time. Everything is mono S16, pure,
// belongs to one goroutine and allocates nothing once it is made. It refuses to know
// clocks, packets, codecs and cards.
package dsp

// saturate rounds x to the nearest sample that S16 can hold.
func saturate(x float32) int16 {
	switch {
	case x >= 32767:
		return 32767
	case x <= -32768:
		return -32768
	case x < 0:
		return int16(x - 0.5)
	}
	return int16(x + 0.5)
}
