package media

import (
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
)

// crystals drive phones whose cards each go by a clock of their own, period by period.
type crystals struct {
	now    time.Duration
	phones []*phone
	period []time.Duration // what each takes for one
	next   []time.Duration
}

// run lets d go by.
func (c *crystals) run(d time.Duration) {
	for end := c.now + d; ; {
		i := 0
		for k, at := range c.next {
			if at < c.next[i] {
				i = k
			}
		}
		if c.next[i] > end {
			c.now = end
			return
		}
		c.now = c.next[i]
		c.next[i] += c.period[i]
		p := c.phones[i]
		if p.card.turn(cardPeriod); !p.card.woke {
			continue
		}
		p.step(c.now)
		for _, other := range c.phones {
			other.arrive(c.now)
		}
	}
}

// Two phones whose cards are 200 ppm fast and 200 ppm slow talk for minutes: 24 ms a minute
// are cut out of the speech at one end and put into it at the other, by whole periods of its
// pitch. No packet is dropped, late or missed, nothing is made up, no card runs dry, and the
// delay stays where it was.
func TestDriftDropsNothing(t *testing.T) {
	minutes(t)
	for _, c := range []struct {
		codec  agreement.Codec
		length time.Duration
	}{{agreement.PCMU, 2 * time.Minute}, {agreement.G722, time.Minute}, {agreement.Opus, time.Minute}} {
		const ppm = 200
		a, b := newPhone(t, Config{}, speech(1)), newPhone(t, Config{}, speech(2))
		call(t, a, b, c.codec)
		began := drive(a, b)
		began.run(40 * time.Millisecond) // the cards open
		apart := cardPeriod * ppm / 1_000_000
		clock := &crystals{now: began.now, phones: began.phones, period: []time.Duration{cardPeriod - apart, cardPeriod + apart},
			next: []time.Duration{began.now + cardPeriod, began.now + cardPeriod + 3*time.Millisecond}}
		clock.run(10 * time.Second) // both ends find their delay
		dry, delay := [2]uint64{}, [2]time.Duration{}
		for i, p := range clock.phones {
			s := p.legs[p.leg].in.buf.Stats()
			dry[i], delay[i] = s.Dry, s.Delay
			p.card.take()
		}
		from := [2]uint64{a.card.stats.Callbacks, b.card.stats.Callbacks}
		put := [2]time.Duration{}
		for i, p := range clock.phones {
			s := p.legs[p.leg].in.buf.Stats()
			put[i] = s.Lengthened - s.Shortened
		}
		underruns := [2]uint64{a.card.stats.Underruns, b.card.stats.Underruns}
		for left := c.length; left > 0; left -= 10 * time.Second {
			clock.run(10 * time.Second)
			for i, p := range clock.phones {
				if d := p.legs[p.leg].in.buf.Stats().Delay - delay[i]; d > 20*time.Millisecond {
					t.Fatalf("%s, phone %d, %v: the delay has grown by %v", c.codec.Name, i, clock.now, d)
				}
				p.card.take()
			}
		}
		for i, p := range clock.phones {
			s := p.legs[p.leg].in.buf.Stats()
			if s.Lost+s.Late+s.Discarded+s.Restarts > 0 || s.Dry > dry[i] {
				t.Errorf("%s, phone %d: %d times dry before, then %+v", c.codec.Name, i, dry[i], s)
			}
			if card := p.card.stats; card.Underruns > underruns[i] || card.Overruns+card.Dropped > 0 {
				t.Errorf("%s, phone %d: %d underruns before, then its card %+v", c.codec.Name, i, underruns[i], card)
			}
			if stats, _ := p.Stats(p.leg); stats.Lost > 0 || stats.Dropped != (Dropped{}) {
				t.Errorf("%s, phone %d: %+v", c.codec.Name, i, stats)
			}
			// What this card has played more than the other one has recorded was put in.
			turns := int64(p.card.stats.Callbacks-from[i]) - int64(clock.phones[1-i].card.stats.Callbacks-from[1-i])
			gained := time.Duration(turns) * cardPeriod
			if made := s.Lengthened - s.Shortened - put[i]; (made - gained).Abs() > 25*time.Millisecond {
				t.Errorf("%s, phone %d: the clocks are %v apart, and %v was put in", c.codec.Name, i, gained, made)
			}
			if made := s.Lengthened + s.Shortened; made > 3*gained.Abs() {
				t.Errorf("%s, phone %d: %v put in and %v cut out for %v", c.codec.Name, i, s.Lengthened, s.Shortened, gained)
			}
			t.Logf("%s, phone %d: %v put in, %v cut out for %v; delay %v", c.codec.Name, i, s.Lengthened, s.Shortened, gained, s.Delay)
		}
	}
}
