package main

import (
	"time"

	"github.com/offhook/offhook/media/jitter"
)

// offhook is the phone's own buffer, listened to as the engine does: what a packet leaves
// over waits for the next step.
type offhook struct {
	b       *jitter.Buffer
	payload [160]byte
	thrown  uint64
}

const clock = 8000

func newOffhook(c jitter.Config) *offhook {
	c.Clock = clock
	return &offhook{b: jitter.New(c)}
}

func (o *offhook) put(seq int, at time.Duration) {
	o.b.Put(jitter.Packet{Sequence: uint16(seq), Timestamp: uint32(seq) * 160, SSRC: 1, Payload: o.payload[:]}, at)
}

func (o *offhook) play(now time.Duration, e *ear) {
	for e.at < now+step {
		f := o.b.Take(now, e.at-now)
		if f.Verdict != jitter.Play {
			e.conceal(f.Span)
			continue
		}
		seq := int(f.Packet.Timestamp / 160)
		d := stretch(f, e.talk.says(seq))
		if d != 0 {
			o.b.Adjusted(d)
		}
		e.packet(seq, d)
	}
	thrown := o.b.Stats().Discarded
	e.drop(int(thrown - o.thrown))
	o.thrown = thrown
}

// stretch is what the stretcher makes of the buffer's wish: whole periods, no more than the
// wish; anything where it is quiet or by force.
func stretch(f jitter.Frame, says frame) time.Duration {
	const least = 2500 * time.Microsecond
	lag := says.lag
	switch f.Stretch {
	case jitter.Shorten:
		if says.quiet {
			lag = min(lag, f.Room)
		}
		if says.smooth && lag >= least && lag <= f.Room {
			return -lag
		}
	case jitter.ShortenNow:
		return -min(lag, f.Room)
	case jitter.Lengthen:
		if says.smooth {
			return lag
		}
	case jitter.LengthenNow:
		return lag
	}
	return 0
}
