// Package contact is what contacts say in the course of time: bouncing levels become steady
// ones, scans of a matrix become keys, the pulses of a dial a digit, a key that is held
// another key. It is pure: readings and times are given. It refuses to know lines, chips and
// what a key means.
package contact

import "time"

// A Level turns the bouncing readings of one contact into a steady level: a level counts when
// it has stood for Settle, and has moved when it was first seen. The zero level is open.
type Level struct {
	Settle time.Duration
	Closed bool // as it counts
	moving bool // another level is seen, since:
	since  time.Time
}

// Step takes a reading. It says whether the steady level changed, and when the contact moved.
func (l *Level) Step(closed bool, at time.Time) (changed bool, moved time.Time) {
	switch {
	case closed == l.Closed:
		l.moving = false
	case !l.moving:
		l.moving, l.since = true, at
		fallthrough
	default:
		if at.Sub(l.since) >= l.Settle {
			l.moving, l.Closed = false, closed
			return true, l.since
		}
	}
	return false, time.Time{}
}

// Moving says that another level is seen which does not count yet: it must be read again soon.
func (l *Level) Moving() bool { return l.moving }
