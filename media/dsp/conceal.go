package dsp

// Concealment repeats the last pitch periods of the sound before a gap, as ITU-T G.711
// Appendix I does, and fades to silence; but nothing is held back for blending (its 3.75 ms
// of delay). Where the sound after the gap is here in time, the gap is bridged from both sides.
const (
	concealPast = periodMatch + periodMost
	concealFade = 20  // ms until the fade begins
	concealEnd  = 160 // ms until silence
)

// A Concealer stands in for lost sound of a waveform codec.
type Concealer struct {
	ms    int     // samples in a millisecond
	past  []int16 // the sound before, concealPast ms, oldest first
	heard int     // samples of past that are real

	gone    int     // samples concealed in this gap; 0: none is under way
	bridged bool    // the gap ends in what is heard next
	on      periods // how the sound before goes on

	ahead, back, turned []int16 // room for a bridge
}

// NewConcealer makes one for a rate of 8000 to 48000 Hz.
func NewConcealer(rate int) *Concealer {
	ms := rate / 1000
	return &Concealer{
		ms: ms, past: make([]int16, concealPast*ms), on: periods{ms: ms},
		ahead: make([]int16, bridgeAhead*ms), back: make([]int16, bridgeMost*ms), turned: make([]int16, concealPast*ms),
	}
}

// Hear takes sound that was received, any length, in order. After a concealment it
// blends the start of pcm, in place, with the sound that stood in.
func (c *Concealer) Hear(pcm []int16) {
	if c.gone > 0 && !c.bridged {
		n := min(len(pcm), c.blend())
		c.lead(pcm[:n], pcm[:n], nil)
	}
	c.Follow(pcm)
}

// Follow takes sound that was received, as Hear does, after a gap that somebody else has filled: it
// stays as it is.
func (c *Concealer) Follow(pcm []int16) {
	c.gone, c.bridged = 0, false
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
// 20 ms to silence at 160 ms.
func (c *Concealer) Conceal(pcm []int16) {
	c.begin()
	for i := range pcm {
		pcm[i] = saturate(c.next())
	}
}

// begin finds the pitch, where a gap begins.
func (c *Concealer) begin() {
	if c.gone == 0 && c.known() {
		c.on.begin(c.past)
	}
	c.bridged = false
}

// known: so much was heard that it can go on.
func (c *Concealer) known() bool { return c.heard == len(c.past) }

// next is the next sample that stands in.
func (c *Concealer) next() float32 {
	x := float32(0)
	if c.known() {
		x = c.on.next() * c.fade()
	}
	c.gone++
	return x
}

func (c *Concealer) fade() float32 {
	return min(1, max(0, float32(concealEnd*c.ms-c.gone)/float32((concealEnd-concealFade)*c.ms)))
}

// Reset forgets the signal before.
func (c *Concealer) Reset() { c.heard, c.gone, c.bridged = 0, 0, false }
