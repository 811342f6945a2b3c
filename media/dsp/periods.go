package dsp

// Periods go on with a sound by repeating the last of its pitch periods: one in turn, two
// after 10 ms, three after 20, so that it does not buzz. The seam at the start is closed by an offset
// that decays, those between two turns by a cross-fade.
type periods struct {
	ms    int     // samples in a millisecond
	past  []int16 // the sound before, oldest first
	alike float64 // how much it is alike to itself a period before, -1 to 1

	gone   int     // samples made
	lag    int     // the pitch period
	cycles int     // how many periods are repeated in turn
	then   int     // and in the turn after this
	place  int     // in those periods
	offset float32 // at the seam
}

// Our own choices, in milliseconds.
const (
	periodLeast = 2.5 // the shortest period repeated
	periodMost  = 15  // the longest
	periodMatch = 20  // what is compared to find it
	periodTurn  = 10  // after which one more is repeated in turn
	periodSeam  = 2   // for the offset to decay
)

// periodVoiced is the likeness from one period to the next from which on sound has a pitch.
const periodVoiced = 0.5

// begin finds the pitch of past, of 10 ms or more, and the offset that closes the seam.
func (p *periods) begin(past []int16) {
	*p = periods{ms: p.ms, past: past, cycles: 1, then: 1}
	end, stride := len(past), max(1, p.ms/8)
	most := min(periodMost*p.ms, end*4/5) // a quarter of it more is read
	p.lag, p.alike = period(int(periodLeast*float64(p.ms)), most, stride, func(lag int) float64 {
		match := min(periodMatch*p.ms, end-lag)
		return similarity(past[end-match:], past[end-match-lag:], stride)
	})
	p.offset = float32(past[end-1]) - float32(past[end-p.lag-1])
}

// next is the next sample.
func (p *periods) next() float32 {
	end, length, tail := len(p.past), p.lag*p.cycles, p.lag/4
	x := float32(p.past[end-length+p.place])
	// The last quarter of a period runs into the sound before the next first one, so
	// that the repetition has no seam.
	if into := p.place - (length - tail); into >= 0 {
		if into == 0 {
			p.then = p.turn()
		}
		w := (float32(into) + 0.5) / float32(tail)
		x = x*(1-w) + float32(p.past[end-p.lag*p.then-tail+into])*w
	}
	if seam := periodSeam * p.ms; p.gone < seam {
		x += p.offset * (1 - float32(p.gone)/float32(seam))
	}
	p.gone++
	if p.place++; p.place == length {
		p.place, p.cycles = 0, p.then
	}
	return x
}

// turn is how many periods the next turn repeats, as far as the past reaches.
func (p *periods) turn() int {
	if 1+p.gone/(periodTurn*p.ms) > p.cycles && p.lag*(p.cycles+2) <= len(p.past) {
		return p.cycles + 1
	}
	return p.cycles
}
