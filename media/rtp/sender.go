package rtp

import (
	"crypto/rand"
	"encoding/binary"
	"time"

	"github.com/pion/rtp"
)

// HeaderLen is how much room Stamp needs before a payload.
const HeaderLen = 12

// A Sender numbers and times the packets of one outgoing stream (RFC 3550 §5.1). It
// belongs to one goroutine and allocates nothing.
type Sender struct {
	SSRC  uint32
	Clock int // of the RTP timestamps, in Hz

	Packets, Octets uint32 // sent, for the sender report (§6.4.1)

	header  rtp.Header
	seq     uint16
	stamp   uint32
	at      time.Duration // when the media at stamp was current
	started bool
	spurt   bool   // the next packet begins a talkspurt
	event   uint32 // timestamp at which the telephone event under way began
}

// NewSender makes a sender with random identifiers (RFC 3550 §5.1, §8.1) for the stream ssrc.
func NewSender(ssrc uint32) *Sender {
	var b [8]byte
	rand.Read(b[:])
	return &Sender{
		SSRC: ssrc, seq: binary.BigEndian.Uint16(b[:]), stamp: binary.BigEndian.Uint32(b[4:]),
		header: rtp.Header{Version: 2}, spurt: true,
	}
}

// NewSSRC draws an SSRC; never 0.
func NewSSRC() uint32 {
	var b [4]byte
	for {
		rand.Read(b[:])
		if v := binary.BigEndian.Uint32(b[:]); v != 0 {
			return v
		}
	}
}

// Advance passes units of the RTP clock that end at now. Call it once for each packet
// time, sent or not, after the packet.
func (s *Sender) Advance(units uint32, now time.Duration) {
	s.stamp += units
	s.at, s.started = now, true
}

// Pause says that nothing is sent from now on: the next packet begins a talkspurt, and
// its timestamp counts the time between (§5.1: it reflects the sampling instant).
func (s *Sender) Pause() { s.spurt = true }

// Resume brings the timestamp up to now after a Pause.
func (s *Sender) Resume(now time.Duration) {
	if s.started && now > s.at {
		s.stamp += uint32(int64(now-s.at) * int64(s.Clock) / int64(time.Second))
		s.at = now
	}
}

// Stamp writes the header in front of payload, which begins at packet[HeaderLen:], and
// counts the packet. The marker is set at the beginning of a talkspurt (RFC 3551 §4.1).
func (s *Sender) Stamp(packet []byte, payloadType uint8) {
	s.header.Marker = s.spurt
	s.spurt = false
	s.put(packet, payloadType, s.stamp)
}

// StampEvent does the same for a telephone event (RFC 4733 §2.5.1). The first packet of
// one, which has the marker, says when it began: slot units ago. All others keep to that,
// whatever happens to the stream's own clock meanwhile, so that the far end hears one
// event; into is how far into it the packet's segment begins.
func (s *Sender) StampEvent(packet []byte, payloadType uint8, slot, into uint32, marker bool) {
	if marker {
		s.event = s.stamp - slot
	}
	s.header.Marker = marker
	s.put(packet, payloadType, s.event+into)
}

// StampNoise does the same for comfort noise, which stands in a pause: the packet after it
// begins a talkspurt (RFC 3389 §4).
func (s *Sender) StampNoise(packet []byte, payloadType uint8) {
	s.header.Marker, s.spurt = false, true
	s.put(packet, payloadType, s.stamp)
}

func (s *Sender) put(packet []byte, payloadType uint8, stamp uint32) {
	s.header.PayloadType = payloadType & 0x7f
	s.header.SequenceNumber = s.seq
	s.header.Timestamp = stamp
	s.header.SSRC = s.SSRC
	s.seq++
	s.header.MarshalTo(packet) // 12 bytes: no extension, no contributing source
	s.Packets++
	s.Octets += uint32(len(packet) - HeaderLen)
}

// Timestamp is the RTP timestamp that corresponds to now.
func (s *Sender) Timestamp(now time.Duration) uint32 {
	return s.stamp + uint32(int64(now-s.at)*int64(s.Clock)/int64(time.Second))
}
