package dsp

// An Elastic is an elastic store (ITU-T G.701): sound is put into it and taken from it in
// pieces of different lengths, on one clock in the long run. What is taken follows what was
// put without a gap as long as the store has enough; it adapts to the longest piece by
// running dry once. Where it runs dry, sound ends in a ramp and comes back in one; where
// more waits than the pieces explain, the surplus is cut out under a cross-fade. So neither
// clicks, and what is taken is never long behind.
type Elastic struct {
	pcm   []int16
	n     int
	most  int   // that may wait after a piece is taken
	keep  int   // what a cut leaves
	slope int   // samples of a ramp or a fade
	risen int   // of slope: how far sound has come back
	last  int16 // taken
	edge  int16 // where sound ended
	fall  int   // of slope: how far that has still to fall

	cuts, dries int
}

// Our own choices, in milliseconds.
const (
	elasticHolds = 120
	elasticMost  = 45
	elasticKeep  = 15
	elasticSlope = 5
)

// NewElastic makes a store for sound at rate Hz. A piece may be 60 ms long.
func NewElastic(rate int) *Elastic {
	ms := rate / 1000
	return &Elastic{pcm: make([]int16, elasticHolds*ms), most: elasticMost * ms, keep: elasticKeep * ms, slope: elasticSlope * ms}
}

// Put adds pcm. What does not fit takes the place of the oldest.
func (e *Elastic) Put(pcm []int16) {
	if len(pcm) > len(e.pcm) {
		pcm = pcm[len(pcm)-len(e.pcm):]
	}
	if over := e.n + len(pcm) - len(e.pcm); over > 0 {
		e.drop(over)
		e.cuts++
	}
	e.n += copy(e.pcm[e.n:], pcm)
}

// Take fills dst, with silence where there is nothing.
func (e *Elastic) Take(dst []int16) {
	if over := e.n - len(dst) - e.most; over > 0 {
		e.cut(e.n - len(dst) - e.keep)
	}
	n := min(e.n, len(dst))
	copy(dst, e.pcm[:n])
	e.drop(n)
	for i := range dst[:n] {
		if e.risen == e.slope && e.fall == 0 {
			break
		}
		e.risen = min(e.risen+1, e.slope)
		dst[i] = saturate(float32(int(dst[i])*e.risen+e.falling()) / float32(e.slope))
	}
	if n > 0 {
		e.last = dst[n-1]
	}
	if n == len(dst) {
		return
	}
	if e.risen > 0 { // it runs dry here
		e.edge, e.fall, e.risen = e.last, e.slope, 0
		e.dries++
	}
	for i := n; i < len(dst); i++ {
		dst[i] = int16(e.falling() / e.slope)
		e.last = dst[i]
	}
}

// falling is the next sample, times slope, of what ran out.
func (e *Elastic) falling() int {
	if e.fall > 0 {
		e.fall--
	}
	return int(e.edge) * e.fall
}

// cut takes d samples out, across one slope.
func (e *Elastic) cut(d int) {
	n := min(e.slope, e.n-d)
	CrossFade(e.pcm[d:d+n], e.pcm[:n], e.pcm[d:d+n])
	e.drop(d)
	e.cuts++
}

func (e *Elastic) drop(n int) {
	copy(e.pcm, e.pcm[n:e.n])
	e.n -= n
}

// Len is how many samples wait.
func (e *Elastic) Len() int { return e.n }

// Clear empties the store, as it was when it was made.
func (e *Elastic) Clear() {
	e.n, e.risen, e.fall, e.last, e.edge = 0, 0, 0, 0, 0
}
