package phone

// pending returns the slot of the call that was given away last and whose transfer has no end
// yet; -1: none.
func (m *Machine) pending() int {
	for i := m.numCalls - 1; i >= 0; i-- {
		if m.calls[i].part == partGiven {
			return i
		}
	}
	return -1
}

// reclaim takes back the call that was given away, before it is known how that goes. A REFER
// cannot be called back (RFC 3515 §2.4.4): the far end may still be on its way to the target.
func (s *step) reclaim(i int) {
	id := s.calls[i].id
	s.comeBack(i)
	i = s.index(id)
	s.calls[i].strays = true
	if s.calls[i].state == Held {
		s.resume(id)
	}
	s.setNotice("Transfer taken back")
}

// strayEnded is the end of the transfer of a call that was taken back meanwhile. If the target
// has the far end after all, there is nobody left to talk to.
func (s *step) strayEnded(i int, e TransferEnded) {
	if i < 0 || !s.calls[i].strays || s.calls[i].state == Over {
		return
	}
	s.calls[i].strays = false
	if e.Done {
		s.emit(HangUp{Call: e.Call})
		s.ended(Ended{Call: e.Call, Code: 200, Words: "Transferred after all"})
	}
}

// abandon ends the call that was given away, whatever becomes of its transfer.
func (s *step) abandon(i int) {
	s.endGiven(i)
	s.setNotice("Call ended")
	s.afterTransfer()
}

// endGiven ends a call that was given away, and the one to the target.
func (s *step) endGiven(i int) {
	pair := s.calls[i].pair
	s.hangUp(i)
	if j := s.index(pair); j >= 0 {
		s.hangUp(j)
	}
}

// laidAgain reports whether the handset goes down a second time over a transfer without an end,
// and nobody was called in between: the user has waited for it long enough.
func (m *Machine) laidAgain() bool {
	i := m.pending()
	return i >= 0 && m.calls[i].laid && m.index(m.focus) < 0 &&
		(m.line == LineDialTone || m.line == LineQuiet || m.line == LineTone && m.hook != hookHandsFree)
}

// comeBack takes a call back that was given away, and the one that it was given to: that one
// is held then, for the other was there first.
func (s *step) comeBack(i int) {
	id := s.calls[i].id
	if j := s.index(s.calls[i].pair); j >= 0 && s.calls[j].state == Leaving {
		if s.calls[j].answered.IsZero() {
			s.hangUp(j) // the agent has cancelled it already
		} else {
			s.takeBack(j, false)
		}
	}
	s.takeBack(s.index(id), true)
}

// takeBack puts a call in state Leaving where it belongs now. first: it may have the handset.
func (s *step) takeBack(i int, first bool) {
	c := &s.calls[i]
	c.part, c.pair, c.news, c.laid = partNone, 0, "", false
	s.stopCall(i)
	switch free := s.focus == 0 && s.open() && (s.line == LineQuiet || s.line == LineDialTone); {
	case s.hook == hookResting:
		s.lastHold++
		c.holdOrder, c.recall = s.lastHold, true
		s.shift(i, onHandset)
		s.startCall(i, recallTime)
		s.want(i, true)
		if s.line == LinePredial {
			s.turn(onCameIn)
		}
	case first && free:
		s.shift(i, onTransferBack)
		s.focus = c.id
		s.want(i, false)
		s.turn(onTransferBack)
	default:
		s.hold(i, onBackHeld)
	}
}
