package codec

import "math"

// Opus' own concealment of speech fades by half within a packet or two, far sooner than people
// take a gap for the end of a word. A lift keeps what stands in at the level of what was
// heard before, fading as that of the other codecs does.
type lift struct {
	ms    int     // samples in a millisecond
	level float64 // RMS of the last sound that was real
	gone  int     // samples since
	gain  float64 // at the end of what was made last
}

// Our own choices.
const (
	liftFrom  = 20  // ms until the fade begins
	liftEnd   = 140 // ms until it ends, and nothing is lifted any more
	liftMost  = 4.0 // 12 dB
	liftEase  = 5   // ms in which the gain is gone once real sound is back
	liftPiece = 20  // ms of real sound that its level is taken of
)

// hear takes real sound, and eases the gain away at its start.
func (l *lift) hear(pcm []int16) {
	l.level = rms(pcm[max(0, len(pcm)-liftPiece*l.ms):])
	l.ramp(pcm[:min(len(pcm), liftEase*l.ms)], 1)
	l.gone = 0
}

// raise lifts what stands in for lost sound.
func (l *lift) raise(pcm []int16) {
	middle := float64(l.gone+len(pcm)/2) / float64(l.ms)
	fade := min(1, (liftEnd-middle)/(liftEnd-liftFrom))
	want := 1.0
	if have := rms(pcm); have > 0 && fade > 0 {
		want = min(max(l.level*fade/have, 1), liftMost)
	}
	l.ramp(pcm, want)
	if l.gone < liftEnd*l.ms {
		l.gone += len(pcm)
	}
}

// ramp takes the gain to another within pcm.
func (l *lift) ramp(pcm []int16, to float64) {
	if from := l.gain; from != 1 || to != 1 {
		for i, s := range pcm {
			g := from + (to-from)*float64(i+1)/float64(len(pcm))
			pcm[i] = int16(min(max(math.Round(float64(s)*g), math.MinInt16), math.MaxInt16))
		}
	}
	l.gain = to
}

func rms(pcm []int16) float64 {
	if len(pcm) == 0 {
		return 0
	}
	sum := 0.0
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(len(pcm)))
}
