package media

import "time"

// A beat is how a leg is listened to: how much sound is taken in a step of the engine, which
// follows the card's period. The playout buffer moves sound up to the next step, so it has
// to know them. The zero value is ready.
type beat struct {
	at    time.Duration // when the present step began
	taken time.Duration // in it
	mean  time.Duration // of the steps before
	told  time.Duration
}

// Our own choices: a step that is late takes more, so it is the mean that counts; and a
// change that is less than a millisecond or two is none.
const (
	beatMemory = 16
	beatGrain  = 2 * time.Millisecond
	beatLeast  = 2500 * time.Microsecond
)

// take notes that d of sound is taken at now. It returns how much was taken in the same
// step before, behind which it sounds, and the length of a step where that is news.
func (b *beat) take(d, now time.Duration) (before, news time.Duration) {
	if now == b.at {
		before = b.taken
		b.taken += d
		return before, 0
	}
	if b.taken > 0 {
		if b.mean == 0 {
			b.mean = b.taken
		}
		b.mean += (b.taken - b.mean) / beatMemory
	}
	b.at, b.taken = now, d
	if b.mean > 0 && (b.mean-b.told).Abs() >= beatGrain {
		b.told = max(b.mean.Round(time.Millisecond), beatLeast)
		return 0, b.told
	}
	return 0, 0
}
