package phone

import "time"

// codeTime is how long after a hook flash the digit 3 joins two calls, as at exchanges whose
// recall key is followed by a digit (ETSI ETS 300 738): R 3 is the three-party conference.
const (
	codeTime       = 2 * time.Second
	conferenceCode = '3'
)

// conferenceKey joins the call in the ear with the one put on hold last, or, where nothing has
// the handset, the two that were put on hold last. In a conference it splits it: who was in the
// ear before stays there. A conference on hold is resumed; it takes in nobody else.
func (s *step) conferenceKey() {
	s.settleHook()
	i, guest := s.index(s.focus), s.guest(0)
	switch {
	case !s.open():
		s.refuse()
	case i >= 0 && s.calls[i].state == Joined:
		s.split()
	case i >= 0 && s.calls[i].state == Talking && guest != 0:
		s.confer(s.focus, guest)
		s.turn(onJoined)
	case i >= 0 && s.calls[i].state == Talking && s.any(Held):
		s.refuse()
		s.setNotice("Three can talk, no more")
	case s.beside(0) != 0 && s.returns():
		s.resume(s.beside(0))
	case guest != 0 && s.guest(guest) != 0 && s.returns():
		s.freeHandset()
		s.confer(guest, s.guest(guest))
		s.turn(onReturned)
	default:
		s.refuse()
	}
}

// guest is the call put on hold last, but for one, that may be joined; 0: none. There is one
// conference at a time, though it be on hold.
func (m *Machine) guest(but CallID) CallID {
	if m.beside(0) != 0 {
		return 0
	}
	return m.heldBeside(but)
}

// returns reports whether the handset is free for calls on hold.
func (m *Machine) returns() bool {
	return m.line == LineDialTone || m.line == LineQuiet || m.line == LineTone
}

// confer joins two calls in the handset, the first as the one in focus.
func (s *step) confer(a, b CallID) {
	s.focus = a
	for _, id := range [...]CallID{a, b} {
		i := s.index(id)
		s.calls[i].party = true
		s.shift(i, onJoined)
		s.want(i, false)
	}
}

// split makes two calls of a conference again, one of them on hold.
func (s *step) split() {
	if j := s.index(s.beside(s.focus)); j >= 0 {
		s.hold(j, onHeld)
	}
	s.turn(onSplit)
}

// beside is the other call of the conference that a call is in, on hold or not; 0: none.
func (m *Machine) beside(id CallID) CallID {
	for i := range m.numCalls {
		if c := &m.calls[i]; c.party && c.id != id {
			return c.id
		}
	}
	return 0
}

// holdAll puts the parties of the conference on hold, the one in focus last.
func (s *step) holdAll() {
	if j := s.index(s.beside(s.focus)); j >= 0 {
		s.hold(j, onHeld)
	}
	s.hold(s.index(s.focus), onHeld)
}

// hangUpFocus ends the call in the handset, or the conference there.
func (s *step) hangUpFocus() {
	id := s.focus
	if i := s.index(id); s.calls[i].state == Joined {
		s.hangUp(s.index(s.beside(id)))
	}
	s.hangUp(s.index(id))
}

// leaveConference gives the two others to each other as the handset is laid down, where the
// settings want it so.
func (s *step) leaveConference() {
	i := s.index(s.focus)
	if s.settings.ConferenceStays && i >= 0 && s.calls[i].state == Joined {
		s.giveEachOther()
	}
}

// giveEachOther makes the two far ends of a conference talk on without us.
func (s *step) giveEachOther() { s.give(s.focus, s.beside(s.focus)) }

// partyLeft is the end of a call in a conference: the other one goes on.
func (s *step) partyLeft(i int, e Ended, cause string) {
	who := s.calls[i].peer.String()
	if e.Code/100 == 2 && e.Words == "" {
		s.setNotice(who + " left")
	} else {
		s.setNotice(who + ": " + cause)
	}
	s.forget(i, onEnded)
}

// trackConference takes a conference for what is left of it: its calls are all in the ear or
// all on hold, and there are two. One that is alone in the ear is a plain call again.
func (s *step) trackConference() {
	var parties, joined int
	for i := range s.numCalls {
		if c := &s.calls[i]; c.party {
			parties++
			if c.state == Joined {
				joined++
			} else if c.state != Held {
				c.party = false
				parties--
			}
		}
	}
	if parties == 0 || parties > 1 && (joined == 0 || joined == parties) {
		return
	}
	for i := range s.numCalls {
		c := &s.calls[i]
		if c.state == Joined {
			s.shift(i, onAlone)
			s.focus = c.id
		}
		c.party = false
	}
}

// coded reports whether a digit is the code that asks for a conference: it comes at once
// after a hook flash, while one call is in the ear and another on hold. What comes after it
// is a digit as ever.
func (s *step) coded(d byte) bool {
	at := s.flashed
	s.flashed = time.Time{}
	i := s.index(s.focus)
	return d == conferenceCode && !at.IsZero() && s.at.Sub(at) <= codeTime && s.open() &&
		i >= 0 && s.calls[i].state == Talking && s.guest(0) != 0
}
