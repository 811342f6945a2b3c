package media

import (
	"math"
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/tone"
)

// own is how loud a phone's own voice, a sine of 300 Hz and a quarter of full scale, is in
// its ear, in dB against the mouth.
func own(p *phone) float64 {
	return 20 * math.Log10(max(power(p.card.take(), 300), 0.01)/8000)
}

// The ear hears the mouth just while the far end may: in a call, but neither before it, nor
// muted, nor while nothing is sent.
func TestSidetoneSaysTheTruth(t *testing.T) {
	a, b := newPhone(t, Config{Sidetone: -18}, sine(300)), newPhone(t, Config{}, nil)
	clock := drive(a, b)
	hears := func(when string, want float64) {
		t.Helper()
		clock.run(300 * time.Millisecond) // what was rendered before
		a.card.take()
		clock.run(time.Second)
		if got := own(a); math.Abs(got-want) > 0.5 && (want > -60 || got > -60) {
			t.Errorf("%s: %.1f dB, want %.0f", when, got, want)
		}
	}
	a.Do(Play{tone.Dial})
	hears("at the dial tone", -100)
	call(t, a, b, agreement.PCMU)
	a.Do(Play{tone.Ringback})
	hears("early, with ringback beside it", -18)
	a.Do(Play{tone.None})
	hears("in a call", -18)
	a.Do(Volume{Ear: 20, Ring: 20})
	hears("at another volume", -18)
	a.Do(Mute{true})
	hears("muted", -100)
	a.Do(Mute{false})
	hears("not muted", -18)
	a.apply(direct(towards(b.local, agreement.PCMU), agreement.RecvOnly))
	hears("held by the far end", -100)
	a.apply(direct(towards(b.local, agreement.PCMU), agreement.SendRecv))
	hears("taken back", -18)
	a.Do(Sidetone{-30})
	hears("softer", -30)
	a.Do(Sidetone{0})
	hears("switched off", -100)
	a.Do(Sidetone{-12})
	hears("louder", -12)
	a.Do(Use{Speaker})
	hears("on the speaker", -100)
	a.Do(Use{Headset})
	hears("on the headset", -12)
	a.Do(Use{Handset})
	a.Do(Listen{0})
	hears("the handset is another's", -100)
	a.Do(Listen{a.leg})
	a.card.vanish()
	a.voice.lost(a.card.gone, clock.now)
	hears("another card", -12)
	a.Release(a.leg)
	a.Do(Play{tone.Disconnect})
	hears("after the call", -100)
}

// A gain of the microphone's is the sidetone's too: the far end and the ear hear the same.
func TestSidetoneFollowsTheMicrophone(t *testing.T) {
	a, b := newPhone(t, Config{Sidetone: -18, Gains: [Roles]Gains{Handset: {Mouth: 6}}}, sine(300)), newPhone(t, Config{}, nil)
	call(t, a, b, agreement.PCMU)
	clock := drive(a, b)
	clock.run(time.Second)
	a.card.take()
	clock.run(time.Second)
	if got := own(a); math.Abs(got+12) > 0.5 {
		t.Errorf("%.1f dB, want -12", got)
	}
}

// As loud as both ends may be, with a tone on top, the sum does not clip; nor is anything
// of the engine's own limited where there is no sidetone.
func TestSidetoneLeavesRoom(t *testing.T) {
	shout := func(freq float64) func(int) int16 {
		return func(n int) int16 { return int16(32767 * math.Sin(2*math.Pi*freq*float64(n)/48000)) }
	}
	for _, db := range []float64{-6, -18, 0} {
		a, b := newPhone(t, Config{Sidetone: db, Ear: 100}, shout(310)), newPhone(t, Config{}, shout(470))
		call(t, a, b, agreement.L16Full)
		clock := drive(a, b)
		clock.run(500 * time.Millisecond)
		a.card.clipped = 0
		a.Do(Beep{tone.CallWaiting})
		clock.run(2 * time.Second)
		if a.card.clipped > 0 {
			t.Errorf("%v dB: %d samples clip", db, a.card.clipped)
		}
		a.card.take()
		clock.run(time.Second)
		if got := power(a.card.take(), 470); got < 32767*(1-factorOf(db))*0.9 {
			t.Errorf("%v dB: the far end is at %.0f", db, got)
		}
	}
}
