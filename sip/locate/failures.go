package locate

import (
	"slices"
	"time"
)

// How long a candidate that failed is tried behind the others; ours.
const (
	ShunFor    = 2 * time.Minute
	maxShunned = 64
)

// Failures remembers which candidates failed lately (RFC 3263 §4.3 has a client go on to
// the next one; it need not begin with a dead one each time). The zero Failures is empty;
// one goroutine owns it.
type Failures struct {
	until map[Candidate]time.Time
}

// Failed notes that a candidate did not work, for at least as long as it asked for
// (Retry-After); 0: it said nothing.
func (f *Failures) Failed(c Candidate, now time.Time, asked time.Duration) {
	if f.until == nil {
		f.until = map[Candidate]time.Time{}
	}
	if len(f.until) >= maxShunned {
		for old, until := range f.until {
			if !now.Before(until) || len(f.until) >= maxShunned {
				delete(f.until, old)
			}
		}
	}
	f.until[c] = now.Add(min(max(asked, ShunFor), time.Hour))
}

// Works forgets what was noted of a candidate.
func (f *Failures) Works(c Candidate) { delete(f.until, c) }

// Forget forgets everything: the network is another.
func (f *Failures) Forget() { clear(f.until) }

// Shuns reports whether a candidate failed lately.
func (f *Failures) Shuns(c Candidate, now time.Time) bool { return now.Before(f.until[c]) }

// Last puts the candidates that failed lately behind the others and changes no order
// otherwise. all is left as it is.
func Last[T any](f *Failures, all []T, candidate func(T) Candidate, now time.Time) []T {
	out := slices.Clone(all)
	slices.SortStableFunc(out, func(a, b T) int {
		rank := func(t T) int {
			if f.Shuns(candidate(t), now) {
				return 1
			}
			return 0
		}
		return rank(a) - rank(b)
	})
	return out
}
