package phone

import "time"

// A call is one call of the user.
type call struct {
	id       CallID
	outgoing bool
	account  int
	label    string // of the account, when the call began
	peer     Peer
	state    CallState
	began    time.Time
	answered time.Time // zero: not yet
	farHeld  bool
	silenced bool
	recall   bool
	codec    string
	secure   bool
	cause    string
	auto     bool // it is taken by itself when its time to ring is over
	bell     Bell
	news     string // what is known of a call that is not answered; Leaving: to whom it goes
	silence  bool   // news tells that the server says nothing
	timer    TimerID

	// Hold is asked of the far end one request at a time: wanted is what the user wants,
	// stands what the far end agreed to last, asked what the request under way says.
	wanted, stands, asked, asking bool
	holdOrder                     uint64 // grows with each hold: the higher, the later

	recorded bool // as far as the settings let it

	party bool // of the conference, in the ear or on hold

	part part   // in a transfer; Leaving only
	pair CallID // the other call of the transfer; 0: none

	laid   bool // the handset was laid down meanwhile; Leaving only
	strays bool // it was given away and taken back: its far end may still be on its way
}

// index returns the slot of a call, -1 for one that is not known, or no longer.
func (m *Machine) index(id CallID) int {
	for i := range m.numCalls {
		if m.calls[i].id == id && id != 0 {
			return i
		}
	}
	return -1
}

// find returns the slot of the oldest call in a state; -1: none.
func (m *Machine) find(state CallState) int {
	for i := range m.numCalls {
		if m.calls[i].state == state {
			return i
		}
	}
	return -1
}

func (m *Machine) any(state CallState) bool { return m.find(state) >= 0 }

// heldLast and heldFirst return the slot of the call put on hold last or first; -1: none.
func (m *Machine) heldLast() int { return m.held(func(a, b uint64) bool { return a > b }) }

func (m *Machine) heldFirst() int { return m.held(func(a, b uint64) bool { return a < b }) }

func (m *Machine) held(better func(a, b uint64) bool) int {
	best := -1
	for i := range m.numCalls {
		c := &m.calls[i]
		if c.state == Held && (best < 0 || better(c.holdOrder, m.calls[best].holdOrder)) {
			best = i
		}
	}
	return best
}

// trying reports whether the state is that of a call of ours without an answer.
func (c CallState) trying() bool { return c == Calling || c == FarRinging || c == Early }

// add puts a call into a free slot, which there must be.
func (s *step) add(c call, on cause) int {
	i := s.numCalls
	c.state, c.began = gone, s.at
	c.label = s.settings.Accounts[c.account].Label
	s.calls[i] = c
	s.numCalls++
	s.shift(i, on)
	return i
}

// forget takes a call out of its slot.
func (s *step) forget(i int, on cause) {
	s.stopCall(i)
	s.shift(i, on)
	if s.focus == s.calls[i].id {
		s.focus = 0
	}
	copy(s.calls[i:], s.calls[i+1:s.numCalls])
	s.numCalls--
	s.calls[s.numCalls] = call{}
	if !s.any(Waiting) {
		s.stop(timerBeep)
		s.beeps = 0
	}
}

// hangUp ends a call from here, in whatever state it is.
func (s *step) hangUp(i int) {
	s.strayed(i, false)
	c := s.calls[i]
	s.emit(HangUp{Call: c.id})
	switch {
	case !c.answered.IsZero():
		s.log(c, OutcomeAnswered, 0)
	case c.outgoing:
		s.log(c, OutcomeCancelled, 0)
	default: // lifted, and laid down before the call stood
		s.log(c, OutcomeRejected, 0)
	}
	s.forget(i, onHungUp)
}

// dropOver forgets a call whose tone the user has heard enough of.
func (s *step) dropOver() {
	if i := s.find(Over); i >= 0 {
		s.forget(i, onHungUp)
	}
}

// freeHandset takes the handset from the call that has it: a call that stands is held, a
// conference as a whole, a try is cancelled, an ended call is forgotten. It reports false while
// a call is being answered: that takes a moment, and cannot be held yet.
func (s *step) freeHandset() bool {
	i := s.index(s.focus)
	if i < 0 {
		return true
	}
	switch c := &s.calls[i]; {
	case c.state == Answering:
		return false
	case c.state == Talking:
		s.hold(i, onHeld)
	case c.state == Joined:
		s.holdAll()
	case c.state.trying():
		s.hangUp(i)
	default:
		s.forget(i, onHungUp)
	}
	s.focus = 0
	return true
}
