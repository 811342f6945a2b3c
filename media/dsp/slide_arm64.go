package dsp

// slide16 is the inner products of h with x[0:], x[1:] and so on to x[15:].
//
//go:noescape
func slide16(sums *[16]float32, h, x *float32, taps int)

// slide adds to dst[0], dst[step], dst[2*step] and so on the inner products of h with
// x[0:], x[1:], x[2:] and so on, n of them. Sixteen at a time are four vectors, and the
// last sixteen are always worked out, so that each result is the same to the bit wherever the
// input is cut; len(x) ≥ n+len(h)+15, and len(h) is a multiple of 4.
func slide(dst []float32, step int, h, x []float32, n int) {
	var sums [16]float32
	for at := 0; at < n; at += len(sums) {
		_ = x[at+len(h)+len(sums)-2]
		slide16(&sums, &h[0], &x[at], len(h))
		to := dst[at*step:]
		for i, s := range sums[:min(n-at, len(sums))] {
			to[i*step] += s
		}
	}
}
