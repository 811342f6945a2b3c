package media

import (
	"math"
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/dsp"
)

// A reel is a Tape that keeps everything.
type reel struct{ here, far []int16 }

func (r *reel) Put(here, far []int16) {
	if len(here) != len(far) {
		panic("sides of different length")
	}
	r.here, r.far = append(r.here, here...), append(r.far, far...)
}

// length is how long it is.
func (r *reel) length() time.Duration { return lasting(len(r.here), 48000) }

// take drops what was recorded.
func (r *reel) take() (here, far []int16) {
	here, far = r.here, r.far
	r.here, r.far = nil, nil
	return here, far
}

const beepHz = 1400

// recording is a call of a, who records it, with b.
func recording(t *testing.T, beep bool) (a, b *phone, c *clock, r *reel) {
	t.Helper()
	a, b = newPhone(t, Config{}, sine(500)), newPhone(t, Config{}, sine(910))
	call(t, a, b, agreement.PCMU)
	c = drive(a, b)
	c.run(time.Second)
	r = &reel{}
	a.Do(Record{a.leg, r, beep})
	return a, b, c, r
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1 {
		t.Errorf("%s: %.1f dBFS, want %.1f", what, got, want)
	}
}

// Left is what goes to the far end, right what comes from there; neither has the other.
func TestRecordBothSides(t *testing.T) {
	_, _, c, r := recording(t, false)
	c.run(time.Second)
	r.take()
	c.run(time.Second)
	here, far := r.take()
	near(t, "here", dsp.Goertzel(here, 48000, 500), -12.2)
	near(t, "far", dsp.Goertzel(far, 48000, 910), -12.2)
	if l := dsp.Goertzel(here, 48000, 910); l > -70 {
		t.Errorf("here has the far end at %.0f dBFS", l)
	}
	if l := dsp.Goertzel(far, 48000, 500); l > -70 {
		t.Errorf("far has the near end at %.0f dBFS", l)
	}
	if l := dsp.Goertzel(here, 48000, beepHz); l > -60 {
		t.Errorf("nobody wanted a beep, and it is there at %.0f dBFS", l)
	}
}

// The volume of the ear changes nothing, mute silences the near side, and a hold both: time
// goes on.
func TestRecordKeepsTime(t *testing.T) {
	a, b, c, r := recording(t, false)
	a.Do(Volume{Ear: 20, Ring: 50})
	a.Do(Mute{true})
	c.run(time.Second)
	r.take()
	began := c.now
	c.run(time.Second)
	near(t, "far, with the ear turned down", dsp.Goertzel(r.far, 48000, 910), -12.2)
	if l := level(r.here); l > -90 {
		t.Errorf("muted, and at %.0f dBFS", l)
	}
	a.Do(Mute{false})
	ab := towards(b.local, agreement.PCMU)
	a.apply(direct(ab, agreement.Inactive))
	a.Do(Listen{0})
	c.run(3 * time.Second)
	if l := level(r.here[len(r.here)-48000:]); l > -90 {
		t.Errorf("on hold, and here at %.0f dBFS", l)
	}
	if l := level(r.far[len(r.far)-48000:]); l > -90 {
		t.Errorf("on hold, and there at %.0f dBFS", l)
	}
	a.apply(ab)
	a.Do(Listen{a.leg})
	c.run(2 * time.Second)
	near(t, "here, resumed", dsp.Goertzel(r.here[len(r.here)-24000:], 48000, 500), -12.2)
	near(t, "far, resumed", dsp.Goertzel(r.far[len(r.far)-24000:], 48000, 910), -12.2)
	if d := r.length() - (c.now - began); d.Abs() > 60*time.Millisecond {
		t.Errorf("%v recorded of %v", r.length(), c.now-began)
	}
	a.Do(Record{Leg: a.leg})
	c.run(time.Second)
	r.take()
	c.run(time.Second)
	if len(r.here) > 0 {
		t.Errorf("ended, and %v more came", r.length())
	}
}

// beeps are when a tone begins in pcm.
func beeps(pcm []int16) (at []time.Duration) {
	const piece = 960
	on := false
	for i := 0; i+piece <= len(pcm); i += piece {
		now := dsp.Goertzel(pcm[i:i+piece], 48000, beepHz) > -32
		if now && !on {
			at = append(at, lasting(i, 48000))
		}
		on = now
	}
	return at
}

// The beep is heard here, there and in the recording, half a second every 15 s, though the
// user is muted; and not at all once the recording has ended.
func TestRecordBeeps(t *testing.T) {
	a, b, c, r := recording(t, true)
	a.Do(Mute{true})
	a.card.take()
	b.card.take()
	c.run(40 * time.Second)
	here, far := r.take()
	for _, side := range []struct {
		name string
		pcm  []int16
	}{{"the ear", a.card.take()}, {"the far end", b.card.take()}, {"the recording", here}} {
		at := beeps(side.pcm)
		if len(at) != 3 {
			t.Errorf("%s: beeps at %v in 40 s", side.name, at)
			continue
		}
		for i, want := range []time.Duration{0, 15 * time.Second, 30 * time.Second} {
			if d := at[i] - want; d < 0 || d > 200*time.Millisecond {
				t.Errorf("%s: beep %d at %v", side.name, i+1, at[i])
			}
		}
		middle := samples(48000, at[1]+100*time.Millisecond)
		near(t, side.name, dsp.Goertzel(side.pcm[middle:middle+14400], 48000, beepHz), -23)
	}
	if at := beeps(far); len(at) > 0 {
		t.Errorf("the far end's side has beeps at %v", at)
	}
	a.Do(Record{Leg: a.leg})
	c.run(time.Second)
	b.card.take()
	c.run(30 * time.Second)
	if at := beeps(b.card.take()); len(at) > 0 {
		t.Errorf("not recorded any more, and beeps at %v", at)
	}
}

// In a conference the recording of each call has all three, and ends with its own call.
func TestRecordConference(t *testing.T) {
	m := meet(t, threeTones(), [2]agreement.Codec{agreement.PCMU, agreement.Opus}, nil)
	var reels [2]*reel
	for i := range reels {
		reels[i] = &reel{}
		m.a.Do(Record{m.to[i], reels[i], true})
	}
	m.run(2 * time.Second)
	for _, r := range reels {
		r.take()
	}
	m.run(time.Second)
	for i, r := range reels {
		here, far := r.take()
		near(t, "here", dsp.Goertzel(here, 48000, pitches[0]), -12.2)
		near(t, "b", dsp.Goertzel(far, 48000, pitches[1]), -12.2)
		near(t, "c", dsp.Goertzel(far, 48000, pitches[2]), -12.2)
		if l := dsp.Goertzel(far, 48000, pitches[0]); l > unheard {
			t.Errorf("recording %d has the near end on the far side at %.0f dBFS", i, l)
		}
	}
	m.a.Release(m.to[1])
	m.a.Do(Listen{m.to[0]})
	m.run(time.Second)
	if d := reels[1].length(); d > 40*time.Millisecond {
		t.Errorf("its call has gone, and %v were recorded", d)
	}
	if d := reels[0].length(); d < 950*time.Millisecond {
		t.Errorf("%v of a second were recorded of the other", d)
	}
	if m.a.taping.tapes != 1 {
		t.Errorf("%d tapes run", m.a.taping.tapes)
	}
}

// The card goes in the midst: the recording has silence until another sounds, and its time.
func TestRecordWithoutCard(t *testing.T) {
	a, _, c, r := recording(t, false)
	c.run(time.Second)
	r.take()
	began := c.now
	a.fail = audio.ErrNoCard
	a.mu.Lock()
	a.voice.lost(audio.ErrNoCard, c.now)
	a.mu.Unlock()
	c.run(2 * time.Second)
	if d := r.length() - (c.now - began); d.Abs() > 60*time.Millisecond {
		t.Errorf("%v recorded of %v", r.length(), c.now-began)
	}
	if l := level(r.here[48000:]); l > -90 {
		t.Errorf("without a card, at %.0f dBFS", l)
	}
}

// The process stands still for a while: that is silence of the same length, with a card and
// without one.
func TestRecordAfterAStall(t *testing.T) {
	for _, card := range []bool{true, false} {
		a, b, c, r := recording(t, false)
		if !card {
			a.fail = audio.ErrNoCard
			a.mu.Lock()
			a.voice.lost(audio.ErrNoCard, c.now)
			a.mu.Unlock()
		}
		c.run(time.Second)
		r.take()
		began := c.now
		c.now += 3 * time.Second
		for _, p := range []*phone{a, b} {
			p.card.turn(packetTime)
			p.step(c.now)
		}
		c.run(time.Second)
		if d := r.length() - (c.now - began); d.Abs() > 60*time.Millisecond {
			t.Errorf("with a card %v: %v recorded of %v", card, r.length(), c.now-began)
		}
	}
}

// A void is a Tape that keeps nothing.
type void struct{ n int }

func (v *void) Put(here, _ []int16) { v.n += len(here) }

func TestRecordAllocatesNothing(t *testing.T) {
	l := newLoop(t, agreement.PCMU, 48000)
	v := &void{}
	l.Do(Record{l.leg, v, true})
	l.frame()
	l.legs[l.leg].reporter.Due(l.now + time.Hour)
	if n := testing.AllocsPerRun(200, l.frame); n != 0 {
		t.Errorf("%v allocations per frame, want 0", n)
	}
	if v.n < 100*960 {
		t.Errorf("%d samples were recorded", v.n)
	}
}
