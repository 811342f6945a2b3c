package noise

import "math"

// A Generator makes noise as described. Between two descriptions it glides. The zero
// value is silent and ready.
type Generator struct {
	on     bool
	now    Description // what sounds, on its way to then
	then   Description
	past   [Order]float64 // backward errors of the lattice
	random uint32
}

// glide is how much of the way to a new description is gone in a sample.
const glide = 1.0 / 2048

// Set takes a description. The first one counts at once.
func (g *Generator) Set(d Description) {
	d.Level = min(d.Level, loudest)
	for i, k := range d.Reflection { // a pole on the circle would ring for ever
		d.Reflection[i] = min(max(k, -0.95), 0.95)
	}
	if g.then = d; !g.on {
		g.now, g.on = d, true
	}
}

// On reports whether there is a description.
func (g *Generator) On() bool { return g.on }

// Reset makes it silent.
func (g *Generator) Reset() { *g = Generator{random: g.random} }

// Read fills pcm with noise, with silence where nothing was set.
func (g *Generator) Read(pcm []int16) {
	if !g.on {
		clear(pcm)
		return
	}
	way := min(glide*float64(len(pcm)), 1)
	g.now.Level += (g.then.Level - g.now.Level) * way
	gain := 32768 * math.Pow(10, g.now.Level/20) * math.Sqrt(3) // of uniform noise in -1…1
	for i := range g.now.Reflection {
		k := &g.now.Reflection[i]
		*k += (g.then.Reflection[i] - *k) * way
		gain *= math.Sqrt(1 - *k**k) // the filter gives back what is taken here
	}
	for i := range pcm {
		g.random = g.random*1664525 + 1013904223 // a linear congruence: nothing is secret about it
		x := gain * (float64(g.random)/(1<<31) - 1)
		pcm[i] = int16(min(max(g.filter(x), -32768), 32767))
	}
}

// filter is the all-pole lattice: from its last stage to the first.
func (g *Generator) filter(x float64) float64 {
	for i := Order - 1; i >= 0; i-- {
		k := g.now.Reflection[i]
		x += k * g.past[i]
		if i < Order-1 {
			g.past[i+1] = g.past[i] - k*x
		}
	}
	g.past[0] = x
	return x
}
