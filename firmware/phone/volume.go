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
	set := [numVoices]int{OnHeadset: m.settings.EarHeadset, OnSpeaker: m.settings.EarSpeaker}[m.voice]
	for _, volume := range []int{*m.chosen(), set} {
		if volume > 0 {
			return volume
		}
	}
	return m.settings.Ear
}

// chosen is the volume that the user chose for the ear in use; 0: none.
func (m *Machine) chosen() *int {
	return [numVoices]*int{&m.saved.Ear, &m.saved.EarHeadset, &m.saved.EarSpeaker}[m.voice]
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
		*s.chosen() = min(max(s.ear()+by, minEar), maxVolume)
	} else {
		s.adjusted = AdjustedRing
		s.saved.Ring = min(max(s.ring()+by, 0), maxVolume)
		s.saved.Silent = s.saved.Ring == 0
	}
	s.start(timerAdjusted, adjustedTime)
}

// mendedEar is a volume within bounds, or 0: none was chosen.
func mendedEar(volume int) int {
	if volume <= 0 {
		return 0
	}
	return min(max(volume, minEar), maxVolume)
}

// restored takes back what outlived a power cut; values out of range are mended.
func (s *step) restored(v Saved) {
	v.Ear, v.EarHeadset, v.EarSpeaker = mendedEar(v.Ear), mendedEar(v.EarHeadset), mendedEar(v.EarSpeaker)
	v.Ring = min(max(v.Ring, 0), maxVolume)
	v.Silent = v.Silent && v.Ring == 0
	v.Missed = min(max(v.Missed, 0), maxMissed)
	v.Unread = min(max(v.Unread, 0), MaxTexts)
	v.Number, v.Account = clip(v.Number, maxText), clip(v.Account, maxText)
	s.saved, s.told.saved = v, v
}
