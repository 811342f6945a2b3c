package phone

import "github.com/offhook/offhook/firmware/phone/digitmap"

// referred: the far end of a call wants us to call somebody else in its place. That is done
// where the call is the one in the ear, and shown; a call on hold stays where it is, for
// nobody would hear what becomes of it, and a number that the digit map bars is not called.
func (s *step) referred(e Referred) {
	i := s.index(e.Call)
	if i < 0 || s.calls[i].state == Over {
		return
	}
	switch {
	case s.calls[i].state != Talking || s.focus != e.Call || !s.open():
		s.emit(Unfollow{Of: e.Call, Code: 603})
		return
	case s.settings.DigitMap.Match(e.Peer.Number).Verdict == digitmap.Barred:
		s.emit(Unfollow{Of: e.Call, Code: 603}) // a far end lifts no bar
		s.setNotice("Number is barred")
		return
	case s.numCalls == MaxCalls:
		s.emit(Unfollow{Of: e.Call, Code: 486})
		return
	}
	s.shift(i, onReferred)
	s.calls[i].part, s.calls[i].strays = partReferred, false
	s.startCall(i, givenTime)
	n := s.newCallID()
	s.calls[i].pair = n
	peer := e.Peer.clip()
	s.add(call{id: n, outgoing: true, account: s.calls[i].account, peer: peer, pair: e.Call}, onDialled)
	s.focus = n
	s.emit(Follow{Call: n, Of: e.Call})
	s.turn(onFollowed)
	s.setNotice("Transferred to " + peer.String())
}

// newCallID numbers a call that is placed here.
func (s *step) newCallID() CallID {
	if s.lastCall == 0 {
		s.lastCall = 1
	} else {
		s.lastCall += 2
	}
	return s.lastCall
}

// from returns the slot of the call whose far end asked for the call in slot i; -1: none.
func (m *Machine) from(i int) int {
	if j := m.index(m.calls[i].pair); j >= 0 && m.calls[j].part == partReferred {
		return j
	}
	return -1
}

// arrived: the call that the far end asked for stands. The old one is the far end's to end;
// if it forgets, we do.
func (s *step) arrived(i int) {
	if j := s.from(i); j >= 0 {
		s.startCall(j, leaveTime)
	}
}

// strayed: the call that the far end asked for came to nothing. The old one is back on the ear
// where the new one was, else it is held. It reports whether the ear has it.
func (s *step) strayed(i int, ear bool) bool {
	j := s.from(i)
	if j < 0 || !s.calls[i].answered.IsZero() {
		return false
	}
	c := &s.calls[j]
	c.part, c.pair = partNone, 0
	s.calls[i].pair = 0
	s.stopCall(j)
	if !ear {
		s.hold(j, onBackHeld)
		return false
	}
	s.shift(j, onTransferBack)
	s.focus = c.id
	return true
}

// replaced: another call has taken the place of one, and stands already (RFC 3891). The
// handset stays where it is, and what was held stays held.
func (s *step) replaced(e Replaced) {
	if e.New == 0 || e.New%2 != 0 || s.index(e.New) >= 0 {
		return
	}
	i := s.index(e.Call)
	if i < 0 || s.calls[i].state == Over {
		s.emit(HangUp{Call: e.New}) // the user has hung up meanwhile
		return
	}
	c := &s.calls[i]
	switch {
	case !c.answered.IsZero():
		s.log(*c, OutcomeAnswered, 0)
	case c.outgoing:
		s.log(*c, OutcomeCancelled, 0)
	default:
		s.log(*c, OutcomeElsewhere, 0)
	}
	if c.state.trying() || c.state == Answering {
		s.shift(i, onAnswered)
		s.arrived(i)
	}
	for j := range s.numCalls {
		if s.calls[j].pair == e.Call {
			s.calls[j].pair = e.New
		}
	}
	for _, id := range []*CallID{&s.focus, &s.transfer.call, &s.transfer.to} {
		if *id == e.Call {
			*id = e.New
		}
	}
	c.id, c.outgoing, c.peer, c.account = e.New, false, e.Peer.clip(), s.bounded(e.Account)
	c.label = s.settings.Accounts[c.account].Label
	c.began, c.answered = s.at, s.at
	c.codec, c.secure, c.farHeld, c.news = e.Codec, e.Secure, e.FarHeld, ""
	c.strays = false
	c.asking, c.stands = false, false // it is a new dialog: what is held must be held anew
	s.want(i, c.wanted)
	if s.focus == e.New {
		s.setNotice("Now with " + c.peer.String())
	}
}

// endedLeaving takes the end of a call in a transfer, and reports whether it was one. A target
// that goes takes nothing along; with the call that was given away goes the transfer.
func (s *step) endedLeaving(i int) bool {
	c := s.calls[i]
	if c.state != Leaving {
		return false
	}
	s.forget(i, onEnded)
	j := s.index(c.pair)
	switch {
	case j < 0:
	case c.part == partGiven && s.calls[j].state == Leaving:
		s.calls[j].pair = 0
		if s.calls[j].answered.IsZero() {
			s.hangUp(j)
		} else {
			s.takeBack(j, true)
		}
	default:
		s.calls[j].pair = 0
	}
	return true
}

// leftTooLate: a transfer has taken longer than anything takes. The call that was given away is
// back; one that a far end forgot to end is ended.
func (s *step) leftTooLate(i int) {
	if s.calls[i].part != partGiven {
		s.hangUp(i)
		return
	}
	id := s.calls[i].id
	s.comeBack(i)
	s.calls[s.index(id)].strays = true
	s.setNotice("Transfer failed: not confirmed")
	s.refuse()
}
