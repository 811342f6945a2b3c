package jitter

import (
	"math/rand/v2"
	"testing"
	"time"
)

// On a quiet network a packet sounds at the next step after it came, whatever the
// sender's and the listener's phase; the mean over all phases is half a step and little more.
func TestSoundIsMovedUpToTheStep(t *testing.T) {
	var sum time.Duration
	const phases = 10
	for phase := range phases {
		r := network{clock: 8000, packet: 20 * ms, length: time.Minute, transit: func(i int, rng *rand.Rand) (time.Duration, bool) {
			d, ok := lan(i, rng)
			return d + time.Duration(phase)*ms, ok
		}}.run(t, Config{Start: 6 * ms})
		late := r.heard[len(r.heard)/4:] // once it has settled
		for _, d := range late {
			sum += (d - time.Duration(phase)*ms) / time.Duration(len(late))
		}
		if r.conceal > 0 || r.Lost+r.Late+r.Discarded > 0 {
			t.Errorf("phase %d ms: %+v", phase, r.Stats)
		}
	}
	if mean := sum / phases; mean > 10*ms {
		t.Errorf("packets wait for %v on average", mean)
	}
}

// After jitter of 60 ms the delay is back within 5 s.
func TestBackSoon(t *testing.T) {
	var worst time.Duration
	network{clock: 8000, packet: 20 * ms, length: time.Minute, transit: func(i int, rng *rand.Rand) (time.Duration, bool) {
		if i < 1500 {
			return uniform(60*ms)(i, rng)
		}
		return lan(i, rng)
	}, watch: func(at time.Duration, b *Buffer) {
		if at > 35*time.Second {
			worst = max(worst, b.Stats().Delay)
		}
	}}.run(t, Config{})
	if worst > 20*ms {
		t.Errorf("5 s after the jitter the delay is %v", worst)
	}
}

// A correction by exactly Room puts the sound on a step, and packets are not needed before
// they are due.
func TestRoomIsWhatCanBeSpared(t *testing.T) {
	b := New(Config{Clock: 8000})
	b.delay.target = 10 * ms
	due := b.delay.base + b.target()
	for over := range time.Duration(10) {
		for late := time.Duration(-30); late < 100; late++ {
			b.ahead = over * ms
			b.sounds = due + late*ms + b.ahead
			wish, room := b.stretch()
			sounds := b.sounds + room
			switch wish {
			case Keep:
				if late >= 11 || late < -1 {
					t.Errorf("%d ms late, %d ms over: kept", late, over)
				}
				continue
			case Shorten, ShortenNow:
				sounds = b.sounds - room
				if room < leastCut || room > max(b.sounds-due, b.ahead) {
					t.Errorf("%d ms late, %d ms over: a cut of %v", late, over, room)
				}
			default:
				if late >= 0 || room <= 0 || room > 40*ms {
					t.Errorf("%d ms late, %d ms over: longer by %v", late, over, room)
				}
			}
			// What was over is gone: packets are taken when they sound.
			if moved := sounds - (b.sounds - b.ahead); moved%b.cfg.Step != 0 {
				t.Errorf("%d ms late, %d ms over: %v is not on a step", late, over, moved)
			}
			if (late >= 0 || wish == Lengthen || wish == LengthenNow) && sounds < due {
				t.Errorf("%d ms late, %d ms over: %v is too early", late, over, sounds-due)
			}
		}
	}
}

// A listener who asks more often from now on waits less.
func TestStepsChange(t *testing.T) {
	b := New(Config{Clock: 8000, Step: 40 * ms})
	b.delay.target = 10 * ms
	b.sounds = b.delay.base + b.target() + 25*ms
	if wish, _ := b.stretch(); wish != Keep {
		t.Errorf("%v within a step of 40 ms", wish)
	}
	b.Every(10*ms, 0)
	b.Every(0, 0)
	if wish, room := b.stretch(); wish != Shorten || room != 20*ms {
		t.Errorf("%v by %v with steps of 10 ms", wish, room)
	}
}

// A listener whose steps can be moved is told how: sooner where packets wait for it, later where
// they come just after it; and its sound is moved to the grid, not to its steps.
func TestStepsAreMovedToThePackets(t *testing.T) {
	b := New(Config{Clock: 8000, Step: 20 * ms, Grid: 5 * ms})
	b.state, b.delay.seen, b.delay.target = playing, acquainted, 10*ms
	due := b.delay.base + b.target()
	for _, c := range []struct{ late, over, least, sooner, longer time.Duration }{
		{late: 3 * ms},
		{late: 6 * ms},
		{late: 7 * ms, sooner: 5 * ms},
		{late: 7 * ms, least: 3 * ms},
		{late: 10 * ms, least: 3 * ms, sooner: 5 * ms},
		{late: 12 * ms, over: 7 * ms, sooner: 10 * ms},
		{late: 60 * ms, sooner: 15 * ms}, // whole steps are cut out of the sound
		{late: -1 * ms, over: 7 * ms},
		{late: -2 * ms, over: 7 * ms, sooner: -5 * ms},
		{late: -2 * ms, over: 19 * ms, sooner: -15 * ms},
		{late: -2 * ms, over: 3 * ms, longer: 2 * ms},
		{late: -7 * ms, over: 3 * ms, longer: 7 * ms},
		{late: -2 * ms, longer: 5 * ms},
	} {
		b.ahead, b.taken, b.news = c.over, c.over, true
		b.sounds = due + c.late + c.over
		if got := b.Sooner(c.least); got != c.sooner {
			t.Errorf("%+v: moved by %v", c, got)
		}
		if got := b.Sooner(c.least); got != 0 {
			t.Errorf("%+v: moved again by %v, though no packet was taken", c, got)
		}
		b.spared = 0
		switch wish, room := b.stretch(); {
		case c.late >= 0:
		case c.longer == 0 && wish != Keep, c.longer > 0 && (wish != Lengthen || room != c.longer):
			t.Errorf("%+v: %v by %v", c, wish, room)
		}
		if c.longer > 0 { // then the step can be moved
			b.news = true
			if b.Adjusted(c.longer); b.Sooner(0) >= 0 {
				t.Errorf("%+v: made longer, and not moved", c)
			}
		}
	}
	b.taken, b.sounds = 3*ms, due+20*ms
	b.Adjusted(-20 * ms)
	if b.taken != 3*ms {
		t.Errorf("a step less is taken at %v", b.taken)
	}
	b.news, b.sounds = true, due+40*ms
	b.Every(20*ms, 0)
	if got := b.Sooner(0); got != 0 {
		t.Errorf("without a grid moved by %v", got)
	}
}
