package codec

import "github.com/offhook/offhook/media/dsp"

// An opusGap makes more of what libopus puts in a gap. That is the better guess for a packet, and is
// lifted meanwhile; but it fades by half in each, and noise falls silent sooner. So after the first
// packet the pitch goes on as it does for the other codecs, until the room's noise, which libopus
// makes, is all that is left.
//
//	lost     |    20 ms    |  10 ms  |           | 20 ms |           |  received
//	libopus   ~~~~~~~~~~~~~ \                      / ~~~~~~~~~~~~~~~~~
//	pitch                    \ ~~~~~~~~~~~~~~~~~~ /  (a gap that ends here is blended)
//
// After what is no speech libopus is left alone: the sender may pause, and that is its noise.
type opusGap struct {
	lift  lift
	pitch *dsp.Concealer
	own   []int16 // one piece of it
	lull  bool    // what was heard last is no speech
}

// Our own choices, in milliseconds.
const (
	gapFrom  = 20  // until the pitch fades in
	gapTo    = 30  // until it alone is heard
	gapBack  = 120 // until it fades out
	gapEnd   = liftEnd
	gapPiece = 20 // are filled at once, at most
)

func newOpusGap(rate int) opusGap {
	return opusGap{lift: lift{ms: rate / 1000, gain: 1}, pitch: dsp.NewConcealer(rate), own: make([]int16, rate/1000*gapPiece)}
}

// hear takes real sound, and joins it to what stood in.
func (g *opusGap) hear(pcm []int16, lull bool) {
	if g.sounds(g.lift.gone) > 0 {
		g.pitch.Hear(pcm)
		g.lift.gain = 1 // nothing of libopus' is heard any more
	} else {
		g.pitch.Follow(pcm)
	}
	g.lift.hear(pcm)
	g.lull = lull
}

// fill takes what libopus puts in a gap, gapPiece at most, and makes it what is heard.
func (g *opusGap) fill(pcm []int16) {
	gone := g.lift.gone
	g.lift.raise(pcm)
	own := g.own[:len(pcm)]
	g.pitch.Conceal(own)
	for i := range pcm {
		if w := g.sounds(gone + i); w > 0 {
			pcm[i] = int16(float32(pcm[i])*(1-w) + float32(own[i])*w)
		}
	}
}

// sounds is how much of the pitch is heard so many samples after the gap began, 0 to 1.
func (g *opusGap) sounds(gone int) float32 {
	if g.lull {
		return 0
	}
	ms := float32(gone) / float32(g.lift.ms)
	return max(0, min(1, (ms-gapFrom)/(gapTo-gapFrom), (gapEnd-ms)/(gapEnd-gapBack)))
}

// reset forgets the sound before.
func (g *opusGap) reset() {
	g.lift = lift{ms: g.lift.ms, gain: 1}
	g.pitch.Reset()
	g.lull = false
}
