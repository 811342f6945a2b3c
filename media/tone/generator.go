package tone

import (
	"math"
	"time"
)

// ramp is how long a sound takes to rise and to fall, inside its step: short enough for
// every cadence, long enough to be no click.
const ramp = 3 * time.Millisecond

// A Generator plays one tone at a time, phase-continuous, without clicks. It belongs
// to one goroutine and allocates nothing once it is made.
type Generator struct {
	rate int
	rise float64 // of the envelope in one sample

	spec   Spec
	step   int
	start  time.Duration // of the step, since the tone began or its last repetition
	pos    int           // samples of the step gone by
	length int           // samples of the step; -1: it has no end
	active bool

	now, old voice // old fades out
}

// NewGenerator makes a silent generator for a sampling rate of 8000 to 96000 Hz.
func NewGenerator(rate int) *Generator {
	return &Generator{rate: rate, rise: 1 / (ramp.Seconds() * float64(rate))}
}

// Start plays s from its beginning; what sounded before fades out meanwhile.
func (g *Generator) Start(s Spec) {
	g.Stop()
	g.spec, g.active = s, len(s.Steps) > 0
	g.now = voice{}
	if g.active {
		g.begin(0, 0)
	}
}

// Stop fades out, within 3 ms.
func (g *Generator) Stop() {
	if g.active && g.now.gain > g.old.gain {
		g.old = g.now
	}
	g.active = false
	g.now.gain = 0
}

// Active reports whether there is still something to play: false after Stop's fade,
// or when a tone that sounds once has ended.
func (g *Generator) Active() bool { return g.active || g.old.gain > 0 }

// Read overwrites pcm (mono S16 at the generator's rate, any length) and reports
// Active as it was at the start of pcm.
func (g *Generator) Read(pcm []int16) bool {
	active := g.Active()
	if !active {
		clear(pcm)
		return false
	}
	for i := range pcm {
		pcm[i] = clip(g.next())
	}
	return active
}

// Mix adds to pcm, saturating, and reports as Read does.
func (g *Generator) Mix(pcm []int16) bool {
	active := g.Active()
	if !active {
		return false
	}
	for i := range pcm {
		pcm[i] = clip(float64(pcm[i]) + g.next())
	}
	return active
}

func clip(x float64) int16 {
	return int16(math.Round(min(max(x, -32768), 32767)))
}

// begin enters a step at a time of the tone. A sound that goes on goes on without a break.
func (g *Generator) begin(step int, start time.Duration) {
	s := g.spec.Steps[step]
	if g.now.sound != s.Sound || g.now.gain == 0 {
		g.now = newVoice(s.Sound, g.spec.level(), g.rate)
	}
	g.step, g.start, g.pos, g.length = step, start, 0, -1
	if s.For > 0 {
		// From ends of steps, not lengths, so that rounding never adds up.
		g.length = g.samples(start+s.For) - g.samples(start)
	}
}

func (g *Generator) samples(at time.Duration) int {
	return int((int64(at)*int64(g.rate) + 5e8) / 1e9)
}

// follow is the step after the present one; false: the tone ends.
func (g *Generator) follow() (step int, start time.Duration, ok bool) {
	start = g.start + g.spec.Steps[g.step].For
	if g.step+1 < len(g.spec.Steps) {
		return g.step + 1, start, true
	}
	if g.spec.Once || start == 0 {
		return 0, 0, false
	}
	// Times begin anew now and then, before they overflow; on a whole second, which
	// is a whole number of samples.
	if start > time.Hour && start%time.Second == 0 {
		start = 0
	}
	return g.spec.Repeat, start, true
}

func (g *Generator) next() float64 {
	x := 0.0
	if g.old.gain > 0 {
		x = g.old.next() * bend(g.old.gain)
		g.old.gain = max(0, g.old.gain-g.rise)
	}
	if !g.active {
		return x
	}
	for g.pos == g.length {
		step, start, ok := g.follow()
		if !ok {
			g.active = false
			return x
		}
		g.begin(step, start)
	}
	if g.now.sound.sounds() {
		g.now.gain = g.envelope()
		x += g.now.next() * bend(g.now.gain)
		g.now.gain = min(1, g.now.gain+g.rise)
	}
	g.pos++
	return x
}

// bend rounds the corners of a ramp, which would be heard as a tick above the tone.
func bend(x float64) float64 { return x * x * (3 - 2*x) }

// envelope is the gain of this sample: it rises at the beginning of a sound and falls
// before its end.
func (g *Generator) envelope() float64 {
	gain := g.now.gain
	if g.length < 0 {
		return gain
	}
	left := float64(g.length-g.pos) * g.rise
	if left >= 1 {
		return gain
	}
	if step, _, ok := g.follow(); ok && g.spec.Steps[step].Sound == g.now.sound {
		return gain
	}
	return min(gain, left)
}
