// Package jitter owns the playout buffer of one received RTP stream: it puts
// packets back in order, decides when each is played, follows the network's delay
// and the sender's clock, and keeps the loss and jitter figures that RTCP reports.
// It is pure: packets and times are arguments, and it holds no clock, goroutine or
// codec. It refuses to decode, to conceal and to stretch; it says when that is due.
//
// How it decides: the transit of a packet is its arrival time less its RTP timestamp
// as a time. The least transit of the last seconds is the base; a packet is due at
// base + timestamp + target, where target is the delay over the base beyond which more
// delay would save too few packets: a histogram of the transits says how many, and
// forgets. Packets that come later than they are due make the buffer run dry, which lets
// the delay grow at once; it comes back by shortened sound.
//
// The listener does not ask all the time, but every Config.Step. What is decided is the
// time at which a packet is needed; between two steps more delay lets no packet come
// later, so the sound is moved up to the step, and where the listener can move its steps,
// they are moved up to the packets.
package jitter

import "time"

// Config of a Buffer. Clock is required; the zero value of the rest is sensible.
type Config struct {
	Clock      int           // RTP clock rate in Hz: 8000 for G.711, 48000 for Opus
	PacketTime time.Duration // expected until the stream shows its own; zero: 20 ms
	Step       time.Duration // how often the listener asks for sound; zero: 10 ms
	Grid       time.Duration // by what its steps can be moved, a part of Step: see Sooner; zero: they cannot
	Min        time.Duration // least playout delay; zero: 3 ms
	Max        time.Duration // greatest playout delay; zero: 400 ms
	Start      time.Duration // spread of the delay that is believed before anything is known; zero: 20 ms
	Repair     bool          // packets may carry a copy of the one before (Opus' in-band correction)
	Bridge     bool          // what is lost is made up better from both sides: with the packet after it
	Packets    int           // packets held at most, 4 to 512; zero: 64
	Bytes      int           // bytes of the longest payload; zero: 1500
	Memory     []byte        // for the payloads, from Buffer.Memory of a buffer that is over; nil: new
}

func (c Config) complete() Config {
	if c.Clock <= 0 {
		panic("jitter: no RTP clock rate")
	}
	if c.PacketTime <= 0 {
		c.PacketTime = 20 * time.Millisecond
	}
	if c.Step <= 0 {
		c.Step = 10 * time.Millisecond
	}
	if c.Min <= 0 {
		c.Min = 3 * time.Millisecond
	}
	if c.Max <= 0 {
		c.Max = 400 * time.Millisecond
	}
	c.Max = max(c.Max, c.Min)
	if c.Start <= 0 {
		c.Start = 20 * time.Millisecond
	}
	if c.Packets == 0 {
		c.Packets = 64
	}
	c.Packets = min(max(c.Packets, 4), 512)
	if c.Bytes <= 0 {
		c.Bytes = 1500
	}
	return c
}

// A Packet is the part of an RTP packet (RFC 3550 §5.1) that playout needs.
type Packet struct {
	Sequence  uint16
	Timestamp uint32
	SSRC      uint32
	Type      uint8
	Marker    bool
	// Quiet: the sender falls silent after it (comfort noise, RFC 3389 and RFC 7587 §3.1.3).
	// What does not come then is no loss.
	Quiet bool
	Noise bool // Payload describes noise: nothing is made of that here
	// Payload may be empty for a packet that is no sound (a telephone-event, RFC 4733):
	// it takes its place in the sequence, and nothing is played for it.
	Payload []byte
}

// An Arrival is what Put made of a packet.
type Arrival uint8

const (
	Accepted  Arrival = iota // kept
	Duplicate                // had before: dropped
	Late                     // its time is past: dropped
	TooLong                  // payload longer than Config.Bytes: dropped
	Suspect                  // another source, or far from the sequence: set aside until the next one follows it
	Restarted                // the next one did: the buffer began anew with both
)

// A Verdict is what to play next.
type Verdict uint8

const (
	// Wait: nothing has come yet, the buffer fills up to its target, or the sender is
	// silent on purpose. Play silence or comfort noise for Span and ask again.
	Wait Verdict = iota
	// Play: decode Frame.Packet.
	Play
	// Lost: Frame.Span of sound is missing and sound after it is here. Conceal it, or
	// recover it from Frame.Packet, or bridge it to that, when Frame.Next is set.
	Lost
	// Dry: the next packet is not here and none after it. Conceal Frame.Span. If the
	// packet still comes it is played, and the delay has grown; if not, the time counts
	// as its concealment.
	Dry
	// Rest: the sender said that it is silent. Play comfort noise for Frame.Span.
	Rest
)

// A Stretch is how the delay should change during a Play frame. The consumer cuts
// out or repeats a pitch period (dsp.Stretcher), which it then reports through
// Adjusted; it may also leave it be: the buffer asks again.
type Stretch int8

const (
	Keep        Stretch = iota
	Shorten             // only where it is not heard: quiet or strongly periodic sound
	ShortenNow          // at once, even in speech
	Lengthen            // only where it is not heard
	LengthenNow         // at once
)

// A Frame is the answer of Take.
type Frame struct {
	Verdict Verdict
	Packet  Packet        // Play: this one; Lost with Next: the one after the gap. Payload is valid until the next Put or Take
	Span    time.Duration // how long the sound is: of the packet as far as known, or of the gap; never 0
	Next    bool          // Lost: Packet follows the gap directly, so its FEC covers the gap's end, and a bridge may lead to it
	Stretch Stretch       // Play only
	Room    time.Duration // by how much the delay is wrong: a cut should not take more
	Jump    bool          // sound before this was thrown away, to restart or to lower the delay: blend
}
