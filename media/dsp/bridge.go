package dsp

import "math"

// Our own choices for a bridge, in milliseconds.
const (
	bridgeMost  = 20 // of a gap that is bridged: what comes before is concealed from the one side
	bridgeLeast = 10 // of the sound after it that must be here
	bridgeMatch = 8  // that are compared to make the two sides meet
	bridgeAhead = bridgeMost + (periodMost+1)/2 + bridgeMatch + 1
)

// bridgeBend is how much more alike what meets must be for each hundredth by which its pitch is bent, in
// hundredths: to bend it is heard, too.
const bridgeBend = 1.0

// Bridge fills pcm with what leads from the sound before it to next, which comes after it and
// is heard next: the one goes on, the other is gone back from, both by their pitch, and the first
// fades into the second. Without enough of either it conceals.
func (c *Concealer) Bridge(pcm, next []int16) {
	if over := len(pcm) - bridgeMost*c.ms; over > 0 {
		c.Conceal(pcm[:over])
		pcm = pcm[over:]
	}
	c.begin()
	least := bridgeLeast * c.ms
	if c.on.alike >= periodVoiced {
		least = max(least, c.on.lag*5/4) // a pitch that next is too short to show
	}
	if !c.known() || len(next) < least || len(pcm) == 0 {
		c.Conceal(pcm)
		return
	}
	next = next[:min(len(next), len(c.turned))]
	turned, back := c.turned[:len(next)], c.back[:len(pcm)]
	for i, s := range next {
		turned[len(next)-1-i] = s
	}
	before := periods{ms: c.ms}
	before.begin(turned)
	for i := range back {
		back[len(back)-1-i] = saturate(before.next())
	}
	if before.alike < periodVoiced {
		next = nil
	}
	c.lead(pcm, back, next)
	c.bridged = true
}

// lead fills pcm with the sound that stands in, fading into to, so that its periods meet those
// of after, which follows to.
func (c *Concealer) lead(pcm, to, after []int16) {
	if len(pcm) == 0 || !c.known() {
		for i := range pcm {
			pcm[i] = saturate(float32(to[i]) * (float32(i) + 0.5) / float32(len(pcm)))
		}
		return
	}
	n, gone := len(pcm), c.gone
	ahead := c.ahead[:n+c.on.lag/2+bridgeMatch*c.ms+1]
	for i := range ahead {
		ahead[i] = saturate(c.next())
	}
	c.gone = gone + n
	step := 1 + float32(c.meet(ahead, n, after))/float32(n)
	for i := range pcm {
		w := (float32(i) + 0.5) / float32(n)
		pcm[i] = saturate(between(ahead, float32(i)*step)*(1-w) + float32(to[i])*w)
	}
}

// meet is by how many samples sound that goes on should have gone on further after n of them,
// for its period to be where that of after is.
func (c *Concealer) meet(ahead []int16, n int, after []int16) int {
	match := min(bridgeMatch*c.ms, len(after))
	if c.on.alike < periodVoiced || match < bridgeMatch*c.ms/2 {
		return 0
	}
	best, most := 0, float64(periodVoiced)
	for by := -min(c.on.lag/2, n/2); by <= c.on.lag/2; by++ {
		like := similarity(after[:match], ahead[n+by:], max(1, c.ms/8)) - bridgeBend*math.Abs(float64(by))/float64(n)
		if like > most {
			best, most = by, like
		}
	}
	return best
}

// between is the sample at a place between samples, by a cubic through four of them.
func between(pcm []int16, at float32) float32 {
	k := min(int(at), len(pcm)-2)
	w := at - float32(k)
	a, b, c, d := float32(pcm[max(k-1, 0)]), float32(pcm[k]), float32(pcm[k+1]), float32(pcm[min(k+2, len(pcm)-1)])
	return b + w/2*(c-a+w*(2*a-5*b+4*c-d+w*(3*(b-c)+d-a)))
}
