package phone

// A RecordingMode says who records calls.
type RecordingMode uint8

const (
	RecordingOff    RecordingMode = iota // nobody can
	RecordingByKey                       // the user, by the Record key
	RecordingAlways                      // the phone, every call that stands; the key ends it
)

// Record begins or ends the recording of a call. Peer and Outgoing are the call's, for a name.
type Record struct {
	Call     CallID
	On       bool
	Peer     Peer
	Outgoing bool
	Beep     bool // both sides are to hear of it
}

func (Record) effect() {}

// RecordingFailed says that a recording ended before its call. Words say why.
type RecordingFailed struct {
	Call  CallID
	Words string // "Not recorded: the disk is full"
}

func (RecordingFailed) event() {}

// recordKey begins the recording of the call in the ear, or of both of a conference, or ends
// it.
func (s *step) recordKey() {
	i := s.index(s.focus)
	switch {
	case s.settings.Recording == RecordingOff:
		s.refuse()
		s.setNotice("Recording is off")
	case i < 0 || s.calls[i].state != Talking && s.calls[i].state != Joined:
		s.refuse()
	default:
		on := !s.calls[i].recorded
		s.calls[i].recorded = on
		if s.calls[i].state == Joined {
			s.calls[s.index(s.beside(s.focus))].recorded = on
		}
		if !on {
			s.emit(Beep{Tone: Confirmation})
		}
	}
}

func (s *step) recordingFailed(e RecordingFailed) {
	i := s.index(e.Call)
	if i < 0 || !s.calls[i].recorded {
		return
	}
	s.calls[i].recorded = false
	s.refuse()
	s.setNotice(clip(e.Words, maxText))
}

// stands: a call was answered.
func (s *step) stands(i int) {
	s.calls[i].answered = s.at
	s.calls[i].recorded = s.settings.Recording == RecordingAlways
}

// records reports whether the call in slot i is recorded, on hold or not.
func (m *Machine) records(i int) bool {
	c := &m.calls[i]
	return c.recorded && !c.answered.IsZero() && c.state != Over && m.settings.Recording != RecordingOff
}

// recordings are the calls that are recorded.
func (m *Machine) recordings() (all [MaxCalls]CallID) {
	n := 0
	for i := range m.numCalls {
		if m.records(i) {
			all[n] = m.calls[i].id
			n++
		}
	}
	return all
}

// recordLess and recordMore tell what recordings end and begin.
func (s *step) recordLess(was, is [MaxCalls]CallID) {
	for _, id := range was {
		if id != 0 && !among(id, is) {
			s.emit(Record{Call: id})
		}
	}
}

func (s *step) recordMore(was, is [MaxCalls]CallID) {
	for _, id := range is {
		if id != 0 && !among(id, was) {
			c := &s.calls[s.index(id)]
			s.emit(Record{Call: id, On: true, Peer: c.peer, Outgoing: c.outgoing, Beep: s.settings.RecordingBeep})
		}
	}
}

func among(id CallID, all [MaxCalls]CallID) bool {
	for _, other := range all {
		if id == other {
			return true
		}
	}
	return false
}
