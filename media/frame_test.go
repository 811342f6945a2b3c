package media

import (
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/echo"
)

// loopCard is a card that takes and gives 20 ms with every step and does nothing else,
// so that what is measured is the engine.
type loopCard struct {
	rate  int
	frame []int16
	given bool
	turns uint64
	play  int
}

func (c *loopCard) Name() string             { return "loop" }
func (c *loopCard) Rate() int                { return c.rate }
func (c *loopCard) Period() time.Duration    { return 10 * time.Millisecond }
func (c *loopCard) Playable() int            { return c.play }
func (c *loopCard) Write(pcm []int16) int    { c.play += len(pcm); return len(pcm) }
func (c *loopCard) Wait(time.Duration) error { return nil }
func (c *loopCard) Wake()                    {}
func (c *loopCard) Turns() uint64            { return c.turns }
func (c *loopCard) WakeAt(int, uint32)       {}
func (c *loopCard) Sidetone(float64)         {}
func (c *loopCard) Stats() audio.Stats       { return audio.Stats{} }
func (c *loopCard) Latency() audio.Latency   { return audio.Latency{} }
func (c *loopCard) Close() error             { return nil }
func (c *loopCard) turn()                    { c.given, c.play, c.turns = false, max(c.play-len(c.frame), 0), c.turns+2 }

func (c *loopCard) Captured() int {
	if c.given {
		return 0
	}
	return len(c.frame)
}

func (c *loopCard) Read(pcm []int16) int {
	if c.given {
		return 0
	}
	c.given = true
	return copy(pcm, c.frame)
}

// loop is one engine in a call with itself through the kernel: what it sends, it
// receives. A frame of it is all that a call costs: capture, encode, send, receive,
// playout, decode, resample, mix, play.
type loop struct {
	*Engine
	card *loopCard
	now  time.Duration
	leg  agreement.Leg
}

func newLoop(t testing.TB, c agreement.Codec, rate int) *loop {
	return newCleanLoop(t, c, rate, echo.Config{})
}

// newCleanLoop is newLoop with a microphone that is cleaned.
func newCleanLoop(t testing.TB, c agreement.Codec, rate int, clean echo.Config) *loop {
	l := &loop{card: &loopCard{rate: rate, frame: make([]int16, rate/50)}}
	voice := speech(1)
	for i := range l.card.frame {
		for range 48000 / rate {
			l.card.frame[i] = voice(i)
		}
	}
	l.Engine = headless(t, Config{Rate: rate, Clean: [Roles]echo.Config{Handset: clean}, Card: func(audio.Spec) (audio.Card, error) { return l.card, nil }})
	leg, local := reserve(t, l.Engine)
	l.legs[leg].gate.Own = 1 // else its own packets are a loop
	if err := l.Apply(leg, "self", towards(local, c)); err != nil {
		t.Fatal(err)
	}
	l.leg = leg
	l.Do(Listen{leg})
	for range 150 {
		l.frame()
	}
	s, _ := l.Engine.Stats(leg)
	if s.Received < 100 || s.Lost > 0 {
		t.Fatalf("the loop does not run: %+v", s)
	}
	return l
}

func (l *loop) frame() {
	l.now += packetTime
	l.card.turn()
	l.step(l.now)
}

var frames = []struct {
	name  string
	codec agreement.Codec
	rate  int
	clean echo.Config
}{
	{"G711", agreement.PCMU, 48000, echo.Config{}},
	{"G711card16k", agreement.PCMU, 16000, echo.Config{}},
	{"G711card8k", agreement.PCMU, 8000, echo.Config{}},
	{"Opus", agreement.Opus, 48000, echo.Config{}},
	{"G711speaker", agreement.PCMU, 48000, everything},
	{"OpusSpeaker", agreement.Opus, 48000, everything},
}

// In steady state, nothing allocates.
func TestFrameAllocatesNothing(t *testing.T) {
	for _, f := range frames {
		t.Run(f.name, func(t *testing.T) {
			l := newCleanLoop(t, f.codec, f.rate, f.clean)
			l.legs[l.leg].reporter.Due(l.now + time.Hour) // a report every 5 s may allocate
			if n := testing.AllocsPerRun(200, l.frame); n != 0 {
				t.Errorf("%v allocations per frame, want 0", n)
			}
		})
	}
}

// BenchmarkFrame is the cost of 20 ms of a call, both directions.
func BenchmarkFrame(b *testing.B) {
	for _, f := range frames {
		b.Run(f.name, func(b *testing.B) {
			l := newCleanLoop(b, f.codec, f.rate, f.clean)
			l.legs[l.leg].reporter.Due(l.now + time.Hour)
			b.ReportAllocs()
			for b.Loop() {
				l.frame()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N), "ns/frame")
		})
	}
}
