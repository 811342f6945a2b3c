// Package agreement is the seam between sip and media: what this end can offer for
// one leg (Local) and what offer and answer settled on (Agreed). It is a leaf of
// values; it opens nothing and decides nothing.
package agreement

import (
	"net/netip"
	"time"
)

// Direction of a media stream seen from this end (RFC 3264 §5.1). The zero value
// is SendRecv.
type Direction uint8

const (
	SendRecv Direction = iota
	SendOnly           // we hold the far end
	RecvOnly           // we are held
	Inactive           // neither
)

// Send reports whether this end sends media.
func (d Direction) Send() bool { return d == SendRecv || d == SendOnly }

// Recv reports whether this end receives media.
func (d Direction) Recv() bool { return d == SendRecv || d == RecvOnly }

// Reverse is the same direction seen from the far end.
func (d Direction) Reverse() Direction {
	switch d {
	case SendOnly:
		return RecvOnly
	case RecvOnly:
		return SendOnly
	}
	return d
}

func (d Direction) String() string {
	return [...]string{"sendrecv", "sendonly", "recvonly", "inactive"}[d&3]
}

// Local is what media allocated for one leg before anything is sent.
type Local struct {
	RTP   netip.AddrPort // where we receive RTP
	RTCP  netip.AddrPort // where we receive RTCP: RTP's port + 1
	SSRC  uint32
	CNAME string
	// Codecs that media can run at all. Their order means nothing here: the account's
	// order, cut by these, is what gets offered.
	Codecs []Codec

	Fingerprint string // of this end's certificate, "sha-256 AB:CD:…"; "": no DTLS-SRTP
	ICE         ICE
}

// Agreed is the result of one offer/answer exchange for one leg.
type Agreed struct {
	RTP         netip.AddrPort // where the far end receives RTP; invalid: nothing may be sent
	RTCP        netip.AddrPort // where the far end receives RTCP
	Codec       Codec
	PayloadType uint8         // what we send; and what we receive, unless RecvType differs
	RecvType    uint8         // payload type that the far end uses towards us
	PacketTime  time.Duration // of the packets we send, 10 ms to 60 ms; zero: 20 ms
	Direction   Direction     // ours
	EventType   uint8         // payload type of telephone-event (RFC 4733); 0: not agreed
	EventRecv   uint8         // the same towards us; 0: not agreed
	EventClock  int           // its clock rate in Hz
	Digits      Digits        // how we send digits
	FEC         bool          // the far end takes Opus in-band FEC (useinbandfec=1)
	MaxBitrate  int           // Opus maxaveragebitrate in bit/s that the far end takes; 0: no limit named
	MaxRate     int           // Opus maxplaybackrate in Hz: more it cannot play; 0: no limit named

	// Pauses that are not sent, where this end wants that and the far end can take it.
	NoiseType uint8 // payload type of comfort noise (RFC 3389) that we send; 0: none
	NoiseRecv uint8 // the same towards us; 0: not agreed
	DTX       bool  // Opus: discontinuous transmission by us

	XR         bool // the far end wants VoIP metrics in RTCP (RFC 3611 §5.1)
	Mux        bool // RTCP shares RTP's port (RFC 5761)
	Protection Protection
	ICE        ICE // the far end's; zero: media goes to RTP, or where it comes from
}

// Digits is how DTMF digits are sent.
type Digits uint8

const (
	DigitsAsEvents  Digits = iota // RFC 4733; as sound where that was not agreed
	DigitsAsSound                 // as tones in the voice
	DigitsAsSignals               // in the signalling: whoever signals is told of each
)

// A Leg is media's handle for one leg of a call: its sockets, codec and playout. 0 is none.
type Leg uint64
