package phone

// press is a function key.
func (s *step) press(f Function) {
	switch f {
	case FunctionHold:
		s.setNotice("")
		s.holdKey()
	case FunctionFlash:
		s.setNotice("")
		s.flash()
	case FunctionTransfer:
		s.setNotice("")
		s.transferKey()
	case FunctionRedial:
		s.setNotice("")
		if s.digits != "" {
			s.deleteDigit()
			return
		}
		s.redial()
	case FunctionSend:
		s.setNotice("")
		s.sendKey()
	case FunctionDelete:
		s.deleteDigit()
	case FunctionClear:
		s.clearDigits()
	case FunctionMute:
		s.muteKey()
	case FunctionReject:
		s.setNotice("")
		s.rejectKey()
	case FunctionVolumeUp:
		s.adjust(+volumeStep)
	case FunctionVolumeDown:
		s.adjust(-volumeStep)
	case FunctionDND:
		s.dndKey()
	case FunctionRetry:
		s.retry()
	case FunctionMailbox:
		s.setNotice("")
		s.mailboxKey()
	case FunctionPickup:
		s.pickupKey()
	case FunctionConference:
		s.setNotice("")
		s.conferenceKey()
	case FunctionSpeaker:
		s.speakerKey()
	case FunctionHeadset:
		s.headsetKey()
	case FunctionRecord:
		s.setNotice("")
		s.recordKey()
	case FunctionReset:
		s.saved.Ear, s.saved.Ring, s.saved.Silent = 0, 0, false
		s.saved.EarHeadset, s.saved.EarSpeaker = 0, 0
		s.emit(Beep{Tone: Confirmation})
		s.setNotice("Volumes as in the settings")
	}
}

// sendKey dials what stands there, or takes the call that rings or waits.
func (s *step) sendKey() {
	s.settleHook()
	switch ringing, waiting := s.find(Ringing), s.find(Waiting); {
	case s.digits != "":
		s.send()
	case ringing >= 0:
		s.openByKey()
		s.takeCall(ringing)
	case waiting >= 0:
		s.takeCall(waiting)
	default:
		s.refuse()
	}
}

// muteKey turns the microphone off and on while a call has the handset. Without one it is
// the key beside the ringing call: it turns a waiting one down, and silences a ringing one,
// or turns it down when it is silent already.
func (s *step) muteKey() {
	i := s.index(s.focus)
	switch waiting := s.find(Waiting); {
	case i >= 0 && s.calls[i].state != Over:
		s.muted = !s.muted
	case waiting >= 0:
		s.turnDown(waiting, 486)
	case s.rings().On:
		s.silence()
	case s.any(Ringing):
		s.turnDown(s.find(Ringing), 486)
	default:
		s.refuse()
	}
}

// rejectKey turns down the call that rings or waits. Without one it ends the call that has
// the handset: hands-free by closing the line, lifted by dial tone for the next number; or the
// one whose transfer has no end.
func (s *step) rejectKey() {
	ringing, waiting := s.find(Ringing), s.find(Waiting)
	switch {
	case ringing >= 0:
		s.turnDown(ringing, 486)
	case waiting >= 0:
		s.turnDown(waiting, 486)
	case s.hook == hookHandsFree:
		s.transfer = consultation{} // ended by key, not given away
		s.hangUpAll()
	case s.hook == hookResting && s.pending() >= 0:
		s.abandon(s.pending())
	case s.hook != hookLifted:
	case s.line == LineCall:
		s.hangUpFocus()
		s.turn(onEndedHere)
	case s.line == LineTone:
		s.dropOver()
		s.turn(onEndedHere)
	case s.pending() >= 0:
		s.abandon(s.pending())
	default:
		s.refuse()
	}
}

// dndKey turns do not disturb on or off. A call that rings falls silent with it.
func (s *step) dndKey() {
	s.saved.DND = !s.saved.DND
	s.emit(Beep{Tone: Confirmation})
	if s.saved.DND {
		s.silence()
	}
}

// retry registers every account again that is neither registered nor being so.
func (s *step) retry() {
	for i := range s.settings.NumAccts {
		if state := s.accounts[i].state; state == Refused || state == Unregistered {
			s.emit(Register{Account: i})
		}
	}
}
