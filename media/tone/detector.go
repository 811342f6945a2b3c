package tone

import (
	"math"
	"math/cmplx"
)

// What the detector asks for (ITU-T Q.24, annex A, where administrations differ the widest
// that is safe): a digit of 40 ms is taken, one of 23 ms is not; 1.5 % off is taken, 3.5 % is
// not; a break of 10 ms is none, one of 40 ms is; speech is no digit.
const (
	loudEnough = -36.0 // dBFS of each tone: Q.24 has them down to -25 to -29 dBm0
	twistHigh  = 6.5   // dB that the high tone may be louder: 4 in Q.24
	twistLow   = 9.5   // dB that the low one may be: 8
	alone      = 8.0   // dB that the others of a group are below
	pure       = 0.85  // share of the power that the two have, in the whole of a digit
	edge       = 0.62  // and where it begins or ends
	likely     = 0.35  // the same before it is known how far off they are
	off        = 0.025 // of each frequency
	steadyFor  = 3     // hops in a row: 40 ms
	pureFor    = 2     // of them
	goneFor    = 4     // hops without it
)

// A Detector finds DTMF digits in a signal. It looks at 20 ms every 10 ms. It belongs
// to one goroutine and allocates nothing once it is made.
type Detector struct {
	rate        float64
	kept        []float64 // the last 30 ms: the present window, and the one before
	have        int       // samples of the next hop in it
	window      int       // samples
	hop         int
	filter      [8]struct{ freq, angle float64 } // in Hz; in a sample
	before, now glimpse

	seen     int     // hops in a row that are one digit
	whole    int     // of them, lie in it
	sounding rune    // reported, and not over
	low      float64 // its tones, in Hz
	high     float64
	missed   int // hops since it was seen
}

// A glimpse is what one window looks like: the digit that it may be, 0: none.
type glimpse struct {
	digit     rune
	low, high int           // filters
	seen      [8]complex128 // by the filters
	total     float64       // sum of the squares
}

// NewDetector makes a detector for a sampling rate of 8000 to 96000 Hz.
func NewDetector(rate int) *Detector {
	d := &Detector{rate: float64(rate), window: rate / 50}
	d.hop = d.window / 2
	d.kept = make([]float64, d.window+d.hop)
	d.have = d.window
	for i := range d.filter {
		f := &d.filter[i]
		if f.freq = lowGroup[i%4]; i >= 4 {
			f.freq = highGroup[i%4]
		}
		f.angle = d.angle(f.freq)
	}
	return d
}

// Write takes the next pcm, at most 40 ms at a time, and returns the digit that is
// recognized in it, else 0. A digit is reported once, about 40 ms after it begins.
func (d *Detector) Write(pcm []int16) (digit rune) {
	for _, s := range pcm {
		d.kept[d.have] = float64(s)
		if d.have++; d.have == len(d.kept) {
			if r := d.look(); r != 0 {
				digit = r
			}
			d.have = copy(d.kept, d.kept[d.hop:])
		}
	}
	return digit
}

// Reset forgets what was heard, as when the sound goes on after a gap.
func (d *Detector) Reset() {
	clear(d.kept)
	d.have = d.window
	d.before, d.now, d.seen, d.whole, d.sounding, d.missed = glimpse{}, glimpse{}, 0, 0, 0, 0
}

// look judges the present window and returns a digit that is new.
func (d *Detector) look() rune {
	before, now := d.kept[:d.window], d.kept[len(d.kept)-d.window:]
	d.before = d.now
	d.glimpse(now)
	if d.sounding != 0 {
		if d.now.digit == d.sounding && d.share(&d.now, now, d.low, d.high) >= edge {
			d.missed = 0
			return 0
		}
		if d.missed++; d.missed < goneFor {
			return 0
		}
		d.sounding, d.seen, d.whole = 0, 0, 0
	}
	if d.now.digit == 0 || d.now.digit != d.before.digit {
		d.seen, d.whole = 0, 0 // the next look says how far off it is
		return 0
	}
	low, high := d.frequencies()
	if d.seen == 0 {
		d.count(d.share(&d.before, before, low, high))
	}
	if d.count(d.share(&d.now, now, low, high)); d.seen < steadyFor || d.whole < pureFor {
		return 0
	}
	d.sounding, d.missed, d.low, d.high = d.now.digit, 0, low, high
	return d.sounding
}

// glimpse looks at a window through the eight filters.
func (d *Detector) glimpse(window []float64) {
	g := &d.now
	g.digit, g.total = 0, 0
	for _, x := range window {
		g.total += x * x
	}
	n := float64(len(window))
	if g.total < n*full*math.Pow(10, loudEnough/10) {
		return
	}
	var power [8]float64
	for i := range d.filter {
		y := goertzel(window, d.filter[i].angle)
		g.seen[i], power[i] = y, square(y)*2/n
	}
	low, ok1 := strongest(power[:4])
	high, ok2 := strongest(power[4:])
	g.low, g.high = low, 4+high
	if ok1 && ok2 && power[g.low]+power[g.high] > likely*g.total {
		g.digit = rune(digits[low*4+high])
	}
}

// full is the power of a full-scale sine in one sample.
const full = 32768 * 32768 / 2

// angle is what a frequency turns in a sample.
func (d *Detector) angle(freq float64) float64 { return 2 * math.Pi * freq / d.rate }

// goertzel is what x has at an angle, with the phase at its end.
func goertzel(x []float64, angle float64) complex128 {
	sin, cos := math.Sincos(angle)
	a, b, turn := 0.0, 0.0, 2*cos
	for _, v := range x {
		a, b = v+turn*a-b, a
	}
	return complex(a-cos*b, sin*b)
}

func square(y complex128) float64 { return real(y)*real(y) + imag(y)*imag(y) }

// apart are two sines of n samples, of which each is seen in the other's filter as well.
func apart(low, high complex128, between float64, n int) (a, b complex128) {
	sin, cos := math.Sincos(between / 2 * float64(n-1))
	each := complex(cos, sin) * complex(math.Sin(between/2*float64(n))/math.Sin(between/2)/float64(n), 0)
	k := complex(1/(1-square(each)), 0)
	return (low - each*high) * k, (high - cmplx.Conj(each)*low) * k
}

// frequencies are those of the tones, in Hz, as their phases say that have moved on since the
// window before: within half a turn of a hop, 50 Hz.
func (d *Detector) frequencies() (low, high float64) {
	f, g := &d.filter[d.now.low], &d.filter[d.now.high]
	between := f.angle - g.angle
	a, b := apart(d.before.seen[d.now.low], d.before.seen[d.now.high], between, d.window)
	x, y := apart(d.now.seen[d.now.low], d.now.seen[d.now.high], between, d.window)
	hop := float64(d.hop)
	astray := func(from, to complex128, angle float64) float64 {
		return math.Remainder(cmplx.Phase(to*cmplx.Conj(from))-angle*hop, 2*math.Pi) * d.rate / (2 * math.Pi * hop)
	}
	return f.freq + astray(a, x, f.angle), g.freq + astray(b, y, g.angle)
}

// count takes the next window of what may be a digit.
func (d *Detector) count(share float64) {
	switch {
	case share < edge:
		d.seen, d.whole = 0, 0
		return
	case share >= pure:
		d.whole++
	}
	d.seen++
}

// share is how much of a window is a digit whose tones have these frequencies; 0: it is none.
func (d *Detector) share(g *glimpse, window []float64, low, high float64) float64 {
	if math.Abs(low/d.filter[g.low].freq-1) > off || math.Abs(high/d.filter[g.high].freq-1) > off {
		return 0
	}
	x, y := goertzel(window, d.angle(low)), goertzel(window, d.angle(high))
	a, b := apart(x, y, d.angle(low-high), len(window))
	n := float64(len(window))
	p, q := square(a)*2/n, square(b)*2/n
	least := n * full * math.Pow(10, loudEnough/10)
	if p < least || q < least || q > p*math.Pow(10, twistHigh/10) || p > q*math.Pow(10, twistLow/10) {
		return 0
	}
	// What both explain together.
	return (real(cmplx.Conj(a)*x) + real(cmplx.Conj(b)*y)) * 2 / n / g.total
}

// strongest is the place of the greatest power; ok: the others are far below.
func strongest(power []float64) (at int, ok bool) {
	for i, p := range power {
		if p > power[at] {
			at = i
		}
	}
	for i, p := range power {
		if i != at && p > power[at]*math.Pow(10, -alone/10) {
			return at, false
		}
	}
	return at, true
}
