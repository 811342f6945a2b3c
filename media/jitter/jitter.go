// Package jitter owns the playout buffer of one received RTP stream: it puts
// packets back in order, decides when each is played, follows the network's delay
// and the sender's clock, and keeps the loss and jitter figures that RTCP reports.
// It is pure: packets and times are arguments, and it holds no clock, goroutine or
// codec. It refuses to decode, to conceal and to stretch; it says when that is due.
package jitter

import "time"

// Config of a Buffer. Clock is required; the zero value of the rest is sensible.
type Config struct {
	Clock      int           // RTP clock rate in Hz: 8000 for G.711, 48000 for Opus
	PacketTime time.Duration // expected until the stream shows its own; zero: 20 ms
	Min        time.Duration // least playout delay; zero: 10 ms
	Max        time.Duration // greatest playout delay; zero: 400 ms
	Packets    int           // packets held at most, 4 to 512; zero: 64
	Bytes      int           // bytes of the longest payload; zero: 1500
}

// A Packet is the part of an RTP packet (RFC 3550 §5.1) that playout needs.
type Packet struct {
	Sequence  uint16
	Timestamp uint32
	SSRC      uint32
	Type      uint8
	Marker    bool
	Payload   []byte
}

// An Arrival is what Put made of a packet.
type Arrival uint8

const (
	Accepted  Arrival = iota // kept
	Duplicate                // had before: dropped
	Late                     // its time is past: dropped
	TooLong                  // payload longer than Config.Bytes, or empty: dropped
	Suspect                  // far from the stream's sequence: dropped, unless the next one follows it
	Restarted                // the source, or its sequence, changed: the buffer began anew with it
)

// A Verdict is what to play next.
type Verdict uint8

const (
	// Wait: nothing has come yet, or the buffer fills up to its target. Play silence
	// (or comfort noise) for one frame and ask again.
	Wait Verdict = iota
	// Play: decode Frame.Packet.
	Play
	// Lost: Frame.Span of sound is missing and sound after it is here. Conceal it, or
	// recover it from Frame.Packet, the packet just after the gap, when Frame.Next is set.
	Lost
	// Dry: the next packet is not here and none after it. Conceal Frame.Span. If the
	// packet still comes it is played, and the delay has grown; if not, the time counts
	// as its concealment.
	Dry
)

// A Stretch is how the delay should change during a Play frame. The consumer cuts
// out or repeats a pitch period (dsp.Stretcher), which it then reports through
// Adjusted; it may also leave it be: the buffer asks again.
type Stretch int8

const (
	Keep       Stretch = iota
	Shorten            // only where the sound is quiet or strongly periodic
	ShortenNow         // at once, even in speech
	Lengthen           // only where the sound is quiet or strongly periodic
	LengthenNow
)

// A Frame is the answer of Get.
type Frame struct {
	Verdict Verdict
	Packet  Packet        // Play: this one; Lost with Next: the one after the gap. Payload is valid until the next Put or Get
	Span    time.Duration // how long the sound is: of the packet, or of the gap
	Next    bool          // Lost: Packet follows the gap directly (its FEC covers the last PacketTime of it)
	Stretch Stretch       // Play only
	Jump    bool          // the sound does not continue what was played before (a restart, or delay thrown away): blend
}
