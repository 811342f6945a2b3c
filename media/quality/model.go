// Package quality is what the figures of a call say to a person: the E-model of ITU-T
// G.107, which turns delay and loss into a rating, and the bursts and gaps in which packets
// are lost (RFC 3611 §4.7.2). It refuses to measure anything itself.
package quality

import (
	"math"
	"time"
)

// A Path is what is known of one direction of a call. The zero value is a perfect one.
type Path struct {
	Delay  time.Duration // from mouth to ear
	Codec  Impairment
	Loss   float64 // share of the packets that were not there to be played, 0 to 1
	Bursts float64 // BurstR of G.107 §7.5: 1 or less: losses fall at random; more: in bursts
}

// Defaults of G.107 table 3 for all that a call does not tell: telephones at both ends,
// quiet rooms, well cancelled echo.
const (
	slr, rlr       = 8, 2   // send and receive loudness rating, dB
	stmr           = 15     // sidetone masking, dB
	dFactorS       = 3      // D-value of the telephone, send side
	dFactorR       = 3      // and receive side
	telr           = 65     // talker echo loudness, dB
	wepl           = 110    // weighted echo path loss, dB
	qdu            = 1      // quantizing distortion units
	circuitNoise   = -70    // dBm0p
	noiseFloor     = -64    // at the receive side, dBmp
	roomS, roomR   = 35, 35 // room noise, dB(A)
	leastDelay     = 100    // mT: the shortest absolute delay that is noticed, ms
	mostImpairment = 95     // to which loss can take Ie (§7.5)
)

// Rating is R, 0 to 100: over 90 nobody minds, over 80 few do, over 70 some do, over 60
// many do, under 50 the line is of little use (G.109).
func Rating(p Path) float64 {
	no := noise()
	ro := 15 - 1.5*(slr+no)
	r := ro - simultaneous(ro, no) - delayed(ro, no, p.Delay) - p.Codec.effective(p.Loss, p.Bursts)
	return min(max(r, 0), 100)
}

// MOS is what listeners of a conversation would say, 1 bad to 4.5 (G.107 annex B).
func MOS(r float64) float64 {
	switch {
	case r <= 0:
		return 1
	case r >= 100:
		return 4.5
	}
	return max(1+0.035*r+r*(r-60)*(100-r)*7e-6, 1) // under 6.5 the curve dips below its own end
}

// noise is No: all noise, at the 0 dBr point (§7.2).
func noise() float64 {
	const olr = slr + rlr
	nos := roomS - slr - dFactorS - 100 + 0.004*math.Pow(roomS-olr-dFactorS-14, 2)
	pre := roomR + 10*math.Log10(1+math.Pow(10, (10-(stmr+dFactorR))/10.0))
	nor := rlr - 121 + pre + 0.008*math.Pow(pre-35, 2)
	nfo := float64(noiseFloor + rlr)
	var sum float64
	for _, n := range []float64{circuitNoise, nos, nor, nfo} {
		sum += math.Pow(10, n/10)
	}
	return 10 * math.Log10(sum)
}

// simultaneous is Is: what comes with the voice itself (§7.3).
func simultaneous(ro, no float64) float64 {
	xolr := slr + rlr + 0.2*(64+no-rlr)
	loud := 20 * (root(1+math.Pow(xolr/8, 8), 8) - xolr/8)

	q := 37 - 15*math.Log10(qdu)
	g := 1.07 + 0.258*q + 0.0602*q*q
	y := (ro-100)/15 + 46/8.4 - g/9
	z := 46/30.0 - g/40
	quantized := 15 * math.Log10(1+math.Pow(10, y)+math.Pow(10, z))
	return loud + sidetone(0) + quantized
}

// sidetone is Ist: one's own voice in one's ear, the echo after t ms included (§7.3.2).
func sidetone(t float64) float64 {
	s := -10 * math.Log10(math.Pow(10, -stmr/10.0)+math.Exp(-t/4)*math.Pow(10, -telr/10.0))
	return 12*root(1+math.Pow((s-13)/6, 8), 8) - 28*root(1+math.Pow((s+1)/19.4, 35), 35) -
		13*root(1+math.Pow((s-3)/33, 13), 13) + 29
}

// delayed is Id: echo to the talker, echo to the listener, and delay as such (§7.4).
func delayed(ro, no float64, d time.Duration) float64 {
	t := max(float64(d)/float64(time.Millisecond), 0)
	terv := telr - 40*math.Log10((1+t/10)/(1+t/150)) + 6*math.Exp(-0.3*t*t)
	talker := 0.0
	if t > 1 { // echo within a millisecond is sidetone
		gap := -1.5*(no-rlr) - (80 + 2.5*(terv-14))
		talker = (gap/2 + math.Sqrt(gap*gap/4+100) - 1) * (1 - math.Exp(-t))
	}
	gap := ro - 10.5*(wepl+7)*math.Pow(2*t+1, -0.25)
	listener := gap/2 + math.Sqrt(gap*gap/4+169)
	absolute := 0.0
	if t > leastDelay {
		x := math.Log2(t / leastDelay)
		absolute = 25 * (root(1+math.Pow(x, 6), 6) - 3*root(1+math.Pow(x/3, 6), 6) + 2)
	}
	return talker + listener + absolute
}

func root(x, n float64) float64 { return math.Pow(x, 1/n) }
