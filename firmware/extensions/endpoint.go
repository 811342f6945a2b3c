package extensions

import (
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/media/agreement"
)

// A source is what an extension hears and says, at one sampling rate.
type source interface{ Frame(in, out []int16) }

// framesPerSecond is how often the engine asks an endpoint for sound.
const framesPerSecond = 50

// An endpoint is one leg's source, made anew when the codec's rate changes. Keys that
// the caller presses come back to them, so that they can be heard and checked.
type endpoint struct {
	make   func(rate int) source
	leg    agreement.Leg
	do     func(media.Command) bool
	rate   int
	source source
}

// Frame is media.Endpoint's.
func (e *endpoint) Frame(in, out []int16, digits []byte) {
	if rate := len(out) * framesPerSecond; rate != e.rate {
		e.rate, e.source = rate, e.make(rate)
	}
	for _, d := range digits {
		e.do(media.SendDigit{Leg: e.leg, Digit: d})
	}
	e.source.Frame(in, out)
}
