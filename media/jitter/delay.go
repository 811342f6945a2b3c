package jitter

import "time"

// Our own choices for how the delay is learnt.
const (
	binWidth = time.Millisecond
	bins     = 1024
	memory   = 400                   // packets after which one counts 1/e as much
	prior    = 0.1                   // packets that Config.Start counts for
	perLate  = 30 * time.Millisecond // so much delay is worth a hundredth fewer late packets
	margin   = 2 * time.Millisecond  // over that, for what the bins and the listener round
	stray    = 2                     // bins that the base moves by drift at once

	bucketLen = time.Second
	buckets   = 8 // the base is the least transit of this many seconds
)

// A delay learns from the transit of packets when they should be played.
type delay struct {
	least, most time.Duration // limits of target
	target      time.Duration

	// weights say how many packets have which transit: bin i is that of all transits with
	// floor(transit/binWidth) = i modulo bins. The bins from that of the base on count
	// upwards, up to a second.
	weights [bins]float64
	low     int64 // floor(base/binWidth)
	total   float64
	seen    int

	minimum [buckets]time.Duration // least transit in each of the last seconds
	used    int                    // buckets that hold one
	bucket  int
	since   time.Duration // when the present bucket began
	base    time.Duration // least of minimum

	recent recent
}

func newDelay(least, most, start time.Duration) delay {
	d := delay{least: least, most: most}
	d.weights[min(int(start/binWidth), bins-1)] = 1
	d.total = 1
	d.aim()
	return d
}

// rebase forgets the transits, as for another sender, not how much they vary.
func (d *delay) rebase() { d.used, d.bucket, d.recent = 0, 0, recent{} }

// learn takes one packet's transit; counts says whether it is one of its own.
func (d *delay) learn(transit, at time.Duration, counts bool) {
	low := d.low
	if d.lowest(transit, at); d.low != low && d.seen > 0 {
		d.aim() // the target is over the base
	}
	if !counts {
		return
	}
	bin := floor(transit)
	over := int(min(bin-d.low, bins-1))
	// At first each packet counts the same, and Config.Start as a part of one, so that it
	// fades within a second.
	d.seen++
	keep := 1 - 1/min(float64(d.seen)+prior, memory)
	unit := d.total * (1 - keep) / keep // instead of shrinking all the others
	*d.over(over) += unit
	d.total += unit
	if d.total > 1e200 {
		for i := range d.weights {
			d.weights[i] /= d.total
		}
		d.total = 1
	}
	calm := d.recent.add(bin, at) && d.settle()
	if calm || d.seen < memory || d.seen%8 == 0 {
		d.aim()
	}
}

// floor is the bin of a transit, without end.
func floor(transit time.Duration) int64 {
	bin := int64(transit / binWidth)
	if transit%binWidth < 0 {
		bin--
	}
	return bin
}

// over is the weight of the bin i above the base's.
func (d *delay) over(i int) *float64 { return &d.weights[uint64(d.low+int64(i))%bins] }

// lowest keeps the least transit of the last seconds.
func (d *delay) lowest(transit, at time.Duration) {
	fresh := d.used == 0
	if fresh {
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
	if fresh {
		d.renumber(floor(d.base))
	} else {
		d.move(floor(d.base))
	}
}

// renumber gives the bins the transits of another sender: they keep their distance from
// the base.
func (d *delay) renumber(low int64) {
	by := int(uint64(low-d.low) % bins)
	if by != 0 {
		old := d.weights
		for i := range d.weights {
			d.weights[(i+by)%bins] = old[i]
		}
	}
	d.low = low
}

// move follows the base. Where it strays a little, as clocks make it, the bins keep their
// distance from it, and otherwise their transits: what would be below the base is counted
// at it, what would be too far above it at the highest bin.
func (d *delay) move(low int64) {
	if n := low - d.low; n == 0 {
		return
	} else if n <= -bins || n >= bins || -stray <= n && n <= stray {
		d.renumber(low)
	}
	for ; d.low < low; d.low++ {
		below := d.over(0)
		*d.over(1) += *below
		*below = 0
	}
	for ; d.low > low; d.low-- {
		beyond := d.over(bins - 1)
		*d.over(bins - 2) += *beyond
		*beyond = 0
	}
}

// aim sets the target: the delay over the base at which a longer one would no longer pay
// for itself in packets that come in time.
func (d *delay) aim() {
	const price = 100 * float64(perLate) / float64(binWidth) // bins that all packets are worth
	tail, best, least := 0.0, bins-1, float64(bins-1)
	for i := bins - 1; i > 0; i-- {
		tail += *d.over(i)
		// Without bin i, tail is late.
		if cost := float64(i-1) + price*tail/d.total; cost <= least {
			best, least = i-1, cost
		}
	}
	d.target = min(max(time.Duration(best+1)*binWidth+margin, d.least), d.most)
}
