package media

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
)

func TestMarginFollowsLateSteps(t *testing.T) {
	const ms = time.Millisecond
	f := fill{rate: 48000}
	f.opened(20*ms, 0)
	if f.target() != 960 {
		t.Errorf("target %d, want a step", f.target())
	}
	for _, c := range []struct {
		what    string
		now, by time.Duration
		want    time.Duration
	}{
		{"once is never", 1 * time.Second, 50 * ms, 0},
		{"another, less than half as late", 5 * time.Second, 20 * ms, 20 * ms},
		{"one that is near", 6 * time.Second, 30 * ms, 50 * ms},
		{"all in time", 20 * time.Second, 0, 50 * ms},
		{"as good as in time", 25 * time.Second, ms / 2, 50 * ms},
		{"the first is forgotten", 31 * time.Second, 0, 30 * ms},
		{"and all of them", 36 * time.Second, 0, 0},
		{"a second", 37 * time.Second, 500 * ms, 0},
		{"two of them", 38 * time.Second, 500 * ms, marginMost},
	} {
		f.arrive(c.now, c.by)
		if f.margin != c.want || f.target() != samples(f.rate, 20*ms+c.want) {
			t.Errorf("%s: %v, want %v", c.what, f.margin, c.want)
		}
	}
	f.opened(10*ms, 0)
	if f.margin != marginMost {
		t.Error("another card has forgotten how slow the machine is")
	}
	// A machine that is always a little late stays so, for ever.
	f = fill{rate: 48000}
	f.opened(20*ms, 0)
	for now := time.Duration(0); now < 10*time.Minute; now += 100 * ms {
		f.arrive(now, 10*ms)
		if now > time.Second && f.margin != 10*ms {
			t.Fatalf("after %v the margin is %v", now, f.margin)
		}
	}
}

// An engine that is stopped for 50 ms now and then is heard to stumble twice; then the sound
// waits for it. When it has run well for half a minute the delay is what it was.
func TestHeadroomAdaptsToStalls(t *testing.T) {
	minutes(t)
	a, b := newPhone(t, Config{}, sine(500)), newPhone(t, Config{}, sine(900))
	call(t, a, b, agreement.PCMU)
	clock := drive(a, b)
	rng := rand.New(rand.NewPCG(5, 50))
	next := time.Duration(0)
	stall := func(now time.Duration) bool { // 50 ms, every second or two
		if now >= next+50*time.Millisecond {
			next = now + time.Second + time.Duration(rng.IntN(100))*10*time.Millisecond
		}
		return now >= next
	}
	clock.stall = nil
	clock.run(5 * time.Second)
	before := a.card.Stats().Underruns
	next, clock.stall = clock.now, stall
	clock.run(10 * time.Second)
	learnt := a.card.Stats().Underruns
	if n := learnt - before; n == 0 || n > 3 {
		t.Errorf("%d underruns until it had learnt", n)
	}
	clock.run(20 * time.Second)
	s, _ := a.Stats(a.leg)
	if n := a.card.Stats().Underruns - learnt; n > 0 || s.Margin < 40*time.Millisecond {
		t.Errorf("%d underruns in 20 s with a margin of %v", n, s.Margin)
	}
	if s.Lost > 0 || s.Sound.Dropped > 0 {
		t.Errorf("lost on the way: %+v", s)
	}
	clock.stall = nil
	clock.run(calm + 5*time.Second)
	if s, _ := a.Stats(a.leg); s.Margin != 0 || a.card.Playable() > samples(48000, 20*time.Millisecond) {
		t.Errorf("half a minute later the margin is %v, %d samples wait", s.Margin, a.card.Playable())
	}
}
