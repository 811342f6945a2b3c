package media

import (
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/tone"
)

// hear gives the commands, 100 ms apart, and returns a second of what follows.
func hear(t *testing.T, plan string, commands ...Command) []int16 {
	t.Helper()
	p := newPhone(t, Config{}, nil)
	p.cfg.Plan, _ = tone.ForCountry(plan)
	clock := drive(p)
	for _, c := range commands {
		p.Do(c)
		clock.run(100 * time.Millisecond)
	}
	p.card.take()
	clock.run(time.Second)
	return p.card.take()
}

func TestDialTone(t *testing.T) {
	us := hear(t, "US", Play{tone.Dial}) // 350 + 440 Hz
	if power(us, 350) < 800 || power(us, 440) < 800 {
		t.Errorf("US: %.0f at 350 Hz, %.0f at 440 Hz", power(us, 350), power(us, 440))
	}
	de := hear(t, "DE", Play{tone.Dial}) // 425 Hz
	if power(de, 425) < 1500 || power(de, 350) > 200 {
		t.Errorf("DE: %.0f at 425 Hz, %.0f at 350 Hz", power(de, 425), power(de, 350))
	}
	if silent := hear(t, "US", Play{tone.Dial}, Play{tone.None}); level(silent) > -90 {
		t.Errorf("stopped, and heard at %.0f dBFS", level(silent))
	}
	loud, normal := hear(t, "US", Volume{Ear: 100, Ring: 50}, Play{tone.Howler}), hear(t, "US", Play{tone.Howler})
	if level(loud) > level(normal)+0.5 {
		t.Errorf("the howler rises from %.1f to %.1f dBFS with the volume", level(normal), level(loud))
	}
	if quiet := hear(t, "US", Volume{Ear: 20, Ring: 50}, Play{tone.Dial}); level(quiet) > level(us)-20 {
		t.Errorf("at volume 20 the dial tone is at %.1f dBFS, at 60 at %.1f", level(quiet), level(us))
	}
}

// A beep is heard over the call, which goes on under it, and ends by itself.
func TestBeepOverCall(t *testing.T) {
	a, b := newPhone(t, Config{}, nil), newPhone(t, Config{}, sine(900))
	call(t, a, b, agreement.PCMU)
	clock := drive(a, b)
	clock.run(time.Second)
	a.Do(Beep{tone.CallWaiting}) // 440 Hz in the US
	clock.run(60 * time.Millisecond)
	a.card.take()
	clock.run(100 * time.Millisecond)
	both := a.card.take()
	if power(both, 440) < 500 || power(both, 900) < 4000 {
		t.Errorf("%.0f of the beep, %.0f of the call", power(both, 440), power(both, 900))
	}
	clock.run(12 * time.Second)
	a.card.take()
	clock.run(100 * time.Millisecond)
	if p := power(a.card.take(), 900); p < 4000 {
		t.Errorf("after the beep the call is heard at %.0f", p)
	}
	if a.beep.Active() {
		t.Log("the plan repeats its call-waiting tone")
	}
}

func TestRingOnHandset(t *testing.T) {
	loud := hear(t, "DE", Volume{Ear: 60, Ring: 100}, Ring{On: true})
	soft := hear(t, "DE", Volume{Ear: 60, Ring: 50}, Ring{On: true})
	off := hear(t, "DE", Volume{Ear: 60, Ring: 100}, Ring{On: true}, Ring{On: false})
	if level(loud) < -30 || level(loud)-level(soft) < 15 || level(off) > -90 {
		t.Errorf("ringing at %.1f, at half volume %.1f, stopped %.1f dBFS", level(loud), level(soft), level(off))
	}
}

// Where events were not agreed, digits are sent as tones, and a detector finds each.
func TestDigitsAsSound(t *testing.T) {
	a, b := newPhone(t, Config{}, sine(500)), newPhone(t, Config{}, nil)
	call(t, a, b, agreement.PCMA)
	ab := towards(b.local, agreement.PCMA)
	ab.EventType, ab.EventRecv = 0, 0
	a.apply(ab)
	clock := drive(a, b)
	clock.run(time.Second)
	b.card.take()
	const dialled = "159#D"
	for _, d := range []byte(dialled) {
		a.Do(SendDigit{Leg: a.leg, Digit: d})
	}
	clock.run(1500 * time.Millisecond)
	var got string
	detector := tone.NewDetector(48000)
	heard := b.card.take()
	for len(heard) >= 480 {
		if d := detector.Write(heard[:480]); d != 0 {
			got += string(d)
		}
		heard = heard[480:]
	}
	if got != dialled {
		t.Errorf("%s was heard as %q", dialled, got)
	}
	if more := digits(b.Engine); more != "" {
		t.Errorf("and came as events: %s", more)
	}
}

// A ringing loudspeaker of its own, and the handset's when it cannot be had.
func TestRingDevice(t *testing.T) {
	for _, broken := range []bool{false, true} {
		var ringer, handset *fakeCard
		p := headless(t, Config{Places: Places{Handset: {Card: "handset"}, Headset: {Card: "handset"}, Speaker: {Card: "handset"}, Ringer: {Card: "speaker"}}, Card: func(s audio.Spec) (audio.Card, error) {
			if s.Device != "speaker" {
				handset = newFakeCard(s, nil)
				return handset, nil
			}
			if broken {
				return nil, audio.ErrNoCard
			}
			ringer = newFakeCard(s, nil)
			return ringer, nil
		}})
		p.cfg.Plan, _ = tone.ForCountry("US")
		p.Do(Ring{On: true})
		var now time.Duration
		run := func(d time.Duration) {
			for end := now + d; now < end; {
				now += packetTime
				for _, c := range []*fakeCard{ringer, handset} {
					if c != nil && !c.closed {
						c.turn(packetTime)
					}
				}
				p.step(now)
			}
		}
		run(500 * time.Millisecond)
		sounds, silent := ringer, handset
		if broken {
			sounds, silent = handset, ringer
		}
		if silent != nil {
			t.Fatalf("broken %v: the other card was opened too", broken)
		}
		if sounds == nil || level(sounds.take()[4800:]) < -45 {
			t.Fatalf("broken %v: it does not ring", broken)
		}
		if !broken && (!ringer.spec.PlayOnly || ringer.stats.Underruns > 1) {
			t.Errorf("the loudspeaker: %+v, %d underruns", ringer.spec, ringer.stats.Underruns)
		}
		p.Do(Ring{On: false})
		run(2 * time.Second)
		if !sounds.closed {
			t.Errorf("broken %v: still open", broken)
		}
	}
}
