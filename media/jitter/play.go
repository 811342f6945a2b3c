package jitter

import "time"

// Our own choices for the playout.
const (
	// So much too late, whole packets are thrown away.
	discardAt = 250 * time.Millisecond
	// and until no more than this is left.
	discardTo = 12 * time.Millisecond
	// Dry for so long, the stream has stopped: the buffer fills anew.
	idleAfter = 240 * time.Millisecond
	// A wait shorter than this is not worth a break after a pause of the sender.
	leastWait = 5 * time.Millisecond
	// Silence is asked for in such pieces: any frame is a whole number of them.
	waitSpan = 5 * time.Millisecond
)

// Take decides what to play next. now is the present, of the clock that Put uses, when
// a packet must be here to be taken; ahead is how much sound the caller has decoded and
// not handed on yet, behind which the answer will sound.
func (b *Buffer) Take(now, ahead time.Duration) Frame {
	b.ahead = ahead
	if b.state == empty {
		return Frame{Span: waitSpan}
	}
	if b.state == filling {
		if f, wait := b.fill(now); wait {
			return b.resting(f)
		}
	}
	for {
		s := b.at(b.seq)
		switch {
		case s == nil:
			if f, done := b.missing(); done {
				return f
			}
		case len(s.packet.Payload) == 0:
			s.full = false
			b.held--
			b.seq++
		default:
			return b.play(s, now)
		}
	}
}

// earliest is the first packet held, from seq on; nil: none.
func (b *Buffer) earliest() *slot {
	if b.held == 0 {
		return nil
	}
	for q := b.seq; q <= b.high; q++ {
		if s := b.at(q); s != nil {
			return s
		}
	}
	return nil
}

// resting is f while nothing has come: silence, or the sender's own.
func (b *Buffer) resting(f Frame) Frame {
	if b.quiet {
		f.Verdict = Rest
	}
	return f
}

// late is how long after it is due a packet would be taken.
func (b *Buffer) late(ts int64, at time.Duration) time.Duration {
	return at - b.time(ts) - b.delay.base - b.target()
}

// fill waits until the first packet is due, then begins to play with it.
func (b *Buffer) fill(at time.Duration) (f Frame, wait bool) {
	f.Span = waitSpan
	s := b.earliest()
	for s != nil && len(s.packet.Payload) == 0 { // events are no sound to wait for
		s.full = false
		b.held--
		b.skipTo(s.seq + 1)
		s = b.earliest()
	}
	if s == nil {
		return f, true
	}
	lost := b.justBefore(s)
	late := b.late(s.ts-lost, at)
	if late < 0 {
		return f, true
	}
	b.debt = 0
	if lost > 0 {
		b.skipTo(s.seq - 1)
		if late > b.cfg.Step { // so much of it is past
			b.debt = min(lost, int64(late)*int64(b.cfg.Clock)/1e9)
		}
	} else {
		b.skipTo(s.seq)
	}
	b.state, b.ts = playing, s.ts-lost
	b.sounds = at + b.ahead - b.time(b.ts+b.debt)
	return f, false
}

// justBefore is how long the packet before s lasts, where it was lost and what came before that was
// played: speech after a pause begins with it. It belongs there, since a pause leaves no gap in the
// sequence (RFC 3550 §5.1), and s may carry its copy.
func (b *Buffer) justBefore(s *slot) int64 {
	if b.fresh || s.seq <= b.seq || s.ts-b.ticks < b.ts {
		return 0
	}
	return b.ticks
}

// skipTo moves on to seq; what lies between did not come.
func (b *Buffer) skipTo(seq uint64) {
	for ; b.seq < seq; b.seq++ {
		if b.slots[b.seq%uint64(len(b.slots))].seq != b.seq {
			b.stats.Lost++
		}
	}
}

// missing decides what stands in for the packet that is not here. done is false when
// its time was concealed already and the next one is due.
func (b *Buffer) missing() (f Frame, done bool) {
	next := b.earliest()
	if next == nil {
		return b.dry(), true
	}
	gap := next.ts - b.ts
	if b.quiet && gap > int64(next.seq-b.seq)*b.ticks { // silence goes on until the next one is due
		b.state = filling
		return b.resting(Frame{Span: waitSpan}), true
	}
	span := max(0, min(gap/int64(next.seq-b.seq), b.ticks))
	b.seq++
	b.ts += span
	b.stats.Lost++
	b.repair.lost()
	if b.debt >= span {
		b.debt -= span
		return f, false
	}
	f = Frame{Verdict: Lost, Span: b.time(span - b.debt)}
	b.debt = 0
	if next.seq == b.seq && len(next.packet.Payload) > 0 {
		f.Next, f.Packet = true, next.packet
	}
	return f, true
}

// dry conceals while nothing is here. A stream that stays away has stopped.
func (b *Buffer) dry() Frame {
	if b.quiet || b.time(b.debt) >= idleAfter {
		b.state, b.debt = filling, 0
		return b.resting(Frame{Span: waitSpan})
	}
	// Only a step: what comes late by a little shall not cost a whole packet.
	span := min(b.ticks, int64(b.cfg.Step)*int64(b.cfg.Clock)/1e9)
	b.debt += span
	b.stats.Dry++
	return Frame{Verdict: Dry, Span: b.time(span)}
}

// play hands out the packet in s, unless the sender paused before it or it is so late
// that later ones should be played.
func (b *Buffer) play(s *slot, at time.Duration) Frame {
	late := b.late(s.ts, at)
	moved := b.debt > 0 // it came after all: the delay has grown
	if s.ts > b.ts {    // a pause is where the delay may change for nothing
		moved = true
		if late < -leastWait {
			b.debt, b.ts, b.state = 0, s.ts, filling
			return b.resting(Frame{Span: waitSpan})
		}
	}
	if late > discardAt {
		s, moved = b.hurry(s, at), true
	}
	b.debt = 0
	if now := at + b.ahead - b.time(s.ts); moved {
		b.sounds = now
	} else {
		b.sounds += (now - b.sounds) / 8
	}
	b.taken, b.news = b.ahead, true
	f := Frame{Verdict: Play, Packet: s.packet, Span: b.time(b.ticks), Jump: b.jump}
	f.Stretch, f.Room = b.stretch()
	b.jump, b.fresh, b.quiet = false, false, s.packet.Quiet
	s.full = false
	b.held--
	b.seq, b.ts = s.seq+1, s.ts+b.ticks
	b.stats.Played++
	b.repair.came()
	return f
}

// hurry throws away packets from s on until one is due or none is behind it: one
// break instead of a long time of fast speech.
func (b *Buffer) hurry(s *slot, at time.Duration) *slot {
	for b.late(s.ts, at) > discardTo {
		next := b.at(s.seq + 1)
		if next == nil || len(next.packet.Payload) == 0 {
			break
		}
		b.drop(s)
		s, b.jump = next, true
	}
	return s
}
