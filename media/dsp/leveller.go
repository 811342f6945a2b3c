package dsp

import "math"

// Our own choices for how loud speech is sent. ITU-T P.56 has -26 dBov as the nominal active
// level, dBov being 3 dB below our dBFS.
const (
	levelTarget = -23.0 // dBFS, the mean of what is spoken
	levelBoost  = 15.0  // dB: the most that it is raised
	levelCut    = 12.0  // dB: and lowered
	levelUp     = 6.0   // dB a second of speech
	levelDown   = 30.0  // dB a second
	levelMemory = 0.4   // s of speech that are averaged
	levelLeast  = -50.0 // dBFS: less is not spoken into this microphone
	levelAbove  = 10.0  // dB over the noise that speech has at least
	levelRise   = 3.0   // dB a second that the noise is believed to grow
	levelSpare  = 0.2   // dB below full scale that peaks stay
	levelBack   = 60.0  // dB a second that the gain comes back after a peak
)

// A Leveller brings speech to the level at which it is best sent, as an automatic gain:
// slowly up, faster down. It moves while somebody speaks, so that pauses do not pump,
// and takes what is far below the level of speech for a pause. It adds no delay.
type Leveller struct {
	rate  int
	floor float64 // dBFS of the noise
	power float64 // of speech, as a share of full scale; 0: nothing was said yet
	gain  float64 // dB
	last  float32 // the factor with which the frame before ended
}

// NewLeveller makes one with a gain of 0 dB.
func NewLeveller(rate int) *Leveller { return &Leveller{rate: rate, floor: levelLeast, last: 1} }

// Gain is what speech is raised by now, in dB.
func (l *Leveller) Gain() float64 { return l.gain }

// Process levels pcm in place, 5 to 20 ms at a time. With hold the gain may fall but not
// rise: what sounds may be somebody else's voice. Nothing is clipped: where a peak would be,
// all of the piece is made softer, so that the peak keeps its shape.
func (l *Leveller) Process(pcm []int16, hold bool) {
	if len(pcm) == 0 {
		return
	}
	d := float64(len(pcm)) / float64(l.rate)
	now := Measure(pcm)
	l.floor = max(min(l.floor+levelRise*d, now.RMS), -90)
	if now.RMS > max(l.floor+levelAbove, levelLeast) {
		l.hear(math.Pow(10, now.RMS/10), d, hold)
	}
	most := Factor(-levelSpare - now.Peak)
	g := min(l.last, float32(most))
	to := min(Factor(l.gain), float64(g)*Factor(levelBack*d), most)
	step := (float32(to) - g) / float32(len(pcm))
	for i, s := range pcm {
		g += step
		pcm[i] = saturate(float32(s) * g)
	}
	l.last = float32(to)
}

// hear learns from d seconds of speech and moves the gain.
func (l *Leveller) hear(power, d float64, hold bool) {
	if l.power == 0 {
		l.power = power
	}
	l.power += (power - l.power) * min(1, d/levelMemory)
	want := levelTarget - 10*math.Log10(l.power)
	want = min(max(want, -levelCut), levelBoost)
	switch {
	case want < l.gain:
		l.gain = max(want, l.gain-levelDown*d)
	case !hold:
		l.gain = min(want, l.gain+levelUp*d)
	}
}

// Reset forgets who spoke.
func (l *Leveller) Reset() { *l = *NewLeveller(l.rate) }
