package phone

// A Voice is where the user hears and speaks.
type Voice uint8

const (
	OnHandset Voice = iota
	OnHeadset
	OnSpeaker // hands-free, in the room
	numVoices
)

// The keys of the headset and of the speaker work alike. With the handset on the hook and
// nothing going on there, they open the line as lifting does: a call that rings is answered,
// digits are sent, or dial tone sounds. Elsewhere the key takes the voice; pressed again, it
// gives it back to a handset that is lifted, and hangs up where none is.

func (s *step) speakerKey() {
	s.settleHook()
	s.voiceKey(OnSpeaker)
}

// headsetKey chooses besides whether calls that are taken or placed by other keys, or by
// themselves, go to the headset or to the speaker: with the phone at rest it changes that and
// does nothing else.
func (s *step) headsetKey() {
	s.settleHook()
	if s.hook == hookResting && s.digits == "" && !s.any(Ringing) {
		s.saved.Headset = !s.saved.Headset
		s.emit(Beep{Tone: Confirmation})
		return
	}
	s.saved.Headset = true
	s.voiceKey(OnHeadset)
}

func (s *step) voiceKey(v Voice) {
	switch {
	case s.hook == hookResting:
		s.openOn(v)
		s.begin(onOpened)
	case s.voice != v:
		s.voice = v
	case s.hook == hookLifted:
		s.voice = OnHandset
	default:
		s.transfer = consultation{} // ended by key, not given away
		s.hangUpAll()
	}
}

// begin is what opening the line leads to: by lifting, or by a key.
func (s *step) begin(on cause) {
	s.setNotice("")
	if i := s.find(Ringing); i >= 0 {
		s.takeCall(i)
		return
	}
	switch {
	case s.line == LinePredial:
		s.send()
	case s.settings.Hotline != "":
		s.place(s.settings.Hotline, anyAccount)
	default:
		s.turn(on)
	}
}

// openOn opens the sound with the handset on the hook.
func (s *step) openOn(v Voice) {
	s.turnHook(onOpened)
	s.voice = v
}

// handsFree is where the voice goes when a call is placed or taken without the handset.
func (m *Machine) handsFree() Voice {
	if m.saved.Headset {
		return OnHeadset
	}
	return OnSpeaker
}

// staysOpen reports whether laying the handset down leaves the line as it is: the voice is
// elsewhere, and there is something to be heard.
func (m *Machine) staysOpen() bool {
	switch m.line {
	case LineTone, LineHowler:
		return false
	case LineQuiet:
		return m.voice != OnHandset && m.numCalls > 0
	}
	return m.voice != OnHandset
}
