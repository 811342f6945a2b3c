package phone

import "strings"

// A HangUpTransfers says when laying the handset down completes a transfer.
type HangUpTransfers uint8

const (
	HangUpAsked HangUpTransfers = iota // after the Transfer key
	HangUpFlash                        // after the Transfer key, and after a hook flash and a number
	HangUpNever                        // only the Transfer key does
)

// A part is what a call in state Leaving has in a transfer.
type part uint8

const (
	partNone     part = iota
	partGiven         // its far end is asked to call somebody else
	partTarget        // its far end is the one to be called
	partReferred      // its far end has asked us to call somebody else
)

// A consultation is a transfer that the user has begun: call waits on hold for a number, or
// for the call to it.
type consultation struct {
	call  CallID // to be given away; 0: none
	to    CallID // the call to the target; 0: none yet
	asked bool   // by the Transfer key; a flash and a number may be two calls and no more
}

// track forgets a consultation that has lost its sense: the call is gone, or back on the ear
// with nobody else to give it to. Whom it was to go to may have joined a conference instead.
func (s *step) track() {
	t := &s.transfer
	i, j := s.index(t.call), s.index(t.to)
	if j < 0 || s.calls[j].state == Over || s.calls[j].state == Leaving || s.calls[j].state == Joined {
		t.to = 0
	}
	if i < 0 || s.calls[i].state != Held && (s.calls[i].state != Talking || t.to == 0) {
		*t = consultation{}
	}
}

// transferKey leaves a conference to the two others. Else it begins a transfer of the call in the
// ear, or completes the one that was begun: with the number that stands there, with the call to
// it, answered or not, or, from dial tone, with another call on hold. Where there is nothing to
// complete, the held call is back.
func (s *step) transferKey() {
	s.settleHook()
	t := &s.transfer
	i := s.index(s.focus)
	switch {
	case !s.open():
		s.refuse()
	case i >= 0 && t.call != 0 && t.to != 0 && (s.focus == t.to || s.focus == t.call):
		if s.calls[i].state == Answering {
			s.refuse()
			return
		}
		s.give(t.call, t.to)
	case i >= 0 && s.calls[i].state == Joined:
		s.giveEachOther()
	case i >= 0 && s.calls[i].state == Talking:
		s.transfer = consultation{call: s.focus, asked: true}
		s.freeHandset()
		s.turn(onTransfer)
	case i >= 0 && s.calls[i].state != Over || t.call == 0:
		s.refuse()
	case s.digits != "":
		s.giveTo(s.digits)
	case s.line == LineDialTone && s.heldBeside(t.call) != 0:
		s.give(t.call, s.heldBeside(t.call))
	default:
		s.resume(t.call)
	}
}

// heldBeside is the call put on hold last, but for one; 0: none.
func (m *Machine) heldBeside(id CallID) CallID {
	best := -1
	for i := range m.numCalls {
		c := &m.calls[i]
		if c.state == Held && c.id != id && (best < 0 || c.holdOrder > m.calls[best].holdOrder) {
			best = i
		}
	}
	if best < 0 {
		return 0
	}
	return m.calls[best].id
}

// give hands a call to the far end of another, which may still ring there.
func (s *step) give(id, to CallID) {
	i, j := s.index(id), s.index(to)
	if s.calls[i].state == Talking || s.calls[i].state == Joined {
		s.hold(i, onHeld)
	}
	s.leave(i, partGiven, to, s.calls[j].peer.String())
	s.leave(j, partTarget, id, "")
	s.emit(TransferTo{Call: id, Other: to})
	s.given()
}

// giveTo hands a call to a number without a word to whoever is there. The number is meant
// on the call's own account, unless a prefix says otherwise.
func (s *step) giveTo(digits string) {
	i := s.index(s.transfer.call)
	r := s.choose(digits, anyAccount)
	number := r.number
	if o := s.obstacle(digits, route{}); o.tone == Unobtainable { // barred; slots do not matter here
		s.failure = o.tone
		s.turn(onFailed)
		s.setNotice(o.words)
		return
	}
	if number != digits && r.account != s.calls[i].account {
		number += "@" + s.settings.Accounts[r.account].Domain
	}
	s.leave(i, partGiven, 0, digits)
	s.emit(Transfer{Call: s.calls[i].id, Number: number})
	s.given()
}

// leave makes a call one that waits for the end of a transfer, to somebody.
func (s *step) leave(i int, p part, pair CallID, to string) {
	s.shift(i, onGiven)
	c := &s.calls[i]
	c.part, c.pair, c.party, c.laid, c.strays = p, pair, false, false, false
	c.news = ""
	if to != "" {
		c.news = "to " + to
	}
	s.startCall(i, givenTime)
}

// given: the handset is free, and how it went is still to be told.
func (s *step) given() {
	s.focus, s.transfer = 0, consultation{}
	s.turn(onGiven)
	s.setNotice("Transferring")
}

// giveByHangUp completes a transfer as the handset is laid down, where the user asked for one
// and the settings want it so: with the call to the target, answered or not, or with the
// number as it stands.
func (s *step) giveByHangUp() {
	t := s.transfer
	switch i := s.index(t.to); {
	case t.call == 0 || !s.completes():
	case i >= 0 && s.focus == t.to && (s.calls[i].state == Talking || s.calls[i].state.trying()):
		s.give(t.call, t.to)
	case s.line == LineDialling && s.digits != "":
		s.giveTo(s.digits)
	}
}

// completes reports whether the settings let laying down complete the transfer that was begun.
func (m *Machine) completes() bool {
	switch m.settings.HangUpTransfers {
	case HangUpAsked:
		return m.transfer.asked
	case HangUpFlash:
		return true
	}
	return false
}

// transferring is news of the target.
func (s *step) transferring(e Transferring) {
	if i := s.index(e.Call); i >= 0 && s.calls[i].part == partGiven && e.Code == 180 {
		s.setNotice("Transfer: it rings")
	}
}

// transferEnded is the end of a transfer. When the target has the call, ours is ended. A far
// end that was willing and has left took it along, as far as anybody knows. Else the call
// comes back: to the ear, on hold where that is in use, or ringing where nobody is there.
func (s *step) transferEnded(e TransferEnded) {
	i := s.index(e.Call)
	if i < 0 || s.calls[i].part != partGiven {
		s.strayEnded(i, e)
		return
	}
	if !e.Done && !e.Gone {
		s.comeBack(i)
		words := clip(e.Words, maxText)
		if e.Code == 0 && words == "" {
			words = "not confirmed"
		}
		s.setNotice("Transfer failed: " + causeOf(e.Code, words))
		s.refuse()
		return
	}
	to := s.calls[i].news
	s.endGiven(i)
	if e.Done {
		s.setNotice(strings.TrimSpace("Transferred " + to))
	} else {
		s.setNotice("Transfer unconfirmed")
	}
	s.afterTransfer()
}

// afterTransfer frees the line whose calls have all been given away.
func (s *step) afterTransfer() {
	if s.open() {
		s.emit(Beep{Tone: Confirmation})
	}
	if s.line != LineQuiet || s.numCalls > 0 {
		return
	}
	if s.hook == hookHandsFree {
		s.hangUpAll()
		return
	}
	s.turn(onTransferred)
}
