package haltest

import (
	"testing"
	"time"

	"github.com/offhook/offhook/hal"
)

// shows waits until a lamp is lit as wanted.
func shows(t *testing.T, d Driver, lamp hal.Lamp, lit bool) {
	t.Helper()
	eventually(t, func() bool { return d.Lit(lamp) == lit }, func() string {
		return string(lamp) + map[bool]string{true: " is not lit", false: " is not dark"}[lit]
	})
}

// lampsBlink looks at one lamp through its patterns: those that blink are seen lit and dark
// more than once, the others stay as they are.
func lampsBlink(t *testing.T, p hal.Panel, d Driver) {
	lamps := p.Parts().Lamps
	if lamps == nil || d.Lit == nil && d.Lamp == nil {
		t.Skip("no lamps that can be seen")
	}
	settle(t, p, start(t, p))
	if d.Lit == nil {
		for _, pattern := range []hal.Pattern{hal.On, hal.Blink, hal.Flash, hal.Off} {
			lamps.Light(hal.LampLine, pattern)
			eventually(t, func() bool { return d.Lamp(hal.LampLine) == pattern }, func() string { return "the line lamp has another pattern" })
		}
		return
	}
	for _, pattern := range []hal.Pattern{hal.Flash, hal.Flash, hal.Blink} {
		lamps.Light(hal.LampLine, pattern)
		shows(t, d, hal.LampLine, true)
		shows(t, d, hal.LampLine, false)
	}
	for pattern, lit := range map[hal.Pattern]bool{hal.On: true, hal.Off: false} {
		lamps.Light(hal.LampLine, pattern)
		shows(t, d, hal.LampLine, lit)
		for began := time.Now(); time.Since(began) < 3*grace; time.Sleep(time.Millisecond) {
			if d.Lit(hal.LampLine) != lit {
				t.Fatalf("pattern %d does not stay", pattern)
			}
		}
	}
}

// cadenceKept hears a cadence sound and pause, more than once, and another take its place from
// its beginning.
func cadenceKept(t *testing.T, p hal.Panel, d Driver) {
	ringer := p.Parts().Ringer
	if ringer == nil || d.Rings == nil {
		t.Skip("no ringer that can be heard")
	}
	settle(t, p, start(t, p))
	sounds := func(want bool) {
		t.Helper()
		eventually(t, func() bool { return d.Rings() == want }, func() string {
			return map[bool]string{true: "it does not ring", false: "it does not pause"}[want]
		})
	}
	if d.Steady {
		return
	}
	ringer.Ring(hal.Cadence{{On: 200 * time.Millisecond, Off: 400 * time.Millisecond}})
	for range 2 {
		sounds(true)
		sounds(false)
	}
	ringer.Ring(hal.Cadence{{On: time.Hour}})
	sounds(true)
	ringer.Ring(hal.Cadence{})
	sounds(false)
}

// rollover holds two keys at once: both are told of, whichever goes up first.
func rollover(t *testing.T, p hal.Panel, d Driver) {
	keys := []rune(p.Parts().Keys)
	if d.Key == nil || len(keys) < 2 {
		t.Skip("no two keys")
	}
	first, second := hal.Key(keys[0]), hal.Key(keys[len(keys)-1])
	r := start(t, p)
	settle(t, p, r)
	for _, move := range []hal.KeyInput{{Key: first, Down: true}, {Key: second, Down: true}, {Key: first}, {Key: second}} {
		d.Key(move.Key, move.Down)
		v, is := r.next().(hal.KeyInput)
		if !is || v.Key != move.Key || v.Down != move.Down {
			t.Fatalf("got %+v, want %q, down %v", v, move.Key, move.Down)
		}
	}
	r.quiet()
}
