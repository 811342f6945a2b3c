package jitter

import "time"

// Stats are counted from the first packet of the buffer on, over restarts.
type Stats struct {
	Received   uint64 // packets given to Put
	Played     uint64 // packets played
	Lost       uint64 // packets never here when their time came, late ones included
	Late       uint64 // packets that came after their time
	Duplicates uint64
	Discarded  uint64        // packets thrown away unplayed: too long, suspect, overflow, or to lower the delay
	Restarts   uint64        // SSRC changes and sequence jumps that were followed
	Dry        uint64        // times Get found nothing to play
	Shortened  time.Duration // sound cut out by the consumer, as reported
	Lengthened time.Duration // sound put in

	Target time.Duration // playout delay aimed at now, over the fastest packets
	Delay  time.Duration // playout delay now, over the fastest packets
	Held   int           // packets in the buffer now
	Jitter time.Duration // interarrival jitter, RFC 3550 §6.4.1 and A.8
}

// Reception is what an RTCP report block says of the present source (RFC 3550
// §6.4.1), apart from the sender-report times.
type Reception struct {
	SSRC            uint32
	Expected        uint32 // packets that should have come since the source began
	Received        uint32 // packets that came, duplicates and late ones included
	HighestSequence uint32 // extended with the count of wraps
	CumulativeLost  int32  // Expected - Received, within 24 bits
	Jitter          uint32 // in units of the RTP clock
}
