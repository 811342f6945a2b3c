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
