package phone

// incoming is a new call. It rings on a free phone, or is taken there at once, hands-free and
// with a beep so that nobody is overheard unawares, where the settings say so; waits on one in use, and is turned down
// with 486 when the user wants no calls or no slot is free.
func (s *step) incoming(e Incoming) {
	if e.Call == 0 || e.Call%2 != 0 || s.index(e.Call) >= 0 {
		return // not the agent's to give, or given already
	}
	c := call{id: e.Call, account: s.bounded(e.Account), peer: e.Peer.clip(), news: clip(e.News, maxText)}
	if e.Bell <= MaxBell {
		c.bell = e.Bell
	}
	if s.hook == hookHandsFree && s.line == LineTone && s.count(Over) == s.numCalls && !s.saved.DND {
		s.hangUpAll() // a door's visitor who rings again does not wait for the tone of the call before
		s.notice = ""
	}
	switch {
	case s.saved.DND:
		s.turnAway(c, OutcomeRejected)
	case s.numCalls == MaxCalls:
		s.turnAway(c, OutcomeMissed)
	case s.hook == hookResting:
		if s.line == LinePredial {
			s.turn(onCameIn)
		}
		alone, rings := s.numCalls == 0, ringTime
		s.emit(Alert{Call: c.id})
		if c.auto = e.Auto && e.After > 0 && alone; c.auto {
			rings = min(e.After, ringTime)
		}
		s.startCall(s.add(c, onComesFree), rings)
		if alone && (s.settings.AutoAnswer || e.Auto && e.After <= 0) {
			s.answerItself(c.id)
		}
	default:
		if s.line == LineHowler {
			s.turn(onCameIn)
		}
		s.emit(Alert{Call: c.id})
		s.startCall(s.add(c, onComesBusy), ringTime)
		s.startBeeps()
	}
}

// turnAway turns a call down that gets no slot.
func (s *step) turnAway(c call, o Outcome) {
	s.emit(Reject{Call: c.id, Code: 486})
	c.began, c.label = s.at, s.settings.Accounts[c.account].Label
	s.log(c, o, 486)
}

// turnDown ends a call that rings or waits: 486, which lets other phones of the user ring
// on (603 would end those as well), or 480 when nobody came. One that rings back is ended.
func (s *step) turnDown(i, code int) {
	c := s.calls[i]
	switch {
	case c.recall:
		s.emit(HangUp{Call: c.id})
		s.log(c, OutcomeAnswered, 0)
	case code == 486:
		s.emit(Reject{Call: c.id, Code: code})
		s.log(c, OutcomeRejected, code)
	default:
		s.emit(Reject{Call: c.id, Code: code})
		s.log(c, OutcomeMissed, code)
	}
	s.forget(i, onRejected)
}

// answerItself takes a call hands-free, with a beep.
func (s *step) answerItself(id CallID) {
	s.openByKey()
	s.take(s.index(id), true)
	s.emit(Beep{Tone: Confirmation})
}

// rangTooLong: a call has rung or waited as long as it may; one that is to be answered by
// itself then is, if the phone is as free as when it came.
func (s *step) rangTooLong(i int) {
	c := &s.calls[i]
	if !c.auto {
		s.turnDown(i, 480)
		return
	}
	c.auto = false
	if c.state == Ringing && !c.silenced && s.numCalls == 1 && s.hook == hookResting {
		s.answerItself(c.id)
		return
	}
	s.startCall(i, ringTime)
}

// connected is who the far end has become.
func (s *step) connected(e Connected) {
	if i := s.index(e.Call); i >= 0 && s.calls[i].state != Over && e.Peer != (Peer{}) {
		s.calls[i].peer = e.Peer.clip()
	}
}

// takeCall gives the handset to a call that rings or waits. Others that rang now wait.
func (s *step) takeCall(i int) { s.take(i, false) }

func (s *step) take(i int, byItself bool) {
	id := s.calls[i].id
	if !s.freeHandset() {
		s.refuse()
		return
	}
	i = s.index(id) // slots may have moved
	c := &s.calls[i]
	s.stopCall(i)
	s.focus, c.silenced, c.auto = id, false, false
	if c.recall {
		c.recall = false
		s.shift(i, onTakenBack)
		s.want(i, false)
	} else {
		s.shift(i, onTaken)
		s.emit(Accept{Call: id, ByItself: byItself})
	}
	s.turn(onTaken)
	for i := range s.numCalls {
		s.setAside(i)
	}
	s.startBeeps()
}

// setAside makes a ringing call wait, or be held again: the handset is in use now.
func (s *step) setAside(i int) {
	c := &s.calls[i]
	switch {
	case c.state != Ringing:
	case c.recall:
		c.recall, c.silenced = false, false
		s.stopCall(i)
		s.shift(i, onOtherBack)
	default:
		c.silenced = false
		s.shift(i, onOther)
	}
}

// silence stops the ringing of the calls that ring now; a later one rings again.
func (s *step) silence() {
	for i := range s.numCalls {
		if c := &s.calls[i]; c.state == Ringing && !c.silenced {
			c.silenced = true
			s.shift(i, onSilenced)
		}
	}
}

// startBeeps begins the call waiting beeps anew, or stops them when nobody waits.
func (s *step) startBeeps() {
	s.stop(timerBeep)
	s.beeps = 0
	if s.any(Waiting) {
		s.beeps = beepCount
		s.beep()
	}
}

// beep sounds one call waiting beep and sees to the next.
func (s *step) beep() {
	if s.open() {
		s.emit(Beep{Tone: CallWaiting})
	}
	if s.beeps--; s.beeps > 0 {
		s.start(timerBeep, beepTime)
	}
}
