package phone

import "github.com/offhook/offhook/firmware/phone/digitmap"

// callTo is a call asked for by phone book, call log or script.
func (s *step) callTo(number string, account int) {
	number = clip(number, maxText)
	if number == "" {
		return
	}
	s.settleHook()
	s.setNotice("")
	if !s.settings.emergency(number) && (s.line == LineIdle && s.any(Ringing) || s.trying()) {
		s.refuse()
		return
	}
	s.place(number, account)
}

// redial calls the number that was called last, on the account that it was called on.
func (s *step) redial() {
	s.settleHook()
	if s.saved.Number == "" || s.line == LineCall || s.line == LineIdle && s.any(Ringing) {
		s.refuse()
		return
	}
	account := s.defaultAccount()
	for i, a := range s.settings.Accounts[:s.settings.NumAccts] {
		if a.Label == s.saved.Account {
			account = i
			break
		}
	}
	s.place(s.saved.Number, account)
}

// trying reports whether the handset is busy with a call that does not stand yet.
func (m *Machine) trying() bool {
	i := m.index(m.focus)
	return i >= 0 && (m.calls[i].state.trying() || m.calls[i].state == Answering)
}

// place calls a number, if there is a way to it. Nothing but the want of any account stands
// in the way of an emergency number, and it is not kept for redial: nobody calls the police
// twice by a slip of the finger.
func (s *step) place(number string, account int) { s.placeFor(number, account, Watch{}) }

// placeFor is place for a call that is picked up at a colleague's, or for no such thing. What
// is picked up is not kept for redial: it does not ring twice.
func (s *step) placeFor(number string, account int, at Watch) {
	picks := at.Number != ""
	if picks && at.Rings == "" {
		number = s.pickupNumber(at)
	}
	r := s.choose(number, account)
	urgent := s.settings.emergency(number)
	if r.words == "" && !urgent {
		r = s.obstacle(number, r)
	}
	if !urgent && !picks && r.tone != Unobtainable {
		s.saved.Number, s.saved.Account = r.number, s.settings.Accounts[r.account].Label
	}
	if r.words != "" {
		s.unplaced(r)
		return
	}
	s.makeRoom()
	s.openByKey()
	if !s.freeHandset() {
		s.hangUp(s.index(s.focus))
	}
	if s.any(Ringing) {
		for i := range s.numCalls {
			s.setAside(i)
		}
		s.startBeeps()
	}
	s.newCallID()
	who, news := Peer{Number: r.number}, ""
	if picks {
		who, news = Peer{Name: at.Label, Number: at.Number}, picking
	}
	s.add(call{id: s.lastCall, outgoing: true, account: r.account, peer: who, news: news}, onDialled)
	s.focus, s.transfer.to = s.lastCall, s.lastCall
	s.emit(Dial{Call: s.lastCall, Account: r.account, Number: r.number, PickUp: at.Rings})
	s.turn(onSent)
}

// obstacle adds to a route why the number cannot be called after all.
func (s *step) obstacle(number string, r route) route {
	switch {
	case s.settings.DigitMap.Match(number).Verdict == digitmap.Barred:
		r.words, r.tone = "Number is barred", Unobtainable
	case s.numCalls-s.count(Over) == MaxCalls:
		r.words = "All lines are busy"
	}
	return r
}

// unplaced ends a try that did not become a call. A call that stands or rings goes on, with
// a beep; else a tone sounds. A registration that merely waits for its time is tried anew.
func (s *step) unplaced(r route) {
	if r.account < s.settings.NumAccts && s.accounts[r.account].state == Unregistered {
		s.emit(Register{Account: r.account})
	}
	s.log(call{outgoing: true, label: s.settings.Accounts[r.account].Label, peer: Peer{Number: r.number}, began: s.at},
		OutcomeFailed, 0)
	if s.line == LineCall || s.any(Ringing) {
		s.refuse()
	} else {
		s.openByKey()
		s.dropOver()
		s.failure = r.tone
		s.turn(onFailed)
	}
	s.setNotice(r.words)
}

// makeRoom ends the call that is least wanted when every slot is taken: only an emergency
// call comes this far then.
func (s *step) makeRoom() {
	s.dropOver()
	if s.numCalls < MaxCalls {
		return
	}
	for _, state := range []CallState{Waiting, Ringing} {
		if i := s.find(state); i >= 0 {
			s.turnDown(i, 486)
			return
		}
	}
	i := s.heldFirst()
	if i < 0 {
		i = s.find(Leaving)
	}
	if i >= 0 {
		s.hangUp(i)
	}
}

func (m *Machine) count(state CallState) (n int) {
	for i := range m.numCalls {
		if m.calls[i].state == state {
			n++
		}
	}
	return n
}

// progress is a provisional answer. Early media, once heard, goes on through a later 180
// without: the far end that sends it is the one to listen to.
func (s *step) progress(e Progress) {
	i := s.index(e.Call)
	if i < 0 || !s.calls[i].state.trying() {
		return
	}
	if e.To != "" && s.settings.DigitMap.Match(e.To).Verdict == digitmap.Barred && !s.settings.emergency(e.To) {
		// Nobody is called by way of somebody else who may not be called from here.
		s.emit(HangUp{Call: e.Call})
		s.ended(Ended{Call: e.Call, Words: "Forwarded to a barred number"})
		return
	}
	c := &s.calls[i]
	switch {
	case e.Words != "":
		c.news, c.silence = clip(e.Words, maxText), e.Code == 0
	case c.silence && e.Code != 0:
		c.news, c.silence = "", false
	}
	switch state := c.state; {
	case state == Early && e.Code == 199 && !e.Early:
		s.shift(i, onFaded)
	case state == Early:
	case e.Early:
		s.shift(i, onEarly)
	case e.Code == 180 && state == Calling:
		s.shift(i, onFarRings)
	}
}

// answered is a 2xx: the call stands. Repeated, it changes codec and connected identity.
func (s *step) answered(e Answered) {
	i := s.index(e.Call)
	if i < 0 {
		return
	}
	c := &s.calls[i]
	switch {
	case c.state.trying() || c.state == Answering:
		s.shift(i, onAnswered)
		s.stands(i)
		s.arrived(i)
	case c.state == Over || c.answered.IsZero():
		return
	}
	if c.news == picking {
		c.news = ""
	}
	c.codec, c.secure = e.Codec, e.Secure
	if p := e.Peer.clip(); p != (Peer{}) {
		c.peer = p
	}
}
