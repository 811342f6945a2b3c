package dtmf

// A Receiver finds each digit once in the event packets of one stream: events are told
// apart by their timestamp alone, so a lost first, middle or last packet, repetition
// and reordering do no harm. The zero Receiver is ready. It belongs to one goroutine.
type Receiver struct {
	seen     bool
	ended    bool
	ssrc     uint32
	stamp    uint32 // of the latest event, or of its latest segment
	code     uint8
	duration uint32 // the longest seen of that segment
}

// Take takes one packet and returns the digit if it is the first of a new event.
func (r *Receiver) Take(ssrc, timestamp uint32, payload []byte) (byte, bool) {
	e, err := Parse(payload)
	if err != nil {
		return 0, false
	}
	digit, ok := Digit(e.Code)
	if !ok {
		return 0, false
	}
	if r.seen && ssrc == r.ssrc {
		ahead := int32(timestamp - r.stamp)
		if ahead < 0 { // an older event, late or repeated
			return 0, false
		}
		if ahead == 0 {
			r.duration = max(r.duration, uint32(e.Duration))
			r.ended = r.ended || e.End
			return 0, false
		}
		// The next segment of a tone too long for the field (RFC 4733 §2.5.1.3) begins
		// where the one before ended, which never says so.
		if e.Code == r.code && !r.ended && r.duration > segmentMin && uint32(ahead) <= 0xffff {
			r.stamp, r.duration, r.ended = timestamp, uint32(e.Duration), e.End
			return 0, false
		}
	}
	*r = Receiver{true, e.End, ssrc, timestamp, e.Code, uint32(e.Duration)}
	return digit, true
}

// segmentMin is how long a segment is at least when another follows: the field is
// full but for one packet of 60 ms at 48 kHz, twice that with one packet lost.
const segmentMin = 0xffff - 2*2880

// Reset forgets the stream.
func (r *Receiver) Reset() { *r = Receiver{} }
