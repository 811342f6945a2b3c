package phone

import "time"

// hookMoved takes a level of the hook switch. What laying down means is known only later:
// shorter than flash_min is contact bounce, up to flash_max a flash, longer a hang-up.
// Lifting means something at once.
func (s *step) hookMoved(off bool) {
	switch {
	case off && s.hook == hookDown:
		s.liftedAgain(s.at.Sub(s.hookAt))
	case off && s.hook != hookLifted:
		s.lift()
	case !off && s.hook == hookLifted && s.staysOpen():
		s.turnHook(onLeft)
	case !off && s.hook == hookLifted:
		s.turnHook(onDown)
		s.hookAt = s.at
		s.start(timerHook, s.settings.FlashMax)
	}
}

func (s *step) liftedAgain(after time.Duration) {
	if after > s.settings.FlashMax { // the timer is late
		s.hangUpAll()
		s.lift()
		return
	}
	s.hookAt = time.Time{}
	switch {
	case after < s.settings.FlashMin:
		s.turnHook(onBounce)
	default:
		s.turnHook(onAtFlash)
	}
	s.stop(timerHook)
	if after >= s.settings.FlashMin {
		s.setNotice("")
		s.voice = OnHandset
		s.flash()
	}
}

// lift: the handset goes up. The first edge counts.
func (s *step) lift() {
	s.turnHook(onLifted)
	s.voice = OnHandset
	if s.line != LineIdle && s.line != LinePredial { // it was hands-free
		return
	}
	s.begin(onLifted)
}

// openByKey opens the sound with the handset on the hook, and settles a handset that was
// laid down so recently that a flash was still possible: nobody flashes and dials at once.
func (s *step) openByKey() {
	s.settleHook()
	if s.hook == hookResting {
		s.openOn(s.handsFree())
	}
}

func (s *step) settleHook() {
	if s.hook == hookDown {
		s.hangUpAll()
	}
}

// hangUpAll clears the line for good: what was in the handset is ended, and what is held or
// waits rings, so that nobody is forgotten. A transfer goes on, once.
func (s *step) hangUpAll() {
	s.stop(timerHook)
	if s.laidAgain() {
		s.endGiven(s.pending())
	}
	s.giveByHangUp()
	s.leaveConference()
	for i := s.numCalls - 1; i >= 0; i-- {
		if s.calls[i].part == partReferred {
			s.hangUp(i)
		}
	}
	for i := s.numCalls - 1; i >= 0; i-- {
		switch s.calls[i].state {
		case Held, Waiting, Ringing, Leaving:
		case Over:
			s.forget(i, onHungUp)
		default:
			s.hangUp(i)
		}
	}
	s.hookAt = time.Time{}
	s.turnHook(onHungUp)
	s.turn(onHungUp)
	s.stop(timerBeep)
	s.beeps = 0
	for i := range s.numCalls {
		c := &s.calls[i]
		switch c.state {
		case Held:
			c.recall, c.party = true, false
			s.shift(i, onHandset)
			s.startCall(i, recallTime)
		case Waiting:
			s.shift(i, onHandset)
		case Leaving:
			c.laid = true
		}
	}
}
