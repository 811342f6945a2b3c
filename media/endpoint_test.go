package media

import (
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
)

// parrot repeats what it hears, half a second later.
type parrot struct {
	line   []int16
	digits string
	frames int
	rate   int
}

func (e *parrot) Frame(in, out []int16, digits []byte) {
	e.frames++
	e.rate = len(in) * 50
	e.digits += string(digits)
	e.line = append(e.line, in...)
	if len(e.line) > e.rate/2 {
		n := copy(out, e.line)
		e.line = e.line[n:]
	}
}

// A headless leg plays and hears without a card, paced by the clock alone.
func TestEndpointEchoes(t *testing.T) {
	for _, c := range []agreement.Codec{agreement.PCMU, agreement.Opus} {
		a := newPhone(t, Config{}, sine(500))
		x := headless(t, Config{})
		a.reserve()
		leg, local := reserve(t, x)
		p := &parrot{}
		if err := x.Attach(leg, p); err != nil {
			t.Fatal(err)
		}
		a.apply(towards(local, c))
		if err := x.Apply(leg, "a", towards(a.local, c)); err != nil {
			t.Fatal(err)
		}
		a.Do(Listen{a.leg})
		a.Do(SendDigit{Leg: a.leg, Digit: '6'})
		a.Do(SendDigit{Leg: a.leg, Digit: '0'})
		clock := drive(a)
		clock.run(2*time.Second, func() { x.step(clock.now) })
		a.card.take()
		clock.run(200*time.Millisecond, func() { x.step(clock.now) })
		if p := power(a.card.take(), 500); p < 4000 {
			t.Errorf("%s: the echo is heard at %.0f", c.Name, p)
		}
		if p.digits != "60" || len(events(x)) != 1 { // Receiving, and no Digit
			t.Errorf("%s: digits %q", c.Name, p.digits)
		}
		if p.rate != c.Clock || p.frames < 108 || p.frames > 110 {
			t.Errorf("%s: %d frames of %d Hz in 2.2 s, want 109 or so", c.Name, p.frames, p.rate)
		}
		s, _ := x.Stats(leg)
		if s.Sent < 107 || s.Lost != 0 {
			t.Errorf("%s: %+v", c.Name, s)
		}
	}
}

// An engine without legs rests until it is called.
func TestIdleRests(t *testing.T) {
	e := headless(t, Config{})
	if rest := e.step(time.Second); rest != forever {
		t.Errorf("an idle engine wakes up after %v", rest)
	}
	leg, local := reserve(t, e)
	if rest := e.step(2 * time.Second); rest != forever {
		t.Errorf("with a leg that waits for an answer: %v", rest)
	}
	if err := e.Apply(leg, "x", towards(local, agreement.PCMU)); err != nil {
		t.Fatal(err)
	}
	if rest := e.step(3 * time.Second); rest <= 0 || rest > packetTime {
		t.Errorf("with a leg that talks: %v", rest)
	}
	e.Release(leg)
	if rest := e.step(4 * time.Second); rest != forever {
		t.Errorf("after its release: %v", rest)
	}
	if err := e.Attach(leg, &parrot{}); err == nil {
		t.Error("attached to a leg that is gone")
	}
}

// A process that stood still goes on from now: no burst of old frames.
func TestStandstill(t *testing.T) {
	a := newPhone(t, Config{}, nil)
	x := headless(t, Config{})
	a.reserve()
	leg, local := reserve(t, x)
	p := &parrot{}
	x.Attach(leg, p)
	a.apply(towards(local, agreement.PCMU))
	if err := x.Apply(leg, "a", towards(a.local, agreement.PCMU)); err != nil {
		t.Fatal(err)
	}
	x.step(packetTime)
	before := p.frames
	x.step(10 * time.Second)
	if n := p.frames - before; n > 2 {
		t.Errorf("%d frames at once after 10 s", n)
	}
	stamp := x.legs[leg].tx.Timestamp(10 * time.Second)
	x.step(10*time.Second + packetTime)
	if d := x.legs[leg].tx.Timestamp(10*time.Second+packetTime) - stamp; d != 160 {
		t.Errorf("the timestamps go on by %d, want 160", d)
	}
}

// Nothing allocates with many headless legs either.
func TestEndpointAllocatesNothing(t *testing.T) {
	x := headless(t, Config{})
	var legs []agreement.Leg
	var locals []agreement.Local
	for range 4 {
		leg, local := reserve(t, x)
		legs, locals = append(legs, leg), append(locals, local)
		x.Attach(leg, tones{})
	}
	for i, leg := range legs {
		if err := x.Apply(leg, "x", towards(locals[i^1], agreement.PCMU)); err != nil {
			t.Fatal(err)
		}
		x.legs[leg].reporter.Due(time.Hour)
	}
	now := time.Duration(0)
	frame := func() {
		now += packetTime
		x.step(now)
	}
	for range 100 {
		frame()
	}
	if n := testing.AllocsPerRun(100, frame); n != 0 {
		t.Errorf("%v allocations per frame", n)
	}
	for _, leg := range legs {
		if s, _ := x.Stats(leg); s.Received < 190 || s.Lost > 0 {
			t.Errorf("leg %d: %+v", leg, s)
		}
	}
}

// tones is an endpoint that hums.
type tones struct{}

func (tones) Frame(in, out []int16, digits []byte) {
	for i := range out {
		out[i] = int16(i % 40 * 100)
	}
}

// An endpoint's leg may have been given the handset by mistake: it still plays.
func TestEndpointKeepsItsLeg(t *testing.T) {
	a := newPhone(t, Config{}, sine(500))
	a.reserve()
	p := &parrot{}
	if err := a.Attach(a.leg, p); err != nil {
		t.Fatal(err)
	}
	a.apply(towards(a.local, agreement.PCMU))
	a.Do(Listen{a.leg})
	drive(a).run(time.Second)
	if p.frames < 45 {
		t.Errorf("%d frames in a second", p.frames)
	}
}
