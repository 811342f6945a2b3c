package rpi

import "time"

// debounce turns the bouncing level of a contact into a steady one: a level counts when it
// has stood for settle, and moved when it was first seen. The zero level is open.
type debounce struct {
	settle time.Duration
	steady bool // the level that counts: closed
	moving bool // another level is seen, since:
	since  time.Time
}

// step takes a reading. It says whether the steady level changed, and when the contact moved.
func (d *debounce) step(closed bool, at time.Time) (changed bool, moved time.Time) {
	switch {
	case closed == d.steady:
		d.moving = false
	case !d.moving:
		d.moving, d.since = true, at
		fallthrough
	default:
		if at.Sub(d.since) >= d.settle {
			d.moving, d.steady = false, closed
			return true, d.since
		}
	}
	return false, time.Time{}
}
