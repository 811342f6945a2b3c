package dsp

import "math"

// similarity is the normalized correlation of two stretches of sound, -1 to 1, looking
// at every stride-th sample. Silence is like silence: 1.
func similarity(a, b []int16, stride int) float64 {
	b = b[:len(a)]
	var ab, aa, bb int64
	for i := 0; i < len(a); i += stride {
		x, y := int64(a[i]), int64(b[i])
		ab += x * y
		aa += x * x
		bb += y * y
	}
	if aa == 0 && bb == 0 {
		return 1
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return float64(ab) / math.Sqrt(float64(aa)*float64(bb))
}

// period finds the lag from least to most at which score is highest, first in steps of
// stride and then around the best of those. Of lags almost as good the shortest wins,
// so that a multiple of the pitch is not taken for it.
func period(least, most, stride int, score func(lag int) float64) (lag int, best float64) {
	lag, best = least, score(least)
	for l := least + stride; l <= most; l += stride {
		if s := score(l); s > best+0.01 {
			lag, best = l, s
		}
	}
	from, to := max(least, lag-stride+1), min(most, lag+stride-1)
	for l := from; l <= to; l++ {
		if s := score(l); s > best {
			lag, best = l, s
		}
	}
	return lag, best
}
