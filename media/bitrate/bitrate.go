// Package bitrate decides how much an encoder that can choose spends, and how much of that
// on repeating itself: from what the far end reports of losses (RFC 3550 §6.4). It is a
// pure machine. It refuses to know codecs and packets.
package bitrate

import "time"

// Bounds in bit/s.
const (
	Most   = 40000 // more is not heard in a telephone's speech
	First  = 32000
	Least  = 16000 // wideband speech just stays clear (RFC 7587 §3.1.1)
	Copies = 48000 // the most with correction
)

// A Report is what is known of a way.
type Report struct {
	Lost      float64       // share lost since the report before, 0 to 1
	RoundTrip time.Duration // 0: not known
}

// An Order is what the encoder should do.
type Order struct {
	Bitrate int // bit/s, the copies included
	Loss    int // percent, to protect against; 0: none, and no forward error correction
}

// A Machine follows one way. It is a value; begin with New.
//
//	loss over the last reports    bitrate                        correction
//	none known yet                the first                      on
//	under 1 %, twice in a row     up by an eighth, to the most   off
//	1 to 20 %                     stays                          on
//	over 20 %                     down by an eighth              on
//	over 1 %, on a slower way     down by a quarter              on
//
// The copies that correction takes are paid for by half as much again: out of the same bits
// they would cost all packets more than they save of those that are lost. For the same reason
// the encoder is told of half the loss. docs/audio-path.md has the figures.
//
// A way that has slowed without a loss says nothing: reports may lie about at the far end.
type Machine struct {
	most    int           // in all
	bitrate int           // without copies
	lost    float64       // smoothed: rises at once, falls by a third a report
	calm    int           // reports in a row without a loss
	fastest time.Duration // round trip
}

// Our own choices.
const (
	some      = 0.01
	much      = 0.20
	unknown   = 0.012                  // is lost until a report says otherwise: one without a loss ends it
	calmFor   = 2                      // reports before more is tried
	slowed    = 150 * time.Millisecond // over the fastest round trip: queues fill
	lossLeast = 5                      // percent that correction is worth its bits for
	lossMost  = 15                     // percent: more would leave nothing for the speech itself
)

// New begins where the far end takes at most the given bitrate.
func New(most int) Machine {
	most = min(most, Copies)
	return Machine{most: most, bitrate: min(First, most), lost: unknown}
}

// Order is what holds now.
func (m Machine) Order() Order {
	o := Order{Bitrate: m.bitrate}
	if m.lost >= some {
		o.Bitrate = min(m.bitrate*3/2, m.most)
		o.Loss = min(max(int(m.lost*50+0.5), lossLeast), lossMost)
	}
	return o
}

// Step takes a report.
func (m Machine) Step(r Report) (Machine, Order) {
	lost := min(max(r.Lost, 0), 1)
	m.lost = max(lost, m.lost*2/3)
	if m.calm++; lost >= some {
		m.calm = 0
	}
	if r.RoundTrip > 0 && (m.fastest == 0 || r.RoundTrip < m.fastest) {
		m.fastest = r.RoundTrip
	}
	least := min(Least, m.most)
	switch {
	case lost >= some && r.RoundTrip > m.fastest+slowed:
		m.bitrate = max(m.bitrate*3/4, least)
	case lost > much:
		m.bitrate = max(m.bitrate*7/8, least)
	case m.calm >= calmFor:
		m.bitrate = min(m.bitrate*9/8, m.most, Most)
	}
	return m, m.Order()
}
