package phone

import "time"

// Times of our own choosing, after what exchanges and desk phones do. The tests name each.
const (
	dialToneTime = 10 * time.Second  // without a digit: reorder tone
	reorderTime  = 30 * time.Second  // then the howler
	howlerTime   = 60 * time.Second  // then silence for good
	predialTime  = 20 * time.Second  // digits dialled on the hook are forgotten
	overTime     = 20 * time.Second  // busy, reorder, unobtainable after a call; then silence
	freeOverTime = 5 * time.Second   // the same hands-free, where nobody hangs up
	quietTime    = 60 * time.Second  // silence after the tone; then the howler
	ringTime     = 180 * time.Second // a call rings here; then 480 (RFC 3261 §16.6 Timer C)
	recallTime   = 120 * time.Second // a held call rings back; then it is ended
	givenTime    = 240 * time.Second // a transfer may take; the agent knows sooner
	leaveTime    = 30 * time.Second  // a far end that transferred us may take to leave
	beepTime     = 6 * time.Second   // between call waiting beeps
	beepCount    = 10
	noticeTime   = 10 * time.Second
	adjustedTime = 2 * time.Second

	defaultPause    = 4 * time.Second // inter-digit, where the settings have none
	defaultFlashMin = 100 * time.Millisecond
	defaultFlashMax = 900 * time.Millisecond
)

// The timers that the machine has one of each. Each call has one more, call.timer.
const (
	timerLine = iota // what the line state waits for
	timerHook        // flash_max after the handset went down
	timerBeep
	timerNotice
	timerAdjusted
	numTimers
)

func (s *step) newTimer(after time.Duration) TimerID {
	s.lastTimer++
	s.emit(StartTimer{ID: s.lastTimer, After: after})
	return s.lastTimer
}

func (s *step) start(timer int, after time.Duration) {
	s.stop(timer)
	s.timers[timer] = s.newTimer(after)
}

func (s *step) stop(timer int) {
	if id := s.timers[timer]; id != 0 {
		s.emit(StopTimer{ID: id})
		s.timers[timer] = 0
	}
}

// startCall starts the timer of the call in slot i anew.
func (s *step) startCall(i int, after time.Duration) {
	s.stopCall(i)
	s.calls[i].timer = s.newTimer(after)
}

func (s *step) stopCall(i int) {
	if id := s.calls[i].timer; id != 0 {
		s.emit(StopTimer{ID: id})
		s.calls[i].timer = 0
	}
}

// expired finds whose timer it was. One that was stopped belongs to nobody any more.
func (s *step) expired(id TimerID) {
	if id == 0 {
		return
	}
	for i := range s.numCalls {
		if s.calls[i].timer == id {
			s.calls[i].timer = 0
			if s.calls[i].state == Leaving {
				s.leftTooLate(i)
				return
			}
			s.rangTooLong(i)
			return
		}
	}
	for timer := range s.timers {
		if s.timers[timer] != id {
			continue
		}
		s.timers[timer] = 0
		switch timer {
		case timerLine:
			s.lineExpired()
		case timerHook:
			s.setNotice("")
			s.hangUpAll()
		case timerBeep:
			s.beep()
		case timerNotice:
			s.notice = ""
		case timerAdjusted:
			s.adjusted = AdjustedNone
		}
		return
	}
}

// lineTime is how long the line may stay in the state that it came to; 0: for ever.
func (s *step) lineTime(from LineState) time.Duration {
	switch s.line {
	case LinePredial:
		return predialTime
	case LineDialTone:
		return dialToneTime
	case LineDialling:
		return s.pause()
	case LineTone:
		switch {
		case s.hook == hookHandsFree:
			return freeOverTime
		case s.forgotten:
			return reorderTime
		}
		return overTime
	case LineQuiet:
		if from == LineTone {
			return quietTime
		}
	case LineHowler:
		return howlerTime
	}
	return 0
}

// lineExpired: the line stayed in its state as long as it may.
func (s *step) lineExpired() {
	switch s.line {
	case LinePredial:
		s.turn(onTimeout)
	case LineDialTone:
		s.failure, s.forgotten = Reorder, true
		s.turn(onForgotten)
	case LineDialling:
		if s.hook == hookDown { // perhaps a hang-up: nothing is called before that is known
			s.start(timerLine, s.settings.FlashMax)
			return
		}
		if s.onlyStars() {
			s.turn(onLastDeleted)
			return
		}
		s.send()
	case LineTone:
		s.toneEnded()
	case LineQuiet:
		s.dropOver()
		if s.numCalls == 0 {
			s.turn(onForgotten)
		}
	case LineHowler:
		s.turn(onTimeout)
	}
}

// toneEnded: the tone after a failed try or an ended call sounded long enough. With a call
// held or waiting there is no howler: its beeps, or the user's return, come first.
func (s *step) toneEnded() {
	switch {
	case s.hook == hookHandsFree && !s.any(Held):
		s.hangUpAll()
	case s.forgotten && s.numCalls == 0:
		s.turn(onForgotten)
	default:
		s.turn(onTimeout)
	}
}
