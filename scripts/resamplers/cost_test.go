package main

import (
	"math"
	"testing"
)

// BenchmarkResample is 10 ms.
func BenchmarkResample(b *testing.B) {
	for _, c := range []struct {
		name    string
		kind    int
		in, out int
	}{
		{"ours-48-8", 0, 48000, 8000}, {"speex-3-48-8", 1, 48000, 8000}, {"speex-5-48-8", 2, 48000, 8000}, {"speex-10-48-8", 3, 48000, 8000},
		{"ours-8-48", 0, 8000, 48000}, {"speex-3-8-48", 1, 8000, 48000}, {"speex-5-8-48", 2, 8000, 48000}, {"speex-10-8-48", 3, 8000, 48000},
		{"ours-48-16", 0, 48000, 16000}, {"speex-3-48-16", 1, 48000, 16000}, {"speex-5-48-16", 2, 48000, 16000}, {"speex-10-48-16", 3, 48000, 16000},
		{"ours-16-48", 0, 16000, 48000}, {"speex-3-16-48", 1, 16000, 48000}, {"speex-5-16-48", 2, 16000, 48000}, {"speex-10-16-48", 3, 16000, 48000},
	} {
		b.Run(c.name, func(b *testing.B) {
			r, err := kinds[c.kind].make(c.in, c.out)
			if err != nil {
				b.Fatal(err)
			}
			defer r.Close()
			src, dst := make([]int16, c.in/100), make([]int16, c.out/100+8)
			for i := range src {
				src[i] = int16(9000 * math.Sin(float64(i)/9))
			}
			for b.Loop() {
				r.Process(dst, src)
			}
		})
	}
}
