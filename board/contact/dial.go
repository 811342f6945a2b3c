package contact

import (
	"time"

	"github.com/offhook/offhook/hal"
)

// Times of a rotary dial. It gives 10 pulses a second, 60 ms open and 40 ms closed (ITU-T Q.552
// and the dials themselves); fast ones give 20. The contact bounces for some 3 ms.
const (
	dialSettle = 7 * time.Millisecond
	// dialPause ends a digit where no contact tells that the dial is back: longer than any
	// pulse, shorter than a finger needs for the next digit.
	dialPause = 400 * time.Millisecond
)

// A Dial counts the pulses of a rotary dial.
//
//	turned  __________/‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾\______
//	pulse   ‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾\__/‾\__/‾\__/‾‾‾‾‾‾‾‾‾‾‾‾   dials 3
//	        at rest    wound up    runs back      at rest
type Dial struct {
	digits []rune // of one pulse, two, ...
	alone  bool   // there is only the pulse contact
	pulse  Level  // closed: as at rest
	turned Level
	count  int
	last   time.Time // when the pulse contact moved last
}

// NewDial makes a dial at rest. digits are what one pulse dials, what two and so on; alone:
// only the pulse contact is wired.
func NewDial(digits string, alone bool) *Dial {
	return &Dial{
		digits: []rune(digits), alone: alone,
		pulse: Level{Settle: dialSettle, Closed: true}, turned: Level{Settle: dialSettle},
	}
}

// Step takes a reading: whether the pulse contact is as at rest, and whether the dial is
// turned. It returns the digit when it is whole: down and up, stamped when the dial was back.
// A dial that is turned and gives no pulse, or more than it has digits, has dialled nothing.
func (d *Dial) Step(rest, turned bool, at time.Time) []hal.KeyInput {
	if changed, moved := d.pulse.Step(rest, at); changed {
		d.last = moved
		if d.pulse.Closed && (d.alone || d.turned.Closed) {
			d.count++
		}
	}
	if d.alone {
		if d.count > 0 && d.pulse.Closed && !d.pulse.moving && at.Sub(d.last) >= dialPause {
			return d.dialled(at)
		}
		return nil
	}
	changed, moved := d.turned.Step(turned, at)
	switch {
	case !changed:
	case d.turned.Closed:
		d.count = 0
	default:
		return d.dialled(moved)
	}
	return nil
}

func (d *Dial) dialled(at time.Time) []hal.KeyInput {
	n := d.count
	d.count = 0
	if n < 1 || n > len(d.digits) {
		return nil
	}
	k := hal.Key(d.digits[n-1])
	return []hal.KeyInput{{Key: k, Down: true, At: at}, {Key: k, At: at}}
}

// Moving says that somebody dials: both contacts must be read again soon.
func (d *Dial) Moving() bool {
	return d.pulse.moving || d.turned.moving || d.turned.Closed || d.count > 0 || !d.pulse.Closed
}
