package jitter

import "time"

// RFC 3550 §A.1: how far a sequence number may be from the highest one.
const (
	maxDropout  = 3000
	maxMisorder = 100
)

// extend makes p's sequence number one without end; false if p does not belong to
// the source or lies too far away.
func (b *Buffer) extend(p Packet) (seq uint64, ok bool) {
	d := int16(p.Sequence - uint16(b.high))
	if p.SSRC != b.ssrc || d >= maxDropout || d < -maxMisorder {
		return 0, false
	}
	return b.high + uint64(int64(d)), true
}

// suspect sets aside a packet that does not belong here. Two such in sequence are a
// new source, or the old one restarted (§A.1): a single stray packet changes nothing.
func (b *Buffer) suspect(p Packet, at time.Duration) Arrival {
	s := &b.spare
	if s.full && s.packet.SSRC == p.SSRC && p.Sequence == s.packet.Sequence+1 {
		stray, came := s.packet, time.Duration(s.ts)
		playing := !b.fresh
		b.Reset()
		b.begin(stray, came)
		b.keep(stray, b.first, came)
		seq, _ := b.extend(p)
		b.keep(p, seq, at)
		b.jump = playing
		b.stats.Restarts++
		return Restarted
	}
	if s.full {
		b.stats.Discarded++
	}
	s.full, s.ts = true, int64(at)
	s.packet = p
	s.packet.Payload = s.payload[:copy(s.payload, p.Payload)]
	return Suspect
}

// timestamps unwraps RTP timestamps and takes jumps out of them: those which neither
// the sequence nor the time gone by explains, as when a sender begins anew within the
// same source; and those that are missing where a sender stopped its clock for over a
// second, as on hold.
type timestamps struct {
	last   uint32 // of the packet with the highest sequence number
	ts     int64  // the same, unwrapped, without jumps
	seq    uint64
	at     time.Duration
	jumped uint64 // sequence number from which on the last jump counts
	offset int64  // that jump: what packets before it have more
}

func (t *timestamps) begin(ts uint32, seq uint64, at time.Duration) {
	*t = timestamps{last: ts, ts: int64(ts), seq: seq, at: at, jumped: seq - maxMisorder - 1}
}

// next unwraps the timestamp of packet seq, of which the usual length is ticks.
func (t *timestamps) next(raw uint32, seq uint64, at time.Duration, ticks int64, clock int) (ts int64, jumped bool) {
	d := int64(int32(raw - t.last))
	if seq < t.seq {
		if seq < t.jumped {
			d = int64(int32(raw - t.last + uint32(t.offset)))
			if d > 0 {
				d = 0
			}
		}
		return t.ts + d, false
	}
	// A gap in time that the sender's silence or lost packets explain is no jump.
	bySeq := int64(seq-t.seq) * ticks
	byTime := int64((at - t.at) / time.Microsecond * time.Duration(clock) / 1e6)
	slack := int64(clock) / 2
	if away(d, bySeq) > slack && away(d, byTime) > slack || byTime-d > int64(clock) {
		jumped = true
		step := max(bySeq, byTime)
		t.jumped, t.offset = seq, d-step
		d = step
	}
	t.last, t.seq, t.at = raw, seq, at
	t.ts += d
	return t.ts, jumped
}

func away(a, b int64) int64 { return max(a-b, b-a) }
