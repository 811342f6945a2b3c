package measure

import (
	"slices"
	"time"
)

// steady is how many pieces of speech in a row one delay is the median of: a third of a
// second, so that one piece that is taken for another does not count.
const steady = 5

// Under is how long after calm, when the network became perfect, the delay is under short
// for good. False: not within the track, or nothing was recognised.
func (t Track) Under(short, calm time.Duration) (time.Duration, bool) {
	var known Track
	for _, p := range t {
		if p.Alike > 0 && p.At >= calm {
			known = append(known, p)
		}
	}
	back, ok := time.Duration(0), false
	for i := range known {
		if smooth(known, i) >= short {
			ok = false
		} else if !ok {
			back, ok = known[i].At-calm, true
		}
	}
	return back, ok
}

// smooth is the median delay of the pieces around i.
func smooth(t Track, i int) time.Duration {
	var some []time.Duration
	for k := max(0, i-steady/2); k <= min(len(t)-1, i+steady/2); k++ {
		some = append(some, t[k].Delay)
	}
	slices.Sort(some)
	return some[len(some)/2]
}
