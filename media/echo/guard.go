package echo

import (
	"time"

	"github.com/offhook/offhook/media/dsp"
)

// Our own choices for the time in which the canceller knows too little of a room.
const (
	guardDepth = 18.0                   // dB at first
	guardTime  = 5 * time.Second        // of the loudspeaker's speech, until it is 0 dB
	guardHang  = 150 * time.Millisecond // that the room rings on
)

// A guard makes a speakerphone one-way in its first seconds: while the loudspeaker speaks, the
// microphone is lowered, less and less as the canceller learns. Who speaks alone is not.
type guard struct {
	rate  int
	heard int // samples of the loudspeaker's speech so far
	rings int // samples for which it is still heard
	last  float32
}

func newGuard(rate int) guard { return guard{rate: rate, last: 1} }

// process lowers pcm where that is due; speaks says whether the loudspeaker does.
func (g *guard) process(pcm []int16, speaks bool) {
	whole := int(guardTime.Seconds() * float64(g.rate))
	if g.heard >= whole && g.last == 1 {
		return
	}
	if speaks {
		g.heard += len(pcm)
		g.rings = int(guardHang.Seconds() * float64(g.rate))
	} else {
		g.rings = max(0, g.rings-len(pcm))
	}
	to := float32(1)
	if left := 1 - float64(g.heard)/float64(whole); g.rings > 0 && left > 0 {
		to = float32(dsp.Factor(-guardDepth * left))
	}
	step := (to - g.last) / float32(len(pcm))
	for i, s := range pcm {
		g.last += step
		pcm[i] = int16(float32(s) * g.last)
	}
	g.last = to
}
