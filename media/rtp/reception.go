package rtp

import "time"

// Limits of RFC 3550 A.1.
const (
	maxDropout  = 3000
	maxMisorder = 100
)

// A Reception counts what comes from the present source, events and all (RFC 3550
// A.1, A.3 and A.8). The zero Reception waits for its first packet.
type Reception struct {
	Clock int // of the RTP timestamps, in Hz

	ssrc           uint32
	started        bool
	max            uint16 // highest sequence number
	cycles         uint32
	base, bad      uint32
	received       uint32
	prior, priorRx uint32 // at the last report
	transit        int32
	jitter         uint32 // times 16
}

// Take counts one packet that came at the given time.
func (r *Reception) Take(ssrc uint32, seq uint16, stamp uint32, at time.Duration) {
	if !r.started || ssrc != r.ssrc {
		*r = Reception{Clock: r.Clock, ssrc: ssrc, started: true}
		r.begin(seq)
	} else if !r.follow(seq) {
		return
	}
	r.received++
	arrival := uint32(int64(at) * int64(r.Clock) / int64(time.Second))
	transit := int32(arrival - stamp)
	if r.received > 1 {
		d := transit - r.transit
		if d < 0 {
			d = -d
		}
		// A jump of the timestamps (a hold, a talkspurt) is no jitter.
		if int64(d) < int64(r.Clock) {
			r.jitter += uint32(d) - (r.jitter+8)>>4
		}
	}
	r.transit = transit
}

func (r *Reception) begin(seq uint16) {
	r.base, r.max, r.cycles = uint32(seq), seq, 0
	r.bad = 1 << 17
	r.received, r.prior, r.priorRx = 0, 0, 0
}

// follow moves the highest sequence number on; false: too far off to count.
func (r *Reception) follow(seq uint16) bool {
	switch ahead := seq - r.max; {
	case ahead < maxDropout:
		if seq < r.max {
			r.cycles += 1 << 16
		}
		r.max = seq
	case ahead <= 1<<16-1-maxMisorder:
		if uint32(seq) != r.bad {
			r.bad = uint32(seq + 1)
			return false
		}
		r.begin(seq) // two in sequence: the source began anew
	}
	return true
}

// Started reports whether a packet came.
func (r *Reception) Started() bool { return r.started }

// Source is the SSRC of the present source; 0: none yet.
func (r *Reception) Source() uint32 { return r.ssrc }

// fresh reports whether packets came since the last report: only then is there a block
// about them (RFC 3550 §6.4).
func (r *Reception) fresh() bool { return r.started && r.received != r.priorRx }

// Lost is how many of the packets expected since the source began did not come; never
// negative here, though duplicates can make it so on the wire.
func (r *Reception) Lost() (lost, expected uint32) {
	if !r.started {
		return 0, 0
	}
	expected = r.cycles + uint32(r.max) - r.base + 1
	if r.received > expected {
		return 0, expected
	}
	return expected - r.received, expected
}

// Jitter is the interarrival jitter.
func (r *Reception) Jitter() time.Duration {
	if r.Clock == 0 {
		return 0
	}
	return time.Duration(int64(r.jitter>>4) * int64(time.Second) / int64(r.Clock))
}

// report fills a report block and begins the next interval (RFC 3550 §6.4.1, A.3).
func (r *Reception) report() (fraction uint8, lost int32, highest, jitter uint32) {
	expected := r.cycles + uint32(r.max) - r.base + 1
	missing := int64(expected) - int64(r.received)
	lost = int32(min(max(missing, -1<<23), 1<<23-1))
	interval := expected - r.prior
	missed := int64(interval) - int64(r.received-r.priorRx)
	if interval > 0 && missed > 0 {
		fraction = uint8(min(missed<<8/int64(interval), 255))
	}
	r.prior, r.priorRx = expected, r.received
	return fraction, lost, r.cycles + uint32(r.max), r.jitter >> 4
}
