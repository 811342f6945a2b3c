package agreement

import (
	"net/netip"
	"time"
)

// Figures are what is known of the sound of one leg since it was agreed upon. What is not
// known is zero.
type Figures struct {
	Codec       Codec
	PayloadType uint8 // that we receive
	PacketTime  time.Duration

	Local, Remote netip.AddrPort
	SSRC, FarSSRC uint32

	Here  View // of what this end receives
	There View // of what the far end receives of us, as it reports
	// Quiet is how long nothing was heard of a far end that is to be heard.
	Quiet time.Duration
}

// A View is how well one end receives the other.
type View struct {
	Known bool // something was received, or reported

	Lost      float64 // share of the packets that the network lost, 0 to 1
	Discarded float64 // share that came too late to be played, 0 to 1

	// Bursts and gaps of loss (RFC 3611 §4.7.2): shares lost, 0 to 1, and mean lengths.
	BurstLoss, GapLoss     float64
	BurstLength, GapLength time.Duration

	Jitter    time.Duration // interarrival (RFC 3550 §6.4.1)
	RoundTrip time.Duration
	EndSystem time.Duration // spent in this end: cards, packets, playout
	OneWay    time.Duration // from the far mouth to this ear, estimated

	Playout, PlayoutMost time.Duration // delay of the playout buffer: now, and at most

	// R of ITU-T G.107, 1 to 100, and what listeners and talkers would say of it, 1 to 4.5;
	// zero: not known.
	R, Listening, Conversation float64
}
