package dsp

import "math"

const gainRamp = 480 // samples: 10 ms at 48 kHz

// A Gain scales sound, moving to a new factor within 480 samples instead of jumping.
// The zero Gain is factor 1.
type Gain struct {
	lack, goal, step float32 // 1 - factor, now and wanted, so that zero is factor 1
	left             int     // samples of the ramp to go
}

// Set moves to factor, 0 (mute) to 16.
func (g *Gain) Set(factor float64) {
	g.goal = 1 - float32(min(max(factor, 0), 16))
	if g.left = 0; g.goal != g.lack {
		g.left = gainRamp
		g.step = (g.goal - g.lack) / gainRamp
	}
}

// Settle ends a move under way at once, as before the first sample of a stream.
func (g *Gain) Settle() { g.lack, g.left = g.goal, 0 }

// Add adds pcm, scaled, to the sum, which has room for what is too loud: a Limiter comes
// after it. len(pcm) ≤ len(sum).
func (g *Gain) Add(sum []int32, pcm []int16) {
	for g.left > 0 && len(pcm) > 0 {
		g.move()
		sum[0] += int32(float32(pcm[0]) * (1 - g.lack))
		sum, pcm = sum[1:], pcm[1:]
	}
	switch g.lack {
	case 0:
		Add(sum, pcm)
	case 1:
	default:
		k := 1 - g.lack
		sum = sum[:len(pcm)]
		for i, s := range pcm {
			sum[i] += int32(float32(s) * k)
		}
	}
}

// move takes the next step of a ramp.
func (g *Gain) move() {
	g.lack += g.step
	if g.left--; g.left == 0 {
		g.lack = g.goal
	}
}

// Apply scales pcm in place, saturating: for factors up to 1.
func (g *Gain) Apply(pcm []int16) {
	for g.left > 0 && len(pcm) > 0 {
		g.move()
		pcm[0] = saturate(float32(pcm[0]) * (1 - g.lack))
		pcm = pcm[1:]
	}
	switch g.lack {
	case 0:
	case 1:
		clear(pcm)
	default:
		k := 1 - g.lack
		for i, s := range pcm {
			pcm[i] = saturate(float32(s) * k)
		}
	}
}

// Factor converts dB to a factor; -100 dB and less are 0.
func Factor(db float64) float64 {
	if db <= -100 {
		return 0
	}
	return math.Pow(10, db/20)
}
