package extensions

import (
	"math"
	"time"
)

// Choices of the echo, ours: long enough for a breath within a sentence, short enough to
// answer like a person.
const (
	echoPause   = 700 * time.Millisecond // of quiet that ends a phrase
	echoLongest = 12 * time.Second       // of one phrase
	echoLead    = 200 * time.Millisecond // kept from before the phrase was loud
	echoFrame   = 10 * time.Millisecond  // in which loudness is judged
	echoFloor   = -50.0                  // dBFS: never taken for speech below
	echoAbove   = 9.0                    // dB over the background that is speech
)

// An echo repeats each phrase after the speaker pauses, so that a loudspeaker beside the
// microphone cannot howl: it never listens while it speaks. It allocates nothing once made.
type echo struct {
	rate    int
	phrase  []int16 // what is kept, from the phrase's lead on
	length  int
	played  int
	playing bool
	heard   bool // the phrase has speech in it
	quiet   int  // samples since it was last loud
	noise   float64

	sum float64 // of squares in the frame that is filling
	n   int
}

func newEcho(rate int) *echo {
	return &echo{rate: rate, phrase: make([]int16, samples(echoLongest, rate)), noise: echoFloor}
}

// Frame takes what the caller said and gives what they hear; both are mono S16 at the
// echo's rate and of one length.
func (e *echo) Frame(in, out []int16) {
	clear(out)
	if e.playing {
		e.played += copy(out, e.phrase[e.played:e.length])
		if e.played == e.length {
			e.playing, e.heard, e.length, e.played, e.quiet = false, false, 0, 0, 0
		}
		return
	}
	for _, v := range in {
		e.take(v)
		if e.playing {
			return
		}
	}
}

func (e *echo) take(v int16) {
	if e.length == len(e.phrase) {
		e.playing = true
		return
	}
	e.phrase[e.length] = v
	e.length++
	e.quiet++
	e.sum += float64(v) * float64(v)
	e.n++
	if e.n < samples(echoFrame, e.rate) {
		return
	}
	level := 10 * math.Log10(e.sum/float64(e.n)/(32768*32768)+1e-12)
	e.sum, e.n = 0, 0
	if level > max(e.noise+echoAbove, echoFloor) {
		e.heard, e.quiet = true, 0
	} else {
		e.learn(level)
	}
	lead := samples(echoLead, e.rate)
	switch {
	case e.heard && e.quiet >= samples(echoPause, e.rate):
		e.length -= e.quiet - lead // the pause itself is not repeated
		e.playing = true
	case !e.heard && e.length > 2*lead:
		copy(e.phrase, e.phrase[e.length-lead:e.length])
		e.length = lead
	}
}

// learn follows the background, quickly downwards and slowly upwards.
func (e *echo) learn(level float64) {
	share := 0.02
	if level < e.noise {
		share = 0.2
	}
	e.noise = max(e.noise+(level-e.noise)*share, -90)
}

func samples(d time.Duration, rate int) int { return int(d * time.Duration(rate) / time.Second) }
