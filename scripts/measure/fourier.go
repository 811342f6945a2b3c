package measure

import (
	"math"
	"math/bits"
	"math/cmplx"
	"sync"
)

// fourier transforms x, whose length is a power of two, in place; inverse divides by
// the length.
func fourier(x []complex128, inverse bool) {
	n := len(x)
	shift := 64 - bits.TrailingZeros(uint(n))
	for i := range x {
		if j := int(bits.Reverse64(uint64(i)) >> shift); n > 1 && i < j {
			x[i], x[j] = x[j], x[i]
		}
	}
	if inverse { // the transform of the conjugate, conjugated
		for i := range x {
			x[i] = cmplx.Conj(x[i])
		}
	}
	for size := 2; size <= n; size *= 2 {
		turn := turns(size)
		for begin := 0; begin < n; begin += size {
			a, b := x[begin:begin+size/2], x[begin+size/2:begin+size]
			for k := range a {
				t := turn[k] * b[k]
				a[k], b[k] = a[k]+t, a[k]-t
			}
		}
	}
	if inverse {
		for i := range x {
			x[i] = cmplx.Conj(x[i]) / complex(float64(n), 0)
		}
	}
}

// known are the turns of each size so far: sines take longer than the rest.
var known sync.Map

// turns are the first half of the size roots of one, backwards.
func turns(size int) []complex128 {
	if t, ok := known.Load(size); ok {
		return t.([]complex128)
	}
	t := make([]complex128, size/2)
	for k := range t {
		t[k] = cmplx.Rect(1, -2*math.Pi*float64(k)/float64(size))
	}
	known.Store(size, t)
	return t
}

// correlate returns, for each shift k, the sum over i of x[k+i]·y[i], for all shifts
// at which y lies within x.
func correlate(x, y []float64) []float64 {
	n := 1
	for n < len(x)+len(y) {
		n *= 2
	}
	// Both are real: x goes through as the real part, y as the imaginary one.
	z := make([]complex128, n)
	for i, v := range x {
		z[i] = complex(v, 0)
	}
	for i, v := range y {
		z[i] += complex(0, v)
	}
	fourier(z, false)
	c := make([]complex128, n)
	for i := range z {
		a, b := z[i], cmplx.Conj(z[(n-i)%n])
		fx, fy := (a+b)/2, (a-b)/complex(0, 2)
		c[i] = fx * cmplx.Conj(fy)
	}
	fourier(c, true)
	out := make([]float64, len(x)-len(y)+1)
	for i := range out {
		out[i] = real(c[i])
	}
	return out
}
