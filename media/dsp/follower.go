package dsp

// The follower's filter: branches between which it interpolates, and taps.
const (
	followPhases = 256
	followTaps   = 24
)

// A Follower resamples by a ratio close to one, steered while it runs: it makes sound
// of one card's clock fit another's.
type Follower struct {
	filter []float32 // followPhases+1 branches
	past   []float32 // followTaps-1 samples gone by, then the block
	at     float64   // place of the next output, in input samples of the block
	step   float64   // input samples for each output sample
	goal   float64   // where step goes
}

// NewFollower makes a follower with ratio one.
func NewFollower() *Follower {
	f := &Follower{
		filter: make([]float32, (followPhases+1)*followTaps),
		past:   make([]float32, followTaps-1+block),
		step:   1, goal: 1,
	}
	for p := range followPhases + 1 {
		lowPass(f.filter[p*followTaps:][:followTaps], float64(p)/followPhases, 0.46, steep.beta)
	}
	return f
}

// Steer sets how much more output than input is made, in parts per million within
// ±5000. It changes smoothly.
func (f *Follower) Steer(ppm float64) {
	f.goal = 1 / (1 + min(max(ppm, -5000), 5000)*1e-6)
}

// Process converts all of src into dst, which must hold len(src)+len(src)/100+2
// samples, and returns how many it made. dst and src must not overlap.
func (f *Follower) Process(dst, src []int16) int {
	made := 0
	for len(src) > 0 {
		n := min(len(src), block)
		made += f.block(dst[made:], src[:n])
		src = src[n:]
	}
	return made
}

func (f *Follower) block(dst, src []int16) (made int) {
	x := f.past
	for i, s := range src {
		x[followTaps-1+i] = float32(s)
	}
	for end := float64(len(src)); f.at < end; made++ {
		i := int(f.at)
		fine := (f.at - float64(i)) * followPhases
		p := int(fine)
		w := float32(fine - float64(p))
		a := dot(f.filter[p*followTaps:][:followTaps], x[i:])
		b := dot(f.filter[(p+1)*followTaps:][:followTaps], x[i:])
		dst[made] = saturate(a + w*(b-a))
		f.step += (f.goal - f.step) / 4096 // settles in about 0.1 s at 48 kHz
		f.at += f.step
	}
	f.at -= float64(len(src))
	copy(x[:followTaps-1], x[len(src):])
	return made
}
