package media

import (
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/codec"
)

// Stats are the figures of one leg since it was reserved. Whatever is not known is zero.
type Stats struct {
	Codec      string // for people: "Opus", "G.711 µ-law"
	PacketTime time.Duration
	Direction  agreement.Direction
	Encrypted  bool

	Sent, Received uint64 // packets; Received are those that were believed
	Unsent         uint64 // packets that the network did not take
	Dropped        Dropped

	Lost       uint64        // packets of the far end's that never came
	Expected   uint64        // packets that should have come
	LossHere   float64       // percent of the packets expected
	LossThere  float64       // percent of ours that the far end missed lately
	LostThere  int           // packets of ours that it missed in all
	Jitter     time.Duration // interarrival (RFC 3550 §6.4.1)
	RoundTrip  time.Duration // by RTCP
	Playout    time.Duration // how long a packet waits here for its turn now
	MouthToEar time.Duration // estimate: a packet, the way, our buffers and card, the filters
	Restarts   uint64        // of the far end's stream
	Shortened  time.Duration // sound cut out to lower the delay
	Lengthened time.Duration // sound put in

	DigitsOut, DigitsIn      uint64
	DigitsUnsent, DigitsLost uint64 // that the leg could not send; that nobody took

	Sound      audio.Stats // of the voice card, over all legs
	Margin     time.Duration
	EventsLost int // of the engine: nobody read Events
}

// Dropped counts packets that were not believed.
type Dropped struct {
	Malformed uint64 // not RTP or RTCP, too long, or out of all sequence
	Type      uint64 // of a payload type that was not agreed
	Stray     uint64 // from another source
	Looped    uint64 // with our own SSRC
	Forged    uint64 // on an encrypted leg: not authentic, or replayed
}

// Stats returns the figures of a leg; false if there is no such leg (any more).
func (e *Engine) Stats(id agreement.Leg) (Stats, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	l, ok := e.legs[id]
	if !ok {
		return Stats{}, false
	}
	return e.figures(l), true
}

// Heard returns the figures of the leg that has the handset, else of the one that had
// it last: what a call's summary shows.
func (e *Engine) Heard() (Stats, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.heard != nil && e.heard.up {
		return e.figures(e.heard), true
	}
	return e.last, e.last.Codec != ""
}

// figures gathers what is known of a leg.
func (e *Engine) figures(l *leg) Stats {
	s := l.stats
	s.EventsLost = e.eventsLost
	s.Sound = e.voice.stats()
	s.Margin = e.fill.margin
	s.Sent = uint64(l.tx.Packets)
	if !l.up {
		return s
	}
	a := l.agreed
	s.Encrypted = l.secrecy.on
	s.PacketTime, s.Direction, s.Codec = a.PacketTime, a.Direction, a.Codec.Name
	if f, ok := codec.Find(a.Codec); ok {
		s.Codec = f.Label
	}
	lost, expected := l.rx.Lost()
	s.Lost, s.Expected = uint64(lost), uint64(expected)
	if expected > 0 {
		s.LossHere = 100 * float64(lost) / float64(expected)
	}
	far := l.reporter.Far
	s.LossThere, s.LostThere, s.RoundTrip = 100*far.Lost, far.LostInAll, far.RTT
	s.Jitter = l.rx.Jitter()
	j := l.in.buf.Stats()
	s.Playout, s.Restarts, s.Shortened, s.Lengthened = j.Delay, j.Restarts, j.Shortened, j.Lengthened
	// The far end's filter is taken to be like ours.
	s.MouthToEar = a.PacketTime + far.RTT/2 + j.Delay + 2*lasting(l.in.up.Delay(), l.in.card)
	if c := e.voice.card; c != nil { // the ring lasts until the card takes the next period
		s.MouthToEar += e.fill.margin + c.Period() + c.Latency().Play
	}
	return s
}
