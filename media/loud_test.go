package media

import (
	"math"
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/tone"
)

// The loudest far end at the greatest volume, 12 dB too much, with a beep, a key of one's own
// and ringing on top: it is made softer, not cut off. Cutting would add odd harmonics some
// 10 dB below it.
func TestLoudSumsAreNotCutOff(t *testing.T) {
	for _, beside := range []string{"alone", "a beep", "a key", "ringing", "all of it"} {
		a, b := newPhone(t, Config{Ear: 100}, nil), newPhone(t, Config{}, nil)
		b.card = nil
		call(t, a, b, agreement.L16Full)
		clock := drive(a, b)
		clock.run(40 * time.Millisecond)
		b.card.voice = func(n int) int16 { return int16(32767 * math.Sin(2*math.Pi*470*float64(n)/48000)) }
		clock.run(500 * time.Millisecond)
		a.card.take()
		all := beside == "all of it"
		if all || beside == "a beep" {
			a.Do(Beep{tone.CallWaiting})
		}
		if all || beside == "a key" {
			a.Do(SendDigit{Leg: a.leg, Digit: '5', Held: true})
		}
		if all || beside == "ringing" {
			a.Do(Ring{On: true})
		}
		clock.run(time.Second)
		heard := a.card.take()
		if n := longestRail(heard); n > 8 {
			t.Errorf("%s: %d samples in a row are at full scale", beside, n)
		}
		far := power(heard, 470)
		for _, k := range []float64{3, 5, 7} {
			if h := 20 * math.Log10(power(heard, k*470)/far+1e-9); h > -35 {
				t.Errorf("%s: harmonic %.0f at %.1f dB", beside, k, h)
			}
		}
		if far < 10000 {
			t.Errorf("%s: the far end is at %.0f", beside, far)
		}
	}
}

// longestRail is how many samples in a row are as loud as there is.
func longestRail(pcm []int16) (longest int) {
	run := 0
	for _, x := range pcm {
		if run++; x < 32767 && x > -32767 {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// A microphone that is set too loud for who shouts into it, and a bell that is.
func TestLoudLevelsAreNotCutOff(t *testing.T) {
	loud := Config{Gains: [Roles]Gains{Handset: {Mouth: 20}, Ringer: {Ear: 20}}}
	a, b := newPhone(t, loud, func(n int) int16 { return int16(20000 * math.Sin(2*math.Pi*470*float64(n)/48000)) }), newPhone(t, Config{}, nil)
	call(t, a, b, agreement.L16Full)
	clock := drive(a, b)
	clock.run(500 * time.Millisecond)
	b.card.take()
	clock.run(time.Second)
	heard := b.card.take()
	far := power(heard, 470)
	if h := 20 * math.Log10(power(heard, 3*470)/far+1e-9); h > -35 || far < 25000 || longestRail(heard) > 8 {
		t.Errorf("the voice is at %.0f, its third harmonic at %.1f dB, %d samples at full scale", far, h, longestRail(heard))
	}
	for _, own := range []bool{false, true} { // in the handset's card, and in one of its own
		cards := map[string]*fakeCard{}
		c := loud
		c.Ring = 100
		if own {
			c.Places[Ringer].Card = "bell"
		}
		c.Card = func(s audio.Spec) (audio.Card, error) {
			cards[s.Device] = newFakeCard(s, nil)
			return cards[s.Device], nil
		}
		e := headless(t, c)
		e.cfg.Plan, _ = tone.ForCountry("US")
		e.Do(Ring{On: true})
		for now := packetTime; now < 2*time.Second; now += packetTime {
			for _, card := range cards {
				card.turn(packetTime)
			}
			e.step(now)
		}
		rings := cards[c.Places[Ringer].Card].take()
		if n := longestRail(rings); n > 8 || power(rings[24000:72000], 1000) < 3000 {
			t.Errorf("own %v: the bell has %d samples at full scale, and 1 kHz at %.0f", own, n, power(rings[24000:72000], 1000))
		}
	}
}

// Another country's tones in mid-cadence: what sounds goes on, what begins then is the new
// country's, and its first burst is whole.
func TestRetuneInMidCadence(t *testing.T) {
	p := newPhone(t, Config{}, nil) // US
	clock := drive(p)
	p.Do(Play{tone.Busy})
	clock.run(1300 * time.Millisecond)
	de, _ := tone.ForCountry("DE")
	p.Do(Retune{de})
	p.card.take()
	clock.run(2 * time.Second)
	heard := p.card.take()
	if us, other := power(heard, 480), power(heard, 425); us < 500 || other > us/10 {
		t.Errorf("after the change 480 Hz is at %.0f, 425 at %.0f", us, other)
	}
	p.Do(Play{tone.Busy})
	clock.run(60 * time.Millisecond) // what was queued before
	p.card.take()
	clock.run(3 * time.Second)
	heard = p.card.take()
	if us, other := power(heard, 480), power(heard, 425); other < 500 || us > other/10 {
		t.Errorf("once it begins anew 480 Hz is at %.0f, 425 at %.0f", us, other)
	}
	b := bursts(heard, 48000)
	if len(b) < 3 {
		t.Fatalf("%v", b)
	}
	if on, off := b[1].to-b[1].from, b[2].from-b[1].to; (on-480*time.Millisecond).Abs() > 6*time.Millisecond || (off-480*time.Millisecond).Abs() > 6*time.Millisecond {
		t.Errorf("%v on, %v off", on, off)
	}
}
