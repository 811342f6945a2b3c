package ui

import (
	"time"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
)

// Render draws what a display of size shows at s.Now: exactly size.Rows lines of size.Cols
// runes, all of them fit for an HD44780.
func Render(p phone.Snapshot, s State, size hal.Size) hal.Frame {
	f := hal.Frame{Light: true}
	f.Text[0] = p.Name
	return f.Fit(size)
}

// NextRedraw returns after how long Render gives another frame with nothing but time
// passing; 0: never. Station sends a Tick then, and may sleep until then.
func NextRedraw(p phone.Snapshot, s State, size hal.Size) time.Duration { return time.Second }
