package jitter

import "time"

// Stats are counted from the first packet of the buffer on, over restarts.
type Stats struct {
	Received   uint64        // packets given to Put
	Played     uint64        // packets played
	Lost       uint64        // packets not here when their time came, late ones included
	Late       uint64        // packets that came after their time
	Duplicates uint64        // packets that came twice
	Discarded  uint64        // packets thrown away unplayed: too long, suspect, overflow, or to lower the delay
	Restarts   uint64        // changes of source or sequence that were followed
	Recovered  uint64        // of those lost, closed by the copy in the packet after them
	Dry        uint64        // times Take found nothing to play though the stream runs
	Shortened  time.Duration // sound cut out by the consumer, as reported
	Lengthened time.Duration // sound put in

	Target time.Duration // playout delay aimed at now, over the fastest packets
	Delay  time.Duration // playout delay now, over the fastest packets, with what the caller has decoded ahead
	Held   int           // packets in the buffer now
	Jitter time.Duration // interarrival jitter, RFC 3550 §6.4.1
}

// Reception is what an RTCP report block says of the present source (RFC 3550
// §6.4.1), apart from the fraction lost, which compares two reports, and the
// sender-report times.
type Reception struct {
	SSRC            uint32
	Expected        uint32 // packets that should have come since the source began
	Received        uint32 // packets that came, duplicates and late ones included
	HighestSequence uint32 // the cycles of the sequence number above its 16 bits
	CumulativeLost  int32  // Expected - Received, within 24 bits and signed (§A.3)
	Jitter          uint32 // in units of the RTP clock (§A.8)
}

// Stats returns the figures so far.
func (b *Buffer) Stats() Stats {
	s := b.stats
	s.Held = b.held
	s.Target = b.target()
	if b.state == playing {
		s.Delay = max(0, b.sounds-b.delay.base)
	}
	s.Jitter = time.Duration(b.jitter / float64(b.cfg.Clock) * 1e9)
	return s
}

// Reception returns the figures for an RTCP report block; false: nothing came yet.
func (b *Buffer) Reception() (Reception, bool) {
	if b.state == empty {
		return Reception{}, false
	}
	r := Reception{
		SSRC:            b.ssrc,
		Expected:        uint32(b.high - b.first + 1),
		Received:        b.received,
		HighestSequence: uint32(b.high),
		Jitter:          uint32(b.jitter),
	}
	lost := int64(b.high-b.first+1) - int64(b.received)
	r.CumulativeLost = int32(min(max(lost, -1<<23), 1<<23-1))
	return r, true
}

// hear keeps the interarrival jitter of §A.8: the mean deviation of the difference in
// transit of packets in order of arrival.
func (b *Buffer) hear(ts int64, at time.Duration) {
	transit := float64(at)*float64(b.cfg.Clock)/1e9 - float64(ts)
	if b.heard {
		d := transit - b.transit
		b.jitter += (max(d, -d) - b.jitter) / 16
	}
	b.transit, b.heard = transit, true
}
