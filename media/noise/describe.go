package noise

// A Describer learns what noise there is in the pauses. The zero value is ready.
type Describer struct {
	correlation [Order + 1]float64 // smoothed
	seen        bool
}

// learning is how much a frame of noise counts against those before it.
const learning = 0.25

// Hear takes a frame in which nobody speaks.
func (d *Describer) Hear(pcm []int16) {
	if len(pcm) <= Order {
		return
	}
	keep := 1 - learning
	if !d.seen {
		keep, d.seen = 0, true
	}
	for lag := range d.correlation {
		sum := 0.0
		for i := lag; i < len(pcm); i++ {
			sum += float64(pcm[i]) * float64(pcm[i-lag])
		}
		d.correlation[lag] = keep*d.correlation[lag] + (1-keep)*sum/float64(len(pcm))
	}
}

// Describe is the noise heard so far: its level, and the reflection coefficients that the
// recursion of Levinson and Durbin finds.
func (d *Describer) Describe() Description {
	out := Description{Level: dBov(d.correlation[0])}
	var a, before [Order + 1]float64
	left := d.correlation[0] * 1.0001 // white noise 40 dB below keeps it stable
	for i := 1; i <= Order && left > 1e-9; i++ {
		sum := d.correlation[i]
		for j := 1; j < i; j++ {
			sum -= before[j] * d.correlation[i-j]
		}
		k := sum / left
		a = before
		a[i] = k
		for j := 1; j < i; j++ {
			a[j] = before[j] - k*before[i-j]
		}
		out.Reflection[i-1] = k
		left *= 1 - k*k
		before = a
	}
	return out
}
