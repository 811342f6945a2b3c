package jitter

import "time"

// Our own choices for how soon a change for the better is believed.
const (
	recentLen = 500 * time.Millisecond
	recents   = 5
	surprise  = 10    // e^-10: one chance in twenty thousand, were packets independent, which they are not
	doubt     = 0.002 // what the old times count for after it
)

// recent keeps the greatest transit of each of the last half seconds, in bins.
type recent struct {
	most  [recents]int64
	count [recents]int
	place int
	full  bool
	since time.Duration
}

// add takes the transit of a packet that came at the given time; true: a half second is
// over, and there are enough of them to judge.
func (r *recent) add(bin int64, at time.Duration) (judge bool) {
	if r.count == [recents]int{} {
		r.since, r.most[r.place] = at, bin
	}
	if at-r.since >= recentLen {
		judge = r.full || r.place == recents-1
		r.full = judge
		r.place = (r.place + 1) % recents
		r.most[r.place], r.count[r.place] = bin, 0
		r.since = at
	}
	r.most[r.place] = max(r.most[r.place], bin)
	r.count[r.place]++
	return judge
}

// settle looks for a network that came to rest. If the delays that are remembered still
// held, some of the last packets would have come later than all of them did, but for one
// chance in thousands. Then the old times are believed no more.
func (d *delay) settle() bool {
	latest, count := d.recent.most[0], 0
	for i, m := range d.recent.most {
		latest, count = max(latest, m), count+d.recent.count[i]
	}
	most := int(min(max(latest-d.low, 0), bins-1))
	tail := 0.0
	for i := most + 2; i < bins; i++ {
		tail += *d.over(i)
	}
	if tail/d.total*float64(count) < surprise || tail >= d.total {
		return false
	}
	keep := doubt * (d.total - tail) / tail
	for i := most + 2; i < bins; i++ {
		*d.over(i) *= keep
	}
	d.total += tail * (keep - 1)
	return true
}
