package jitter

// Our own choices for when correction is waited for.
const (
	lossMemory = 128  // packets
	lossyAt    = 0.02 // share lost at which a packet time of delay is given for it
	lossyUntil = 0.005
	worthIt    = 0.25 // share of the gaps that were really repaired
	tryAgain   = 512  // packets after which it is tried once more
)

// A repair decides whether a lost packet is worth waiting for the next one, which may
// carry a copy of it, or is the other end of a bridge over the gap.
type repair struct {
	able  bool    // the codec has such copies
	sure  bool    // or needs none: a bridge leads to every packet
	loss  float64 // share of packets lost, lately
	lossy bool
	worth float64 // share of gaps that the copy closed, lately
	since int     // packets since it was found worthless
}

func (r *repair) lost() {
	if r.loss += (1 - r.loss) / lossMemory; r.loss > lossyAt {
		r.lossy = true
	}
}

func (r *repair) came() {
	if r.loss -= r.loss / lossMemory; r.loss < lossyUntil {
		r.lossy = false
	}
	if r.since++; r.since > tryAgain {
		r.worth = max(r.worth, 2*worthIt)
		r.since = 0
	}
}

// waits says whether a packet time of delay is given for it.
func (r *repair) waits() bool { return r.lossy && (r.sure || r.able && r.worth > worthIt) }

// Recovered reports whether a Lost frame with Next was really closed by the copy in the
// packet after it. While losses are many and it is, packets wait for the one after them.
func (b *Buffer) Recovered(really bool) {
	r := &b.repair
	if really {
		b.stats.Recovered++
		r.worth += (1 - r.worth) / 8
	} else {
		r.worth -= r.worth / 8
	}
}
