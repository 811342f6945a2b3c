package rtp

import (
	"testing"
	"time"

	"github.com/pion/rtp"
)

func parse(t *testing.T, packet []byte) rtp.Packet {
	t.Helper()
	var p rtp.Packet
	if err := p.Unmarshal(packet); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSenderNumbersAndTimes(t *testing.T) {
	s := NewSender(99)
	s.Clock = 8000
	packet := make([]byte, HeaderLen+160)
	var first rtp.Packet
	for i := range 5 {
		s.Stamp(packet, 8)
		s.Advance(160, time.Duration(i)*20*time.Millisecond)
		p := parse(t, packet)
		if i == 0 {
			first = p
		}
		if p.SSRC != 99 || p.PayloadType != 8 || p.SequenceNumber != first.SequenceNumber+uint16(i) ||
			p.Timestamp != first.Timestamp+uint32(i)*160 || len(p.Payload) != 160 {
			t.Errorf("packet %d: %+v", i, p.Header)
		}
		if p.Marker != (i == 0) { // RFC 3551 §4.1
			t.Errorf("packet %d: marker %v", i, p.Marker)
		}
	}
	if s.Packets != 5 || s.Octets != 800 {
		t.Errorf("counted %d packets, %d octets", s.Packets, s.Octets)
	}
	// 10 s of silence later the timestamp has gone on, the sequence has not.
	s.Pause()
	s.Resume(80*time.Millisecond + 10*time.Second)
	s.Stamp(packet, 8)
	p := parse(t, packet)
	if !p.Marker || p.SequenceNumber != first.SequenceNumber+5 || p.Timestamp != first.Timestamp+5*160+80000 {
		t.Errorf("after a pause: %+v, first %+v", p.Header, first.Header)
	}
}

func TestSenderEvents(t *testing.T) {
	s := NewSender(1)
	s.Clock = 48000
	packet := make([]byte, HeaderLen+4)
	var began uint32
	for i := range uint32(3) {
		s.Advance(960, 0)
		if i == 2 { // the process stood still: the stream's clock moves on in mid-event
			s.Pause()
			s.Resume(300 * time.Millisecond)
		}
		s.StampEvent(packet, 101, 960, 0, i == 0)
		p := parse(t, packet)
		if i == 0 {
			began = p.Timestamp
		}
		if p.Timestamp != began || p.Marker != (i == 0) || p.PayloadType != 101 {
			t.Errorf("event packet %d: %+v", i, p.Header)
		}
	}
}

// RFC 3550 §5.1: sequence and timestamp begin anywhere.
func TestSenderBeginsAnywhere(t *testing.T) {
	seqs, stamps, ssrcs := map[uint16]bool{}, map[uint32]bool{}, map[uint32]bool{}
	for range 50 {
		s := NewSender(NewSSRC())
		seqs[s.seq], stamps[s.stamp], ssrcs[s.SSRC] = true, true, true
	}
	if len(seqs) < 45 || len(stamps) < 49 || len(ssrcs) < 49 || ssrcs[0] {
		t.Errorf("of 50: %d sequences, %d timestamps, %d sources", len(seqs), len(stamps), len(ssrcs))
	}
}
