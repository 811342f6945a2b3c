package dsp

// Concealment follows the idea of ITU-T G.711 Appendix I: repeat the last pitch period,
// use more periods as the gap grows so that it does not buzz, fade after 10 ms, be
// silent after 110 ms. Unlike it, nothing is held back for blending (its 3.75 ms of
// delay): the seam at the start is closed by a decaying offset.
const (
	concealLeast = 5  // ms: the shortest period repeated
	concealMost  = 15 // ms: the longest
	concealMatch = 20 // ms that are compared to find it
	concealPast  = concealMatch + concealMost
	concealFade  = 10  // ms until the fade begins
	concealEnd   = 110 // ms until silence
	concealSeam  = 2   // ms for the offset to decay
)

// A Concealer stands in for lost sound of a waveform codec.
type Concealer struct {
	ms    int     // samples in a millisecond
	past  []int16 // the sound before, concealPast ms, oldest first
	heard int     // samples of past that are real

	gone   int     // samples concealed in this gap; 0: none is under way
	lag    int     // the pitch period
	cycles int     // how many periods are repeated in turn: 1, 2, 3
	then   int     // and in the turn after this
	place  int     // in those periods
	offset float32 // at the seam
}

// NewConcealer makes one for a rate of 8000 to 48000 Hz.
func NewConcealer(rate int) *Concealer {
	ms := rate / 1000
	return &Concealer{ms: ms, past: make([]int16, concealPast*ms)}
}

// Hear takes sound that was received, any length, in order. After a concealment it
// blends the start of pcm, in place, with the sound that stood in.
func (c *Concealer) Hear(pcm []int16) {
	if c.gone > 0 {
		n := min(len(pcm), c.blend())
		for i := range n {
			w := (float32(i) + 0.5) / float32(n)
			pcm[i] = saturate(float32(pcm[i])*w + c.next()*(1-w))
		}
		c.gone = 0
	}
	c.keep(pcm)
}

// blend is the length of the blend after a gap in samples: 4 ms, and 4 ms more for
// each 10 ms of it, up to 10 ms.
func (c *Concealer) blend() int { return min(4+4*(c.gone/c.ms/10), 10) * c.ms }

func (c *Concealer) keep(pcm []int16) {
	if len(pcm) >= len(c.past) {
		copy(c.past, pcm[len(pcm)-len(c.past):])
	} else {
		copy(c.past, c.past[len(pcm):])
		copy(c.past[len(c.past)-len(pcm):], pcm)
	}
	c.heard = min(c.heard+len(pcm), len(c.past))
}

// Conceal fills pcm with the sound before it, repeated by its pitch, fading after
// 10 ms to silence at 110 ms.
func (c *Concealer) Conceal(pcm []int16) {
	if c.heard < concealPast*c.ms {
		clear(pcm) // too little is known yet
		c.gone += len(pcm)
		return
	}
	if c.gone == 0 {
		c.begin()
	}
	for i := range pcm {
		pcm[i] = saturate(c.next())
	}
}

// begin finds the pitch and the offset that closes the seam.
func (c *Concealer) begin() {
	end := len(c.past)
	match := concealMatch * c.ms
	last := c.past[end-match:]
	stride := max(1, c.ms/8)
	c.lag, _ = period(concealLeast*c.ms, concealMost*c.ms, stride, func(lag int) float64 {
		return similarity(last, c.past[end-match-lag:], stride)
	})
	c.cycles, c.then, c.place = 1, 1, 0
	c.offset = float32(c.past[end-1]) - float32(c.past[end-c.lag-1])
}

// next is the next sample that stands in.
func (c *Concealer) next() float32 {
	if c.heard < concealPast*c.ms {
		c.gone++
		return 0
	}
	length, tail := c.lag*c.cycles, c.lag/4
	x := float32(c.past[len(c.past)-length+c.place])
	// The last quarter of a period runs into the sound before the next first one, so
	// that the repetition has no seam.
	if into := c.place - (length - tail); into >= 0 {
		if into == 0 {
			c.then = c.turn()
		}
		w := (float32(into) + 0.5) / float32(tail)
		x = x*(1-w) + float32(c.past[len(c.past)-c.lag*c.then-tail+into])*w
	}
	if seam := concealSeam * c.ms; c.gone < seam {
		x += c.offset * (1 - float32(c.gone)/float32(seam))
	}
	x *= c.fade()
	c.gone++
	if c.place++; c.place == length {
		c.place, c.cycles = 0, c.then
	}
	return x
}

// turn is how many periods the next turn repeats: one more for each 10 ms gone, as
// far as the past reaches.
func (c *Concealer) turn() int {
	if 1+c.gone/(10*c.ms) > c.cycles && c.lag*(c.cycles+2) <= len(c.past) {
		return c.cycles + 1
	}
	return c.cycles
}

func (c *Concealer) fade() float32 {
	return min(1, max(0, float32(concealEnd*c.ms-c.gone)/float32((concealEnd-concealFade)*c.ms)))
}

// Reset forgets the signal before.
func (c *Concealer) Reset() { *c = Concealer{ms: c.ms, past: c.past} }
