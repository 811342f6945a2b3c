package media

import (
	"time"

	"github.com/offhook/offhook/media/audio"
)

// Our own choices for how far the engine renders ahead of the card.
const (
	marginStep = 5 * time.Millisecond
	marginMost = 60 * time.Millisecond
	calm       = 20 * time.Second // without an underrun, before the margin shrinks a step
)

// fill is how full the playback ring should be after each step: what the card takes
// until the next wake-up, and a margin that follows how late our wake-ups have been, as
// the underruns tell. The card's own period hides one period of lateness beside it.
type fill struct {
	rate   int
	base   time.Duration
	margin time.Duration
	since  time.Duration // of the last change
}

// opened begins with a card; what was learnt of our lateness stays.
func (f *fill) opened(c audio.Card) {
	f.base = max(packetTime, 2*c.Period())
}

// measure takes the underruns since the last step.
func (f *fill) measure(now time.Duration, underruns uint64) {
	switch {
	case underruns > 0:
		f.margin = min(f.margin+time.Duration(min(underruns, 3))*marginStep, marginMost)
		f.since = now
	case f.margin > 0 && now-f.since >= calm:
		f.margin -= marginStep
		f.since = now
	}
}

// target is in samples.
func (f *fill) target() int { return samples(f.rate, f.base+f.margin) }
