package phone

// hold puts a talking call on hold. The user's side is held at once, whatever the far end
// says later: nobody on hold hears the room.
func (s *step) hold(i int, on cause) {
	s.lastHold++
	s.calls[i].holdOrder = s.lastHold
	s.shift(i, on)
	s.want(i, true)
}

// want asks the far end to be held or not. While a request is under way the wish waits for
// its answer: re-INVITEs must not cross (RFC 3261 §14.1). What stands already is not asked
// for: there would be no answer.
func (s *step) want(i int, held bool) {
	c := &s.calls[i]
	c.wanted = held
	if !c.asking && c.stands != held {
		c.asking, c.asked = true, held
		s.emit(Hold{Call: c.id, On: held})
	}
}

// holdDone is the far end's answer. A wish that changed meanwhile is asked for now, and one
// that does not stand though nobody asked, after a re-INVITE of the far end, is asked for
// again. A refused hold gives the call back to the ear if nobody else has it, for it still
// hears us; otherwise it stays held on our side. A refused resume leaves the call held.
func (s *step) holdDone(e HoldDone) {
	i := s.index(e.Call)
	if i < 0 || s.calls[i].answered.IsZero() || s.calls[i].state == Over {
		return
	}
	c := &s.calls[i]
	asked := c.asking
	c.asking, c.stands = false, e.Held
	switch {
	case c.wanted == e.Held:
	case !asked:
		s.want(i, c.wanted)
	case c.wanted != c.asked:
		s.want(i, c.wanted)
	case c.wanted && c.state == Held && s.line == LineQuiet && s.focus == 0 && s.heldLast() == i:
		s.withdraw(c)
		s.shift(i, onHoldRefused)
		s.focus = c.id
		s.turn(onHoldRefused)
		s.refuse()
		s.setNotice("Hold was refused")
	case !c.wanted && (c.state == Talking || c.state == Joined):
		s.withdraw(c)
		s.lastHold++
		c.holdOrder = s.lastHold
		alone := c.state == Talking
		s.shift(i, onBackRefused)
		if alone {
			s.focus = 0
			s.turn(onBackRefused)
		}
		s.refuse()
		s.setNotice("Resume was refused")
	}
}

// withdraw gives a wish up that was refused. The agent is told, for what looked like a
// refusal may have been a re-INVITE of the far end while ours still waited for its turn.
func (s *step) withdraw(c *call) {
	c.wanted = c.stands
	s.emit(Hold{Call: c.id, On: c.stands})
}

func (s *step) farHold(e FarHold) {
	if i := s.index(e.Call); i >= 0 && s.calls[i].state != Over {
		s.calls[i].farHeld = e.Held
	}
}

// resume gives the handset to a held call, or to the conference that it is of, and takes it
// from the one that has it.
func (s *step) resume(id CallID) {
	if !s.freeHandset() {
		s.refuse()
		return
	}
	i := s.index(id)
	if other := s.beside(id); s.calls[i].party && other != 0 {
		s.confer(id, other)
	} else {
		s.focus = id
		s.shift(i, onResumed)
		s.want(i, false)
	}
	s.turn(onReturned)
}

// talking reports whether a call that stands, or a conference, has the handset.
func (m *Machine) talking() bool {
	i := m.index(m.focus)
	return i >= 0 && (m.calls[i].state == Talking || m.calls[i].state == Joined)
}

// holdKey takes a waiting call, else changes between two calls, else holds or resumes the
// one there is, or takes one back that was given away. A try is not cancelled by it: that is
// what flash and hang-up are for.
func (s *step) holdKey() {
	switch given := s.pending(); {
	case s.hook == hookResting && s.line == LineIdle && given >= 0 && !s.any(Ringing):
		s.openByKey()
		s.turn(onOpened)
		s.reclaim(given)
		return
	case s.hook == hookResting, s.hook == hookDown:
		return
	}
	if i := s.find(Waiting); i >= 0 {
		s.takeCall(i)
		return
	}
	talking := s.talking()
	switch {
	case s.trying():
		s.refuse()
	case talking && s.any(Held):
		s.resume(s.calls[s.heldFirst()].id)
	case talking:
		s.freeHandset()
		s.turn(onPutOnHold)
	case s.any(Held):
		s.resume(s.calls[s.heldLast()].id)
	case s.pending() >= 0:
		s.reclaim(s.pending())
	default:
		s.refuse()
	}
}

// flash is a hook flash, by hook or by key: it takes a waiting call; it changes between two
// calls, the one held longest first; it holds the only call and gives dial tone for
// another; it takes a try back; and from dial tone it returns to the call held last, or given away.
func (s *step) flash() {
	if !s.open() {
		return
	}
	if i := s.find(Waiting); i >= 0 {
		s.takeCall(i)
		return
	}
	focus, talking := s.index(s.focus), s.talking()
	s.flashed = s.at
	back := s.heldLast()
	if talking {
		back = s.heldFirst()
	}
	if back >= 0 {
		s.resume(s.calls[back].id)
		return
	}
	if i := s.pending(); i >= 0 && s.line != LineCall {
		s.reclaim(i)
		return
	}
	if s.trying() && s.from(focus) >= 0 { // back to the far end that sent us on
		s.strayed(focus, true)
		s.hangUp(focus)
		s.turn(onReturned)
		return
	}
	two := talking && s.calls[focus].state == Talking
	if !s.freeHandset() {
		s.refuse()
		return
	}
	if two {
		s.transfer = consultation{call: s.calls[s.heldLast()].id}
	}
	s.turn(onFlash)
}
