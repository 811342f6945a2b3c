package quality

// Gmin is how many packets in a row must come to end a burst (RFC 3611 §4.7.2: 16 is
// recommended).
const Gmin = 16

// Bursts sorts what became of the packets of a stream, in their order, into bursts, the
// longest sequences that begin and end with a packet lost and have fewer than Gmin between
// two of them, and the gaps around them. A loss that stands alone belongs to its gap. The
// zero value has seen nothing; it allocates nothing.
//
//	....x....................xx.x...x.......................
//	   gap                  |-burst-|          gap
type Bursts struct {
	packets, lost uint64 // in all
	runs          uint64 // sequences of losses without a packet between
	inRun         bool

	bursts                  uint64 // that are over
	burstPackets, burstLost uint64

	open     bool   // a burst may be under way:
	openLen  uint64 // packets from its first loss to its last
	openLost uint64
	since    uint64 // packets that came since its last loss
}

// Came notes n packets that were played.
func (b *Bursts) Came(n uint64) {
	if n == 0 {
		return
	}
	b.packets += n
	b.inRun = false
	if b.open {
		if b.since += n; b.since >= Gmin {
			b.close()
		}
	}
}

// Lost notes n packets in a row that were not there when they were due.
func (b *Bursts) Lost(n uint64) {
	if n == 0 {
		return
	}
	b.packets += n
	b.lost += n
	if !b.inRun {
		b.inRun = true
		b.runs++
	}
	if !b.open {
		b.open, b.openLen, b.openLost, b.since = true, 0, 0, 0
	}
	b.openLen += b.since + n
	b.openLost += n
	b.since = 0
}

// close ends what is open: a burst, or a loss that stood alone.
func (b *Bursts) close() {
	if b.openLost > 1 {
		b.bursts++
		b.burstPackets += b.openLen
		b.burstLost += b.openLost
	}
	b.open = false
}

// Pattern is what Bursts has seen.
type Pattern struct {
	Packets, Lost uint64
	// Burst and Gap are the share lost within bursts and within gaps, 0 to 1.
	Burst, Gap float64
	// BurstLength and GapLength are their mean lengths in packets; 0: there was none.
	BurstLength, GapLength float64
	// Ratio is G.107's BurstR: the mean run of losses over that of losses at random; 1
	// where nothing was lost.
	Ratio float64
}

// Pattern sums up. A burst under way counts as if it ended here.
func (b Bursts) Pattern() Pattern {
	if b.open {
		b.close()
	}
	p := Pattern{Packets: b.packets, Lost: b.lost, Ratio: 1}
	gapPackets := b.packets - b.burstPackets
	if b.bursts > 0 {
		p.Burst = float64(b.burstLost) / float64(b.burstPackets)
		p.BurstLength = float64(b.burstPackets) / float64(b.bursts)
	}
	if gapPackets > 0 {
		p.Gap = float64(b.lost-b.burstLost) / float64(gapPackets)
		p.GapLength = float64(gapPackets) / float64(b.bursts+1) // one before each, one after the last
	}
	if b.runs > 0 {
		mean := float64(b.lost) / float64(b.runs)
		p.Ratio = max(mean*(1-p.Loss()), 1)
	}
	return p
}

// Loss is the share lost in all, 0 to 1.
func (p Pattern) Loss() float64 {
	if p.Packets == 0 {
		return 0
	}
	return float64(p.Lost) / float64(p.Packets)
}
