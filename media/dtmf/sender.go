package dtmf

// Times of a digit, in slots of 20 ms.
const (
	SlotsOn   = 5    // 100 ms: well over the 40 ms that receivers must take (ITU-T Q.24)
	slotsMost = 1500 // 30 s: a key that is stuck does not sound for ever
	slotsEnd  = 3    // the end packet and its two repetitions (RFC 4733 §2.5.1.4)
	slotsGap  = 1    // added to the repetitions: 60 ms from one digit's end to the next
	volume    = 10
	queued    = 32 // digits that wait at most

	longest = 0xffff // event units that a packet can tell of
)

// A Packet is one event packet to send now. The caller adds sequence number and SSRC.
type Packet struct {
	Event
	Marker bool // the first packet of an event
	// Into is how far into the event this packet's segment begins, in units of the RTP
	// clock; 0 for all but very long tones. The event itself began one slot before its
	// first packet, and every packet carries the timestamp of its segment's beginning.
	Into uint32
}

// A Sender turns digits into event packets, one slot of 20 ms after the other. The zero
// Sender is ready once Clock is set. It belongs to one goroutine.
type Sender struct {
	Clock int // of the events, in Hz: 8000 or 48000

	queue [queued]uint8
	n     int
	held  bool // the key of the digit that came last is still down

	busy    bool
	code    uint8
	on      int    // slots that the digit under way sounds
	slot    int    // how many of them, and of its repetitions, have gone by
	segment uint32 // event units before the present segment
	fresh   bool   // nothing was said of that segment yet
}

// Press adds a digit, which sounds until Lift, for 100 ms at least and 30 s at most. It ends
// the one before. False: it is no digit, or too many wait already.
func (s *Sender) Press(digit byte) bool {
	code, ok := Code(digit)
	if !ok || s.n == queued {
		return false
	}
	s.Lift()
	s.queue[s.n] = code
	s.n++
	s.held = true
	return true
}

// Lift ends the digit that was pressed last. One that still waits lasts 100 ms.
func (s *Sender) Lift() {
	if s.held && s.busy && s.n == 0 {
		s.on = max(s.slot+1, SlotsOn)
	}
	s.held = false
}

// Active reports whether a digit sounds, ends or waits: speech is not sent meanwhile
// (RFC 4733 §2.5.1.2: the event replaces the audio that it stands for).
func (s *Sender) Active() bool { return s.busy || s.n > 0 }

// Clear forgets what waits and what is under way.
func (s *Sender) Clear() { s.busy, s.n, s.held = false, 0, false }

// Next passes one slot of 20 ms, which has just gone by, and returns the packet that it
// calls for; false in the gap between two digits. Call it only while Active.
func (s *Sender) Next(rtpClock int) (Packet, bool) {
	if !s.busy {
		if s.n == 0 {
			return Packet{}, false
		}
		s.begin()
	}
	slot := s.slot
	s.slot++
	switch end := s.on - 1 + slotsEnd; {
	case slot == end+slotsGap-1:
		s.busy = false
		return Packet{}, false
	case slot >= end:
		return Packet{}, false
	}
	return s.packet(slot, rtpClock), true
}

// begin takes the next digit from those that wait.
func (s *Sender) begin() {
	s.code = s.queue[0]
	s.n--
	copy(s.queue[:], s.queue[1:s.n+1])
	s.busy, s.slot, s.segment, s.fresh = true, 0, 0, true
	s.on = SlotsOn
	if s.held && s.n == 0 {
		s.on = slotsMost
	}
}

// packet is the packet at the end of a slot.
func (s *Sender) packet(slot, rtpClock int) Packet {
	unit := uint32(s.Clock / 50)
	total := uint32(min(slot+1, s.on)) * unit
	p := Packet{
		Event:  Event{Code: s.code, End: slot >= s.on-1, Volume: volume, Duration: uint16(min(total-s.segment, longest))},
		Marker: slot == 0,
		Into:   uint32(uint64(s.segment) * uint64(rtpClock) / uint64(s.Clock)),
	}
	// A tone longer than the field goes on as a new segment, after a packet that tells of the
	// longest there is (RFC 4733 §2.5.1.3): a timestamp further on and no marker. Neither that
	// packet nor the first of a segment may be the end, so the tone sounds on for them.
	over := total-s.segment > longest
	if p.End && (over || s.fresh && s.segment > 0) {
		p.End = false
		s.on = slot + 2
	}
	s.fresh = over
	if over {
		s.segment += longest
	}
	return p
}
