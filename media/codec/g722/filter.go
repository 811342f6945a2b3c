package g722

// taps are half of the coefficients of the quadrature mirror filters (table 11), in units
// of 1/8192; the other half mirrors them.
var taps = [12]int{3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11}

// analysis splits sound into two bands at half of the rate (§3.1). It keeps the last 24
// samples, dealt out by turns, oldest first.
type analysis struct {
	one, other [12]int
}

// take takes two samples and returns one of each band, in 15 bits.
func (a *analysis) take(x, y int) (low, high int) {
	copy(a.one[:], a.one[1:])
	copy(a.other[:], a.other[1:])
	a.one[11], a.other[11] = x, y
	var odd, even int
	for i, c := range taps {
		odd += a.one[i] * c
		even += a.other[11-i] * c
	}
	return limit((even + odd) >> 14), limit((even - odd) >> 14)
}

// synthesis joins two bands (§4.4).
type synthesis struct {
	sum, difference [12]int
}

func (s *synthesis) make(low, high int) (x, y int16) {
	copy(s.sum[:], s.sum[1:])
	copy(s.difference[:], s.difference[1:])
	s.sum[11], s.difference[11] = low+high, low-high
	var first, second int
	for i, c := range taps {
		first += s.difference[11-i] * c
		second += s.sum[i] * c
	}
	return int16(saturate(first >> 11)), int16(saturate(second >> 11))
}

// saturate is the nearest of 16 bits.
func saturate(x int) int { return min(max(x, -32768), 32767) }

// limit is the nearest of 15 bits.
func limit(x int) int { return min(max(x, -16384), 16383) }
