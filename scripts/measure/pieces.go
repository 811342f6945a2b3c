package measure

import "math"

// reach is how far from a window's own delay its pieces are looked for.
const reach = rate * 60 / 1000

// piecewise is the normalised cross-correlation of x and y with each piece of n samples
// of y aligned by itself, within reach of shift: a playout buffer that changes its delay
// inside the window shifts what follows, and that is no damage to what is heard.
func piecewise(x, y []float64, shift float64, n int) float64 {
	var product, ex, ey float64
	for at := 0; at+n <= len(y); at += n {
		piece := y[at : at+n]
		from := max(int(shift)+at-reach, 0)
		to := min(int(shift)+at+reach+n, len(x))
		if to-from < n {
			continue
		}
		p, e := nearest(x[from:to], piece)
		product += p
		ex += e
		ey += energy(piece)
	}
	quiet := 1e-10 * float64(len(y))
	return product / math.Sqrt(max(ex, quiet)*max(ey, quiet))
}

// nearest returns the product with y, and the energy, of the stretch of x that is most
// like y.
func nearest(x, y []float64) (product, e float64) {
	c := correlate(x, y)
	ex, best := energy(x[:len(y)]), math.Inf(-1)
	for k := range c {
		if k > 0 {
			ex += x[k+len(y)-1]*x[k+len(y)-1] - x[k-1]*x[k-1]
		}
		if alike := c[k] / math.Sqrt(max(ex, 1e-10*float64(len(y)))); alike > best {
			best, product, e = alike, c[k], ex
		}
	}
	return product, e
}
