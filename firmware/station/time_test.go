package station

import (
	"testing"
	"testing/synctest"
)

// A time that nobody has told is not shown. That it is told the loop takes; the display of a bubble
// does not show it, whose time begins in 2000.
func TestTimeIsNotKnownYet(t *testing.T) {
	var told chan struct{} // of the bubble
	unset := func(c *Config) {
		told = make(chan struct{}, 1)
		c.Notices.ClockUnset, c.TimeKnown = true, told
		s := New(*c)
		s.ui.Notices.ClockUnset = true
		if s.timed(); s.ui.Notices.ClockUnset {
			t.Error("told, it is not known")
		}
	}
	onDeskWith(t, unset, func(d *desk) {
		d.wants(d.lcd(), "--:--")
		told <- struct{}{}
		synctest.Wait()
		if len(told) > 0 {
			t.Error("nobody has listened")
		}
	})
}
