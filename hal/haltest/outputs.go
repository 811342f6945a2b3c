package haltest

import (
	"fmt"
	"testing"
	"time"

	"github.com/offhook/offhook/hal"
)

// numbered is a frame that tells its number.
func numbered(size hal.Size, n int) hal.Frame {
	f := hal.Frame{Light: n%2 == 0}
	for i := range size.Rows {
		f.Text[i] = fmt.Sprintf("%d.%d", n, i)
	}
	f = hal.Frame{Text: f.Text, Light: f.Light}.Fit(size)
	return f
}

// latestWins shows more frames than any display could draw: before Run, while it runs and
// after it ended.
func latestWins(t *testing.T, p hal.Panel, d Driver) {
	display := p.Parts().Display
	if display == nil {
		t.Skip("no display")
	}
	const frames = 3000
	show := func(last int) {
		t.Helper()
		began := time.Now()
		for n := range frames {
			display.Show(numbered(display.Size(), last-frames+1+n))
		}
		if took := time.Since(began); took > patience {
			t.Errorf("showing %d frames took %v: Show blocks", frames, took)
		}
	}
	shown := func(n int) {
		t.Helper()
		if d.Frame == nil {
			return
		}
		want := numbered(display.Size(), n)
		eventually(t, func() bool { return d.Frame() == want }, func() string {
			return fmt.Sprintf("displayed %q, want %q", d.Frame().Text, want.Text)
		})
	}
	show(10000)
	t.Run("running", func(t *testing.T) {
		r := start(t, p)
		settle(t, p, r)
		shown(10000)
		show(20001)
		shown(20001)
	})
	show(30000)
}

func outputsNeverBlock(t *testing.T, p hal.Panel, d Driver) {
	r := start(t, p)
	settle(t, p, r)
	parts := p.Parts()
	began := time.Now()
	if parts.Lamps != nil {
		parts.Lamps.Light("no such lamp", hal.On)
		for n := range 400 {
			for _, lamp := range hal.LampNames {
				parts.Lamps.Light(lamp, hal.Pattern(n%4))
			}
		}
		parts.Lamps.Light(hal.LampLine, hal.On)
	}
	if parts.Ringer != nil {
		cadence := hal.Cadence{{On: time.Second, Off: 4 * time.Second}}
		for range 200 {
			parts.Ringer.Ring(cadence)
			parts.Ringer.Ring(hal.Cadence{})
		}
		parts.Ringer.Ring(cadence)
	}
	if took := time.Since(began); took > patience {
		t.Errorf("took %v", took)
	}
	if d.Lamp != nil && parts.Lamps != nil {
		eventually(t, func() bool { return d.Lamp(hal.LampLine) == hal.On }, func() string { return "the line lamp is not lit" })
	}
	if d.Lit != nil && parts.Lamps != nil {
		shows(t, d, hal.LampLine, true)
	}
	if d.Rings != nil && parts.Ringer != nil {
		eventually(t, d.Rings, func() string { return "it does not ring" })
		parts.Ringer.Ring(hal.Cadence{})
		eventually(t, func() bool { return !d.Rings() }, func() string { return "it rings on" })
	}
	r.quiet()
}
