package media

import (
	"sync"
	"time"

	"github.com/offhook/offhook/media/audio"
)

// fakeCard is a sound card whose clock is the test: turn moves it on. It speaks what
// voice makes and keeps what it played.
type fakeCard struct {
	spec  audio.Spec
	voice func(n int) int16            // sample number n of the microphone
	skew  float64                      // of its clock: 1e-4 is 100 ppm fast
	owed  float64                      // time that its clock has gained, in seconds
	air   func(played []int16) []int16 // what the microphone hears of the loudspeaker

	every int // periods: see audio.Card's WakeAt
	mask  uint32
	woke  bool // it has woken the engine since the last turn began

	mu     sync.Mutex
	play   []int16 // queued
	heard  []int16 // played
	mic    []int16 // captured, not yet read
	spoken int
	stats  audio.Stats
	began  bool
	dry    bool
	gone   error
	closed bool
	self   float64 // sidetone
	// clipped counts samples of which the sidetone made too much.
	clipped int
	moved   chan struct{}
}

func newFakeCard(spec audio.Spec, voice func(int) int16) *fakeCard {
	if spec.Period == 0 {
		spec.Period = 10 * time.Millisecond
	}
	return &fakeCard{spec: spec, every: 1, mask: 1, voice: voice, moved: make(chan struct{}, 1)}
}

func (c *fakeCard) Name() string           { return "Fake " + c.spec.Device }
func (c *fakeCard) Rate() int              { return c.spec.Rate }
func (c *fakeCard) Period() time.Duration  { return c.spec.Period }
func (c *fakeCard) Latency() audio.Latency { return audio.Latency{} }

func (c *fakeCard) Turns() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats.Callbacks
}

func (c *fakeCard) WakeAt(every int, mask uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.every, c.mask = every, mask
}

func (c *fakeCard) Write(pcm []int16) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.began = true
	c.play = append(c.play, pcm...)
	return len(pcm)
}

func (c *fakeCard) Playable() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.play)
}

func (c *fakeCard) Read(pcm []int16) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := copy(pcm, c.mic)
	c.mic = c.mic[:copy(c.mic, c.mic[n:])]
	return n
}

func (c *fakeCard) Captured() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.mic)
}

func (c *fakeCard) Sidetone(gain float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.self = gain
}

func (c *fakeCard) Wait(d time.Duration) error {
	c.mu.Lock()
	gone := c.gone
	c.mu.Unlock()
	if gone != nil {
		return gone
	}
	select {
	case <-c.moved:
		return nil
	case <-time.After(d):
		return audio.ErrTimeout
	}
}

func (c *fakeCard) Wake() {
	select {
	case c.moved <- struct{}{}:
	default:
	}
}

func (c *fakeCard) Stats() audio.Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}

func (c *fakeCard) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	return nil
}

// turn lets d go by on the card's clock, period by period.
func (c *fakeCard) turn(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.woke = false
	c.owed += c.skew * d.Seconds()
	if period := c.Period().Seconds(); c.owed >= period {
		c.owed -= period
		d += c.Period()
	} else if c.owed <= -period {
		c.owed += period
		d -= c.Period()
	}
	for ; d > 0; d -= c.Period() {
		n := samples(c.spec.Rate, c.spec.Period)
		c.stats.Callbacks++
		if c.mask>>(c.stats.Callbacks%uint64(c.every))&1 != 0 {
			c.woke = true
		}
		m := copy(c.zeros(n), c.play)
		c.heard = append(c.heard, c.play[:m]...)
		c.play = c.play[:copy(c.play, c.play[m:])]
		if m < n {
			c.heard = append(c.heard, make([]int16, n-m)...)
			if c.began {
				if !c.dry || m > 0 {
					c.stats.Underruns++
				}
				c.dry = true
				c.stats.Missing += uint64(n - m)
			}
		} else {
			c.dry = false
		}
		if !c.spec.PlayOnly {
			var bounced []int16
			if c.air != nil {
				bounced = c.air(c.heard[len(c.heard)-n:])
			}
			ear := c.heard[len(c.heard)-n:]
			for i := range n {
				var s int16
				if c.voice != nil {
					s = c.voice(c.spoken)
				}
				if bounced != nil {
					s = int16(min(max(int(s)+int(bounced[i]), -32768), 32767))
				}
				c.mic = append(c.mic, s)
				c.spoken++
				sum := int32(ear[i]) + int32(float64(s)*c.self)
				if sum > 32767 || sum < -32768 {
					c.clipped++
				}
				ear[i] = int16(min(max(sum, -32768), 32767))
			}
		}
	}
}

func (c *fakeCard) zeros(n int) []int16 { return make([]int16, n) }

// vanish makes the card as if it had been pulled out.
func (c *fakeCard) vanish() {
	c.mu.Lock()
	c.gone = audio.ErrVanished
	c.mu.Unlock()
}

// take returns what was played since the last take.
func (c *fakeCard) take() []int16 {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.heard
	c.heard = nil
	return h
}
