package media

import (
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
)

const everyDigit = "0123456789*#ABCD"

func digits(e *Engine) (got string) {
	for _, v := range events(e) {
		if d, ok := v.(Digit); ok {
			got += string(d.Digit)
		}
	}
	return got
}

// Digits arrive exactly, whatever codec they stand beside, and speech is silent meanwhile.
func TestDigitsAsEvents(t *testing.T) {
	for _, c := range []agreement.Codec{agreement.PCMU, agreement.Opus} {
		for _, ptime := range []time.Duration{20 * time.Millisecond, 30 * time.Millisecond} {
			a, b := newPhone(t, Config{}, sine(500)), newPhone(t, Config{}, nil)
			call(t, a, b, c)
			ab := towards(b.local, c)
			ab.PacketTime = ptime
			a.apply(ab)
			clock := drive(a, b)
			clock.run(time.Second)
			b.card.take()
			for _, d := range []byte(everyDigit) {
				a.Do(SendDigit{Leg: a.leg, Digit: d})
			}
			clock.run(2 * time.Second)
			b.card.take()
			clock.run(300 * time.Millisecond)
			if p := power(b.card.take(), 500); p > 50 {
				t.Errorf("%s: speech beside a digit: %.0f", c.Name, p)
			}
			clock.run(time.Second)
			if got := digits(b.Engine); got != everyDigit {
				t.Errorf("%s, %v: %s arrived as %s", c.Name, ptime, everyDigit, got)
			}
			b.card.take()
			clock.run(200 * time.Millisecond)
			if p := power(b.card.take(), 500); p < 4000 {
				t.Errorf("%s: after the digits speech comes at %.0f", c.Name, p)
			}
			s, _ := b.Stats(b.leg)
			if s.Lost != 0 || s.DigitsIn != 16 {
				t.Errorf("%s: %d lost, %d digits", c.Name, s.Lost, s.DigitsIn)
			}
		}
	}
}

// A digit that cannot be sent is counted: on hold, no digit at all, too many.
func TestDigitsUnsent(t *testing.T) {
	a, b := newPhone(t, Config{}, nil), newPhone(t, Config{}, nil)
	call(t, a, b, agreement.PCMU)
	clock := drive(a, b)
	clock.run(100 * time.Millisecond)
	a.Do(SendDigit{Leg: a.leg, Digit: 'x'})
	a.apply(direct(towards(b.local, agreement.PCMU), agreement.Inactive))
	a.Do(SendDigit{Leg: a.leg, Digit: '1'})
	a.Do(SendDigit{Leg: a.leg + 7, Digit: '1'}) // no such leg
	clock.run(time.Second)
	if s, _ := a.Stats(a.leg); s.DigitsUnsent != 2 || s.DigitsOut != 0 {
		t.Errorf("unsent %d, sent %d; want 2 and 0", s.DigitsUnsent, s.DigitsOut)
	}
	if got := digits(b.Engine); got != "" {
		t.Errorf("%s arrived", got)
	}
}

// Nobody reads events: digits wait, 512 of them, and what is lost is counted.
func TestDigitsWait(t *testing.T) {
	e := headless(t, Config{})
	for range 600 {
		e.tell(Digit{1, '7'})
	}
	if e.eventsLost != 600-maxEvents-maxEvents {
		t.Errorf("%d lost of 600", e.eventsLost)
	}
	got := digits(e)
	for len(e.pending) > 0 {
		e.tellAll()
		got += digits(e)
	}
	if len(got) != 2*maxEvents {
		t.Errorf("%d digits arrived of %d kept", len(got), 2*maxEvents)
	}
}
