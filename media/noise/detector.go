package noise

import "time"

// Our own choices for what is speech.
const (
	above    = 6.0   // dB over the noise: the least that speech has
	quietest = -70.0 // dBov: no noise is believed to be less, such as that of a muted microphone
	rise     = 3.0   // dB a second that the noise is believed to grow while it sounds
	hangover = 240 * time.Millisecond
	early    = 400 * time.Millisecond // after the start, all is speech
)

// A Detector tells speech from pauses by its level over the noise, which it takes for the
// quietest that it has heard lately. It leans to speech: what is called speech in error
// costs bits, the other error costs words. The zero value is ready.
type Detector struct {
	floor float64 // dBov
	heard time.Duration
	still time.Duration // since the last that was loud
}

// Speaks reports whether somebody speaks in a frame that lasts d.
func (v *Detector) Speaks(pcm []int16, d time.Duration) bool {
	now := level(pcm)
	if v.heard == 0 {
		v.floor = now
	}
	v.floor = max(min(v.floor+rise*d.Seconds(), now), quietest)
	v.heard += d
	if now > v.floor+above {
		v.still = 0
	} else {
		v.still += d
	}
	return v.heard <= early || v.still <= hangover
}
