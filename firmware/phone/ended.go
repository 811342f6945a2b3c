package phone

import (
	"fmt"
	"time"
)

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
	if s.endedLeaving(i) {
		return
	}
	if s.focus == c.id && s.strayed(i, true) {
		s.forget(i, onEndedLost)
		s.turn(onReturned)
		s.setNotice("Transfer failed: " + cause)
		s.refuse()
		return
	}
	if c.state == Joined {
		s.partyLeft(i, e, cause)
		return
	}
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
	case c.part == partTarget: // the agent cancelled it: the transfer goes there without it
		return OutcomeCancelled
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
	return causeOf(e.Code, words) + again(e.Retry), failureTone(e.Code, e.Cause)
}

// failureTone is busy where somebody is there and does not take the call, unobtainable where the
// number leads nowhere, reorder for whatever the network could not do. A cause of the
// telephone network (ITU-T Q.850 §2.2.7) says it more exactly than a general status.
func failureTone(code, cause int) Tone {
	switch code {
	case 486, 600, 603:
		return Busy
	case 301, 404, 410, 484, 485, 604:
		return Unobtainable
	}
	switch cause {
	case 17, 21:
		return Busy
	case 1, 22, 28:
		return Unobtainable
	}
	return Reorder
}

// again is when to call again, in the largest unit that is exact enough.
func again(d time.Duration) string {
	switch {
	case d < time.Second:
		return ""
	case d <= 90*time.Second:
		return fmt.Sprintf(", again in %d s", (d+time.Second-1)/time.Second)
	case d <= 90*time.Minute:
		return fmt.Sprintf(", again in %d min", (d+time.Minute-1)/time.Minute)
	}
	return fmt.Sprintf(", again in %d h", (d+time.Hour-1)/time.Hour)
}

// String is how the far end is named in a line of text: by name, else by number.
func (p Peer) String() string {
	if p.Name != "" {
		return p.Name
	}
	return p.Number
}
