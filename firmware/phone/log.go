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
	end, talked := s.at, time.Duration(0)
	if !s.hookAt.IsZero() { // nothing was heard since the handset went down
		end = s.hookAt
	}
	if !c.answered.IsZero() {
		talked = max(end.Sub(c.answered), 0)
	}
	s.emit(Log{Call: c.id, Entry: Entry{
		Outgoing: c.outgoing,
		Outcome:  o,
		Peer:     c.peer,
		Account:  c.label,
		Started:  c.began,
		Talked:   talked,
		Code:     code,
	}})
}
