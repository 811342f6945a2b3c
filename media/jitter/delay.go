package jitter

import "time"

// Our own choices for how the delay is learnt.
const (
	binWidth = 2 * time.Millisecond
	bins     = 512 // up to 1 s
	inTime   = 0.98
	memory   = 400                  // packets after which one counts 1/e as much
	margin   = 4 * time.Millisecond // lengthening sets in 3 ms below the target

	bucketLen = time.Second
	buckets   = 8 // the base is the least transit of this many seconds
)

// A delay learns from the transit of packets when they should be played.
type delay struct {
	least, most time.Duration // limits of target
	target      time.Duration

	weights [bins]float64 // of delays over the base
	total   float64
	seen    int

	minimum [buckets]time.Duration // least transit in each of the last seconds
	used    int                    // buckets that hold one
	bucket  int
	since   time.Duration // when the present bucket began
	base    time.Duration // least of minimum
}

func newDelay(least, most, start time.Duration) delay {
	d := delay{least: least, most: most}
	d.weights[min(int(start/binWidth), bins-1)] = 1
	d.total = 1
	d.aim()
	return d
}

// rebase forgets the transits, as for another sender, not how much they vary.
func (d *delay) rebase() { d.used, d.bucket = 0, 0 }

// learn takes one packet's transit; counts says whether it is one of its own.
func (d *delay) learn(transit, at time.Duration, counts bool) {
	if d.low(transit, at); !counts {
		return
	}
	bin := min(int((transit-d.base)/binWidth), bins-1)
	// At first each packet counts the same, so that Config.Start fades within a second.
	d.seen++
	keep := 1 - 1/float64(min(d.seen+1, memory))
	unit := d.total * (1 - keep) / keep // instead of shrinking all the others
	d.weights[bin] += unit
	d.total += unit
	if d.total > 1e200 {
		for i := range d.weights {
			d.weights[i] /= d.total
		}
		d.total = 1
	}
	if d.seen < memory || d.seen%8 == 0 {
		d.aim()
	}
}

// low keeps the least transit of the last seconds.
func (d *delay) low(transit, at time.Duration) {
	if d.used == 0 {
		d.minimum[0], d.bucket, d.used, d.since = transit, 0, 1, at
	}
	if at-d.since >= bucketLen {
		d.since = at
		d.bucket = (d.bucket + 1) % buckets
		d.used = min(d.used+1, buckets)
		d.minimum[d.bucket] = transit
	}
	d.minimum[d.bucket] = min(d.minimum[d.bucket], transit)
	d.base = d.minimum[0]
	for _, m := range d.minimum[1:d.used] {
		d.base = min(d.base, m)
	}
}

// aim sets the target: the delay that all but the slowest packets keep.
func (d *delay) aim() {
	tail, late := 0.0, d.total*(1-inTime)
	bin := bins - 1
	for ; bin > 0; bin-- {
		if tail += d.weights[bin]; tail > late {
			break
		}
	}
	d.target = min(max(time.Duration(bin+1)*binWidth+margin, d.least), d.most)
}
