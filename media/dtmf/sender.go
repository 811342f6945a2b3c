package dtmf

// Times of a digit, in slots of 20 ms.
const (
	SlotsOn  = 5 // 100 ms: well over the 40 ms that receivers must take (ITU-T Q.24)
	slotsEnd = 3 // the end packet and its two repetitions (RFC 4733 §2.5.1.4)
	slotsGap = 1 // added to the repetitions: 60 ms from one digit's end to the next
	volume   = 10
	queued   = 32 // digits that wait at most
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

// A Sender turns queued digits into event packets, one slot of 20 ms after the other.
// The zero Sender is ready once Clock is set. It belongs to one goroutine.
type Sender struct {
	Clock int // of the events, in Hz: 8000 or 48000

	queue [queued]byte
	n     int

	on      int // slots that the digit under way sounds
	slot    int // of the digit under way; -1 when there is none
	code    uint8
	busy    bool
	segment uint32 // event units before the present segment
}

// Queue adds a digit. False: it is no digit, or too many wait already.
func (s *Sender) Queue(digit byte) bool {
	code, ok := Code(digit)
	if !ok || s.n == queued {
		return false
	}
	s.queue[s.n] = code
	s.n++
	return true
}

// Active reports whether a digit sounds, ends or waits: speech is not sent meanwhile
// (RFC 4733 §2.5.1.2: the event replaces the audio that it stands for).
func (s *Sender) Active() bool { return s.busy || s.n > 0 }

// Clear forgets what waits and what is under way.
func (s *Sender) Clear() { s.busy, s.n = false, 0 }

// Next passes one slot of 20 ms, which has just gone by, and returns the packet that it
// calls for; false in the gap between two digits. Call it only while Active.
func (s *Sender) Next(rtpClock int) (Packet, bool) {
	if !s.busy {
		if s.n == 0 {
			return Packet{}, false
		}
		s.code = s.queue[0]
		copy(s.queue[:], s.queue[1:s.n])
		s.n--
		s.busy, s.slot, s.segment = true, 0, 0
		if s.on == 0 {
			s.on = SlotsOn
		}
	}
	slot := s.slot
	s.slot++
	if s.slot == s.on-1+slotsEnd+slotsGap {
		s.busy = false
	}
	if slot >= s.on-1+slotsEnd {
		return Packet{}, false
	}
	return s.packet(slot, rtpClock), true
}

// packet is the packet at the end of a slot.
func (s *Sender) packet(slot, rtpClock int) Packet {
	unit := uint32(s.Clock / 50)
	total := uint32(min(slot+1, s.on)) * unit
	// A tone longer than the field goes on as a new segment: a timestamp further on, no
	// marker, and no end bit before the real end (RFC 4733 §2.5.1.3).
	first := slot == 0
	for total-s.segment > 0xffff {
		s.segment += 0xffff / unit * unit
	}
	return Packet{
		Event:  Event{Code: s.code, End: slot >= s.on-1, Volume: volume, Duration: uint16(total - s.segment)},
		Marker: first,
		Into:   uint32(uint64(s.segment) * uint64(rtpClock) / uint64(s.Clock)),
	}
}

// Hold sets how long the digits that begin from now on sound, in slots of 20 ms, 2 or
// more; zero means SlotsOn.
func (s *Sender) Hold(slots int) { s.on = max(slots, 0) }
