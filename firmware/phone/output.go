package phone

// An output is everything that is heard, lit and kept, as it follows from the state.
type output struct {
	ring     Ring
	listen   Listen
	tone     Tone
	mute     bool
	voice    Voice
	ears     [numVoices]int // as last told of each
	bell     int
	lamps    Lamps
	recorded [MaxCalls]CallID
	saved    Saved
	status   Status
}

func (m *Machine) output() output {
	return output{
		ring:     m.rings(),
		listen:   m.listens(),
		tone:     m.sounds(),
		mute:     m.muted,
		voice:    m.voice,
		ears:     m.told.ears,
		bell:     m.ring(),
		lamps:    m.lamps(),
		recorded: m.recordings(),
		saved:    m.saved,
		status:   m.status(),
	}
}

// settle tells the owners what changed in this step. What stops comes before the decisions
// of the step (silence, then Accept), what starts comes after them (Dial, then Listen).
func (s *step) settle() {
	s.trackConference()
	s.track()
	if !s.inCall() {
		s.muted = false
	}
	was, is := s.told, s.output()
	is.ears[is.voice] = s.ear()
	s.told = is
	decided := s.effects
	s.effects = make([]Effect, 0, len(decided)+8)
	if was.ring.On && !is.ring.On {
		s.emit(is.ring)
	}
	if was.listen != is.listen && is.listen.Call == 0 {
		s.emit(is.listen)
	}
	s.unheard()
	s.recordLess(was.recorded, is.recorded)
	if was.voice != is.voice {
		s.emit(Use{Voice: is.voice})
	}
	if was.tone != is.tone {
		s.emit(Play{Tone: is.tone})
	}
	s.effects = append(s.effects, decided...)
	if was.mute != is.mute {
		s.emit(Mute{On: is.mute})
	}
	if was.ears != is.ears || was.bell != is.bell {
		s.emit(Volume{Voice: is.voice, Ear: is.ears[is.voice], Ring: is.bell})
	}
	if was.listen != is.listen && is.listen.Call != 0 {
		s.emit(is.listen)
	}
	s.recordMore(was.recorded, is.recorded)
	if was.ring != is.ring && is.ring.On {
		s.emit(is.ring)
	}
	if was.lamps != is.lamps {
		s.emit(is.lamps)
	}
	if was.saved != is.saved {
		s.emit(Save{Saved: is.saved})
	}
	if was.status != is.status {
		s.emit(is.status)
	}
	if len(s.effects) == 0 {
		s.effects = nil
	}
}

// status is how the phone is, while an account publishes it.
func (m *Machine) status() Status {
	for i := range m.settings.NumAccts {
		if m.settings.Accounts[i].Presence {
			return Status{DND: m.saved.DND, OnPhone: m.any(Talking) || m.any(Held) || m.any(Joined)}
		}
	}
	return Status{}
}

// inCall reports whether a microphone matters: mute ends with the last call that had it.
func (m *Machine) inCall() bool {
	for i := range m.numCalls {
		switch m.calls[i].state {
		case Ringing, Waiting, Over, Leaving:
		default:
			return true
		}
	}
	return false
}

// rings: with the handset on the hook, some call rings that the user has not silenced; of
// several the first says how.
func (m *Machine) rings() Ring {
	for i := range m.numCalls {
		if c := &m.calls[i]; c.state == Ringing && !c.silenced && m.hook == hookResting {
			return Ring{On: true, Bell: c.bell}
		}
	}
	return Ring{}
}

// listens is the call in the ear, or both of a conference.
func (m *Machine) listens() Listen {
	i := m.index(m.focus)
	if i < 0 || !m.open() {
		return Listen{}
	}
	switch m.calls[i].state {
	case Talking, Early:
		return Listen{Call: m.focus}
	case Joined:
		return Listen{Call: m.focus, With: m.beside(m.focus)}
	}
	return Listen{}
}

// sounds is the tone in the ear.
func (m *Machine) sounds() Tone {
	if !m.open() {
		return Silence
	}
	switch m.line {
	case LineDialTone:
		return m.dialTone()
	case LineDialling:
		if m.settings.DigitMap.Match(m.digits).Tone {
			return DialTone
		}
	case LineCall:
		if i := m.index(m.focus); i >= 0 && m.calls[i].state == FarRinging {
			return Ringback
		}
	case LineTone:
		return m.failure
	case LineHowler:
		return Howler
	}
	return Silence
}

func (m *Machine) dialTone() Tone {
	switch {
	case !m.registered():
		return NotRegistered
	case m.messagesWaiting() > 0:
		return StutterDialTone
	}
	return DialTone
}

// lamps: line is lit in use and blinks while a call rings or waits; message is lit for
// voice mail, for missed calls and for texts not yet seen; it blinks for an urgent message.
// watch is lit while a colleague is busy and blinks while the phone of one rings.
func (m *Machine) lamps() Lamps {
	var l Lamps
	switch {
	case m.any(Ringing) || m.any(Waiting):
		l.Line = LampBlink
	case m.hook != hookResting:
		l.Line = LampOn
	}
	switch {
	case m.urgent():
		l.Message = LampBlink
	case m.messagesWaiting() > 0 || m.saved.Missed > 0 || m.saved.Unread > 0:
		l.Message = LampOn
	}
	if m.muted {
		l.Mute = LampOn
	}
	l.Watch = m.watchLamp()
	return l
}
