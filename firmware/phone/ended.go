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
			s.setNotice(c.peer.String() + ": " + cause)
		}
		s.forget(i, onEnded)
		return
	}
	s.stopCall(i)
	c.farHeld, c.asking, c.cause = false, false, cause
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
	words := clip(e.Words, maxText)
	switch stood := !c.answered.IsZero(); {
	case stood && e.Code/100 == 2, c.state == Answering:
		if words == "" {
			words = "Call ended"
		}
		return words, Busy
	case stood && words == "": // a status for a call that stood says little: 408, 481
		return causeOf(e.Code, "Call was lost"), Reorder
	case stood:
		return causeOf(e.Code, words), Reorder
	}
	switch e.Code {
	case 486, 600:
		return causeOf(e.Code, words), Busy
	case 404, 410, 484, 604:
		return causeOf(e.Code, words), Unobtainable
	}
	return causeOf(e.Code, words), Reorder
}

// String is how the far end is named in a line of text: by name, else by number.
func (p Peer) String() string {
	if p.Name != "" {
		return p.Name
	}
	return p.Number
}
