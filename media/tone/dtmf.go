package tone

import (
	"math"
	"strings"
	"time"
)

// The frequencies of ITU-T Q.23, and where each digit lies: row by row.
var (
	lowGroup  = [4]float64{697, 770, 852, 941}
	highGroup = [4]float64{1209, 1336, 1477, 1633}
)

const digits = "123A456B789C*0#D"

// DTMF is the tone pair of '0' to '9', '*', '#' or 'A' to 'D' (ITU-T Q.23) sounding
// once for on, then silent for off. Any other digit is silence.
func DTMF(digit rune, on, off time.Duration) Spec {
	i := strings.IndexRune(digits, digit)
	if i < 0 {
		return Spec{}
	}
	s := Spec{Once: true, Level: DigitLevel, Source: "ITU-T Q.23"}
	s.Steps = []Step{{Sound: hz(lowGroup[i/4], highGroup[i%4]), For: on}}
	if off > 0 {
		s.Steps = append(s.Steps, Step{For: off})
	}
	return s
}

// What the detector asks for (ITU-T Q.24, annex A: a digit of 40 ms must be taken, one
// of 23 ms must not, a break of 10 ms is none, and speech is not a digit).
const (
	loudEnough = -36.0 // dBFS of each tone
	twist      = 8.0   // dB that the two may differ by
	alone      = 8.0   // dB that the others of a group are below
	pure       = 0.7   // share of the power that the two have
	steadyFor  = 3     // hops in a row: 40 ms
	goneFor    = 4     // hops without it
)

// A Detector finds DTMF digits in a signal. It looks at 20 ms every 10 ms. It belongs
// to one goroutine and allocates nothing once it is made.
type Detector struct {
	window []float64 // the last 20 ms
	have   int       // samples of the next hop in it
	turn   [8]float64

	candidate rune
	seen      int  // hops of candidate in a row
	sounding  rune // reported, and not over
	missed    int  // hops since it was seen
}

// NewDetector makes a detector for a sampling rate of 8000 to 96000 Hz.
func NewDetector(rate int) *Detector {
	d := &Detector{window: make([]float64, rate/50)}
	d.have = len(d.window) / 2
	for i := range 4 {
		d.turn[i] = 2 * math.Cos(2*math.Pi*lowGroup[i]/float64(rate))
		d.turn[4+i] = 2 * math.Cos(2*math.Pi*highGroup[i]/float64(rate))
	}
	return d
}

// Write takes the next pcm, at most 40 ms at a time, and returns the digit that is
// recognized in it, else 0. A digit is reported once, about 40 ms after it begins.
func (d *Detector) Write(pcm []int16) (digit rune) {
	for _, s := range pcm {
		d.window[d.have] = float64(s)
		if d.have++; d.have == len(d.window) {
			if r := d.hop(); r != 0 {
				digit = r
			}
			d.have = copy(d.window, d.window[len(d.window)/2:])
		}
	}
	return digit
}

// hop judges the window and returns a digit that is new.
func (d *Detector) hop() rune {
	now := d.judge()
	if d.sounding != 0 {
		if now == d.sounding {
			d.missed = 0
			return 0
		}
		if d.missed++; d.missed < goneFor {
			return 0
		}
		d.sounding, d.candidate, d.seen = 0, 0, 0
	}
	if now == 0 || now != d.candidate {
		d.candidate, d.seen = now, 0
	}
	if now == 0 {
		return 0
	}
	if d.seen++; d.seen < steadyFor {
		return 0
	}
	d.sounding, d.missed = now, 0
	return now
}

// judge says which digit the window holds, or 0.
func (d *Detector) judge() rune {
	var power [8]float64
	total := 0.0
	for _, x := range d.window {
		total += x * x
	}
	n := float64(len(d.window))
	for i, k := range d.turn {
		a, b := 0.0, 0.0
		for _, x := range d.window {
			a, b = x+k*a-b, a
		}
		power[i] = (a*a + b*b - k*a*b) * 2 / n // of the sine, as total counts it
	}
	low, ok1 := strongest(power[:4])
	high, ok2 := strongest(power[4:])
	a, b := power[low], power[4+high]
	least := n * 32768 * 32768 / 2 * math.Pow(10, loudEnough/10)
	ratio := math.Pow(10, twist/10)
	if !ok1 || !ok2 || a < least || b < least || a > b*ratio || b > a*ratio || a+b < pure*total {
		return 0
	}
	return rune(digits[low*4+high])
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
