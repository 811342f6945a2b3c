package main

import "math"

// sine is the doctor's tone: n samples, with a soft beginning.
func sine(rate, n int) []int16 {
	pcm := make([]int16, n)
	top := 32767 * math.Pow(10, float64(probeLevel)/20)
	for i := range pcm {
		soft := math.Min(1, float64(i)/float64(rate/100))
		pcm[i] = int16(soft * top * math.Sin(2*math.Pi*probeTone*float64(i)/float64(rate)))
	}
	return pcm
}
