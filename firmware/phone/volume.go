package phone

// Volumes run from 0 to 100 in steps of ten. The ear is never turned off altogether: that
// would be a dead phone.
const (
	volumeStep = 10
	minEar     = 10
	maxVolume  = 100
)

// ear and ring are the volumes that stand: the user's, else the settings'.
func (m *Machine) ear() int {
	if m.saved.Ear > 0 {
		return m.saved.Ear
	}
	return m.settings.Ear
}

func (m *Machine) ring() int {
	if m.saved.Ring > 0 || m.saved.Silent {
		return m.saved.Ring
	}
	return m.settings.Ring
}

// adjust changes the volume of the ear while it listens, of the ringer otherwise.
func (s *step) adjust(by int) {
	if s.open() {
		s.adjusted = AdjustedEar
		s.saved.Ear = min(max(s.ear()+by, minEar), maxVolume)
	} else {
		s.adjusted = AdjustedRing
		s.saved.Ring = min(max(s.ring()+by, 0), maxVolume)
		s.saved.Silent = s.saved.Ring == 0
	}
	s.start(timerAdjusted, adjustedTime)
}

// restored takes back what outlived a power cut; values out of range are mended.
func (s *step) restored(v Saved) {
	if v.Ear = max(v.Ear, 0); v.Ear > 0 {
		v.Ear = min(max(v.Ear, minEar), maxVolume)
	}
	v.Ring = min(max(v.Ring, 0), maxVolume)
	v.Silent = v.Silent && v.Ring == 0
	v.Missed = min(max(v.Missed, 0), maxMissed)
	v.Unread = min(max(v.Unread, 0), MaxTexts)
	v.Number, v.Account = clip(v.Number, maxText), clip(v.Account, maxText)
	s.saved, s.told.saved = v, v
}
