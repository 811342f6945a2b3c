package media

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/echo"
)

// onTheDesk is how a loudspeaker reaches a microphone beside it at 48 kHz: 2 ms of a direct
// way, then sixty reflections that die away within 60 ms.
func onTheDesk() func([]int16) []int16 {
	rng := rand.New(rand.NewPCG(3, 3))
	type tap struct {
		late int
		gain float64
	}
	taps := []tap{{96, 0.6}}
	for range 60 {
		late := 100 + rng.IntN(2800)
		taps = append(taps, tap{late, 0.25 * rng.NormFloat64() * math.Exp(-float64(late)/900)})
	}
	past := make([]int16, 4000)
	return func(played []int16) []int16 {
		past = append(past[len(past)-4000:], played...)
		heard := make([]int16, len(played))
		for i := range heard {
			x := 0.0
			for _, t := range taps {
				x += t.gain * float64(past[4000+i-t.late])
			}
			heard[i] = int16(x)
		}
		return heard
	}
}

// hissing is a voice that fills the band, as a canceller has to learn it: in syllables.
func hissing(seed uint64) func(int) int16 {
	rng := rand.New(rand.NewPCG(seed, 1))
	low := 0.0
	return func(n int) int16 {
		low += 0.3 * (rng.NormFloat64() - low)
		syllable := 0.55 - 0.45*math.Cos(2*math.Pi*float64(n)/48000*3.3)
		return int16(6000 * low * syllable)
	}
}

// handsFree is a phone whose voice is at the loudspeaker of a desk.
func handsFree(t *testing.T, clean echo.Config, voice func(int) int16) *phone {
	var c Config
	c.Clean[Speaker] = clean
	p := newPhone(t, c, voice)
	p.air = onTheDesk()
	p.Do(Use{Speaker})
	return p
}

var everything = echo.Config{HighPass: true, Tail: 128 * time.Millisecond, Noise: 12, Level: true}

// The far end of a phone on its loudspeaker does not hear itself, whatever happens to the
// card; it hears who speaks there. Without the canceller it does hear itself.
func TestFarEndDoesNotHearItself(t *testing.T) {
	minutes(t)
	for _, c := range []struct {
		name    string
		codec   agreement.Codec
		clean   echo.Config
		trouble func(*phone, *clock)
		learns  time.Duration // what it has learnt is lost
	}{
		{"all is well", agreement.PCMU, everything, nil, 0},
		{"all is well", agreement.G722, everything, nil, 0},
		{"all is well", agreement.Opus, everything, nil, 0},
		{"the engine stood still for 300 ms", agreement.PCMU, everything, func(a *phone, c *clock) {
			for range 30 {
				a.card.turn(10 * time.Millisecond)
			}
		}, 0},
		{"the card dropped 50 ms", agreement.PCMU, everything, func(a *phone, c *clock) {
			for range 5 {
				a.card.turn(10 * time.Millisecond)
			}
			a.card.Read(make([]int16, 2400))
		}, 0},
		{"another role and back", agreement.PCMU, everything, func(a *phone, c *clock) {
			a.Do(Use{Handset})
			c.run(100 * time.Millisecond)
			a.Do(Use{Speaker})
		}, 5 * time.Second},
		{"the card was lost and came back", agreement.PCMU, everything, func(a *phone, c *clock) {
			a.voice.lost(audio.ErrVanished, c.now)
		}, 9 * time.Second},
		{"no canceller", agreement.PCMU, echo.Config{HighPass: true}, nil, 0},
		{"no canceller", agreement.Opus, echo.Config{HighPass: true}, nil, 0},
	} {
		speaks := false
		voice := speech(2)
		a := handsFree(t, c.clean, func(n int) int16 {
			if !speaks {
				return 0
			}
			return voice(n)
		})
		b := newPhone(t, Config{}, hissing(1))
		call(t, a, b, c.codec)
		clock := drive(a, b)
		clock.run(8 * time.Second)
		if c.trouble != nil {
			c.trouble(a, clock)
		}
		clock.run(500*time.Millisecond + c.learns)
		b.card.take()
		clock.run(2 * time.Second)
		itself := level(b.card.take())
		speaks = true
		clock.run(time.Second)
		b.card.take()
		clock.run(2 * time.Second)
		other := level(b.card.take())
		t.Logf("%s, %v: the far end hears itself at %.1f dBFS, who speaks there at %.1f", c.name, c.codec.Name, itself, other)
		if c.clean.Tail == 0 && itself < -30 {
			t.Errorf("without a canceller the far end hears itself at %.1f dBFS: the test shows nothing", itself)
		}
		if c.clean.Tail != 0 && itself > -55 {
			t.Errorf("%s, %v: the far end hears itself at %.1f dBFS", c.name, c.codec.Name, itself)
		}
		if other < -30 {
			t.Errorf("%s, %v: who speaks there is heard at %.1f dBFS", c.name, c.codec.Name, other)
		}
	}
}

// What is done is done for the role that has the voice, and no other.
func TestCleanByRole(t *testing.T) {
	var c Config
	c.Clean[Speaker], c.Clean[Handset] = everything, echo.Config{HighPass: true}
	p := newPhone(t, c, sine(30)) // rumble
	call(t, p, newPhone(t, Config{}, nil), agreement.PCMU)
	clock := drive(p)
	for _, step := range []struct {
		use     Role
		rumbles bool
	}{{Handset, false}, {Headset, true}, {Speaker, false}, {Headset, true}} {
		p.Do(Use{step.use})
		clock.run(time.Second)
		if _, mouth := p.Levels(); mouth > -30 != step.rumbles {
			t.Errorf("%v: the microphone is at %.1f dBFS", step.use, mouth)
		}
	}
}

func TestCleanIsChecked(t *testing.T) {
	var c Config
	c.Bind, c.FirstPort, c.LastPort = loopback, 20000, 29999
	c.Clean[Headset].Noise = 99
	if _, err := New(c); err != nil {
		t.Errorf("without a card: %v", err)
	}
	c.Card = func(audio.Spec) (audio.Card, error) { return nil, audio.ErrNoCard }
	if _, err := New(c); err == nil || !strings.Contains(err.Error(), "headset") {
		t.Errorf("with noise lowered by 99 dB: %v", err)
	}
}

// What a card says of itself is believed but for two periods.
func TestInside(t *testing.T) {
	for _, c := range []struct{ play, record, want time.Duration }{
		{0, 0, 0}, {10, 10, 0}, {20, 10, 10}, {60, 40, 80},
	} {
		card := lateCard{latency: audio.Latency{Play: c.play * time.Millisecond, Record: c.record * time.Millisecond}}
		if got := inside(card); got != c.want*time.Millisecond {
			t.Errorf("%v ms playing, %v recording: %v inside", c.play, c.record, got)
		}
	}
}

type lateCard struct {
	audio.Card
	latency audio.Latency
}

func (c lateCard) Latency() audio.Latency { return c.latency }
func (lateCard) Period() time.Duration    { return 10 * time.Millisecond }
