package phone

import "time"

// maxMissed bounds the count of missed calls.
const maxMissed = 999

// log records a call that ended. A missed call counts until the user has seen the log; one
// that collapsed as the handset was lifted does not: the user was there.
func (s *step) log(c call, o Outcome, code int) {
	if o == OutcomeMissed && c.state != Answering {
		s.saved.Missed = min(s.saved.Missed+1, maxMissed)
	}
	var talked time.Duration
	if !c.answered.IsZero() {
		talked = max(s.at.Sub(c.answered), 0)
	}
	s.emit(Log{Entry: Entry{
		Outgoing: c.outgoing,
		Outcome:  o,
		Peer:     c.peer,
		Account:  c.label,
		Started:  c.began,
		Talked:   talked,
		Code:     code,
	}})
}
