package phone

// ended is the end of a call that was not ended here.
func (s *step) ended(e Ended) {
	i := s.index(e.Call)
	if i < 0 || s.calls[i].state == Over {
		return
	}
	c := &s.calls[i]
	outcome := c.outcome(e)
	s.log(*c, outcome, e.Code)
	cause, tone := c.end(e)
	alone := c.state == Held && s.line == LineQuiet && s.count(Held) == 1 && s.focus == 0
	if s.focus != c.id && !alone {
		if c.state == Held {
			s.setNotice(cause)
		}
		s.forget(i, onEnded)
		return
	}
	s.stopCall(i)
	c.farHeld, c.cause = false, cause
	s.shift(i, onEndedHeard)
	s.focus, s.failure = c.id, tone
	s.turn(onFarEnd)
	s.setNotice(cause)
}

// outcome is what the log says of the end.
func (c *call) outcome(e Ended) Outcome {
	switch {
	case !c.answered.IsZero():
		return OutcomeAnswered
	case !c.outgoing && e.Elsewhere:
		return OutcomeElsewhere
	case !c.outgoing:
		return OutcomeMissed
	case e.Code == 486 || e.Code == 600:
		return OutcomeBusy
	}
	return OutcomeFailed
}

// end is what the user reads and hears of the end. A far end that hung up sounds like a
// line whose other end is free again: busy tone.
func (c *call) end(e Ended) (string, Tone) {
	stood := !c.answered.IsZero() || c.state == Answering
	if stood && e.Code < 300 || c.state == Answering {
		if e.Words != "" {
			return clip(e.Words, maxText), Busy
		}
		return "Call ended", Busy
	}
	words := causeOf(e.Code, clip(e.Words, maxText))
	switch e.Code {
	case 486, 600:
		return words, Busy
	case 404, 410, 484, 604:
		return words, Unobtainable
	}
	return words, Reorder
}
