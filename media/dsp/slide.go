//go:build !arm64

package dsp

// slide adds to dst[0], dst[step], dst[2*step] and so on the inner products of h with
// x[0:], x[1:], x[2:] and so on, n of them. Four at a time share what they load, and the
// last four are always worked out, so that each result is the same to the bit wherever the
// input is cut; len(x) ≥ n+len(h)+3, and len(h) is a multiple of 4.
func slide(dst []float32, step int, h, x []float32, n int) {
	for at := 0; n > 0; n -= 4 {
		var a, b, c, d float32
		x0, x1, x2 := x[0], x[1], x[2]
		g, y := h, x[3:]
		for len(g) >= 4 && len(y) >= 4 {
			x3, x4, x5, x6 := y[0], y[1], y[2], y[3]
			g0, g1, g2, g3 := g[0], g[1], g[2], g[3]
			a += (g0*x0 + g1*x1) + (g2*x2 + g3*x3)
			b += (g0*x1 + g1*x2) + (g2*x3 + g3*x4)
			c += (g0*x2 + g1*x3) + (g2*x4 + g3*x5)
			d += (g0*x3 + g1*x4) + (g2*x5 + g3*x6)
			x0, x1, x2 = x4, x5, x6
			g, y = g[4:], y[4:]
		}
		dst[at] += a
		if n > 1 {
			dst[at+step] += b
		}
		if n > 2 {
			dst[at+2*step] += c
		}
		if n > 3 {
			dst[at+3*step] += d
		}
		at += 4 * step
		x = x[4:]
	}
}
