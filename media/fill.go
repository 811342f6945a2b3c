package media

import "time"

// Our own choices for how far the engine renders ahead of the card.
const (
	marginMost = 60 * time.Millisecond
	calm       = 30 * time.Second // for so long a late step is remembered
	lateLeast  = time.Millisecond
)

// fill is how full the playback ring should be after each step: what the card takes until the
// next one, and a margin that follows how late the steps have been. The card's own period
// hides one period of lateness beside it.
//
// The margin is as long as the greatest lateness that is remembered, if another one is at least
// half as great; else as long as that other one. So a machine that stalls once is heard to do
// so and does not pay with delay for it; one that stalls every few seconds is heard twice.
type fill struct {
	rate   int
	base   time.Duration // a step
	margin time.Duration
	held   int         // samples in the ring when a step had filled it
	gone   uint64      // samples that were missing, as far as they were counted
	late   [8]lateStep // those remembered
}

// A lateStep is a step for which the card had to wait.
type lateStep struct {
	at time.Duration
	by time.Duration
}

// opened begins with a card, that has missed so many samples, and steps of the given length;
// what was learnt of our lateness stays.
func (f *fill) opened(step time.Duration, missing uint64) {
	f.base, f.gone = step, missing
	f.held = samples(f.rate, step) // the first step takes what every step does
}

// target is in samples.
func (f *fill) target() int { return samples(f.rate, f.base+f.margin) }

// arrive takes how much later than it should a step came. It takes the place of the least one
// that is remembered, and of the oldest of those.
func (f *fill) arrive(now, by time.Duration) {
	place := 0
	for i := range f.late {
		if now-f.late[i].at >= calm {
			f.late[i].by = 0
		}
		if a, b := f.late[i], f.late[place]; a.by < b.by || a.by == b.by && a.at < b.at {
			place = i
		}
	}
	if by >= lateLeast && by >= f.late[place].by {
		f.late[place] = lateStep{now, by}
	}
	var most, second time.Duration
	for _, l := range f.late {
		if l.by > most {
			most, second = l.by, most
		} else {
			second = max(second, l.by)
		}
	}
	if f.margin = min(second, marginMost); second >= most/2 {
		f.margin = min(most, marginMost)
	}
}
