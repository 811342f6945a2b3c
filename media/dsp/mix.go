package dsp

// Add adds src to the sum, sample by sample; len(src) ≤ len(sum).
func Add(sum []int32, src []int16) {
	sum = sum[:len(src)]
	for i, s := range src {
		sum[i] += int32(s)
	}
}

// Subtract writes to dst the sum without own, exactly: what a party of a conference hears, who
// must not hear himself. dst may be sum; len(own) = len(dst) ≤ len(sum).
func Subtract(dst, sum []int32, own []int16) {
	sum, own = sum[:len(dst)], own[:len(dst)]
	for i := range dst {
		dst[i] = sum[i] - int32(own[i])
	}
}

// A Limiter turns sums into S16 without clipping: it lowers the gain at once when a sum
// is too loud and raises it again over some 100 ms. The zero Limiter is ready.
type Limiter struct {
	cut  float32 // 1 - gain
	free float32 // of full scale, for what Leave says
}

// Leave keeps share of full scale, 0 to 0.6, free for what is mixed in after it.
func (l *Limiter) Leave(share float64) { l.free = 32767 * float32(min(max(share, 0), 0.6)) }

// release is how much of the cut goes with each sample: 100 ms at 48 kHz.
const release = 1.0 / 4800

// Limit writes the limited sum to dst; len(dst) ≤ len(sum).
func (l *Limiter) Limit(dst []int16, sum []int32) {
	sum = sum[:len(dst)]
	most := int32(32767 - l.free)
	top := float32(most)
	for i := 0; i < len(sum); i++ {
		if l.cut == 0 {
			i += pass(dst[i:], sum[i:], most)
			if i == len(sum) {
				return
			}
		}
		x := float32(sum[i])
		loud := max(x, -x)
		if loud*(1-l.cut) > top {
			l.cut = 1 - top/loud
		}
		dst[i] = saturate(x * (1 - l.cut))
		if l.cut -= l.cut * release; l.cut < 1e-4 {
			l.cut = 0
		}
	}
}

// pass copies the sums that are no louder than most, up to the first that is, and returns
// how many.
func pass(dst []int16, sum []int32, most int32) int {
	for i, s := range sum {
		if s > most || s < -most {
			return i
		}
		dst[i] = int16(s)
	}
	return len(sum)
}
