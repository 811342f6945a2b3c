package tone

import "math"

// An oscillator turns a vector by the same angle each sample: a sine without calls of
// math.Sin, and without a table's steps.
type oscillator struct{ sin, cos, ds, dc float64 }

func newOscillator(freq float64, rate int) oscillator {
	ds, dc := math.Sincos(2 * math.Pi * freq / float64(rate))
	return oscillator{sin: 0, cos: 1, ds: ds, dc: dc}
}

func (o *oscillator) next() float64 {
	x := o.sin
	s, c := o.sin*o.dc+o.cos*o.ds, o.cos*o.dc-o.sin*o.ds
	// Keeps the vector's length: the first terms of 1/√(s²+c²).
	k := 1.5 - 0.5*(s*s+c*c)
	o.sin, o.cos = s*k, c*k
	return x
}

// A voice is one sound under way. All its sines begin at zero.
type voice struct {
	sound Sound
	gain  float64 // the envelope, 0 to 1
	amp   float64 // of each sine, full scale being 32768
	osc   [4]oscillator
	used  int
	mod   oscillator
	half  int // samples of a warble's half; 0: no warble
	turn  int // samples into the warble's period
}

// newVoice makes a voice whose RMS level is level dBFS.
func newVoice(s Sound, level float64, rate int) voice {
	v := voice{sound: s}
	sines := 0
	for i, f := range s.Freq {
		if f != 0 {
			v.osc[i] = newOscillator(f, rate)
			v.used = i + 1
			sines++
		}
	}
	if s.Warble != 0 {
		v.half = max(1, int(math.Round(float64(rate)/s.Warble/2)))
		sines = (sines + 1) / 2
	}
	if sines == 0 {
		return v
	}
	// Power adds up: each of n sines gets 1/n of it, and modulation adds m²/2.
	power := float64(sines)
	if s.Mod != 0 {
		v.mod = newOscillator(s.Mod, rate)
		power *= 1 + s.Depth*s.Depth/2
	}
	v.amp = 32768 * math.Pow(10, level/20) / math.Sqrt(power)
	return v
}

func (v *voice) next() float64 {
	if v.half > 0 {
		return v.warble()
	}
	x := 0.0
	for i := range v.used {
		x += v.osc[i].next()
	}
	x *= v.amp
	if v.sound.Mod != 0 {
		// Begins at its quietest, as the tone does.
		x *= 1 - v.sound.Depth*v.mod.cos
		v.mod.next()
	}
	return x
}

// warble moves from one pair to the other over a 32nd of the half, so that it rings and
// does not click.
func (v *voice) warble() float64 {
	a := v.osc[0].next() + v.osc[1].next()
	b := v.osc[2].next() + v.osc[3].next()
	at, first := v.turn, v.turn < v.half
	if !first {
		at -= v.half
	}
	if v.turn++; v.turn >= 2*v.half {
		v.turn = 0
	}
	w := min(1, float64(at)*32/float64(v.half))
	if first {
		a, b = b, a
	}
	return v.amp * (a*(1-w) + b*w)
}
