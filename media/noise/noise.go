// Package noise owns the silence of a call: it finds where nobody speaks, describes the
// noise there in a few octets (RFC 3389) and makes noise of such a description. It is
// pure, mono S16 at any rate, and allocates nothing once made. It refuses to know packets
// and when they are sent.
package noise

import "math"

// Order is how many reflection coefficients are used at most: RFC 3389 §3.2 lets the
// receiver take fewer than there are.
const Order = 8

// MaxDescription is the length of what Describe writes, in octets.
const MaxDescription = 1 + Order

// loudest is the most that is believed, in dBov: what is louder is no background, and
// nobody may make a far end hiss into an ear.
const loudest = -36

// A Description is the noise of a pause: how loud, and of what colour.
type Description struct {
	Level      float64        // RMS in dBov, -127 to 0: below what clips (RFC 3389 §3.1)
	Reflection [Order]float64 // coefficients of the all-pole model (§3.2), -1 to 1; positive: neighbours are alike
}

// Read reads a payload of comfort noise; false: it is empty.
//
//	 0 1 2 3 4 5 6 7
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-
//	|0|   level     |     N1, N2 …        level in -dBov; k = 258·(N-127)/32768
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-
//
// The document leaves the coefficients' sign open. WebRTC, which follows appendix II of
// G.711, has them negative where neighbouring samples are alike; so have we.
func Read(payload []byte) (d Description, ok bool) {
	if len(payload) == 0 {
		return d, false
	}
	d.Level = -float64(payload[0] & 0x7F)
	for i, n := range payload[1:min(len(payload), MaxDescription)] {
		d.Reflection[i] = 258 * (127 - float64(n)) / 32768
	}
	return d, true
}

// Write writes d to payload, which must hold MaxDescription octets.
func (d Description) Write(payload []byte) int {
	payload[0] = byte(math.Round(min(max(-d.Level, 0), 127)))
	for i, k := range d.Reflection {
		payload[1+i] = byte(math.Round(min(max(127-k*32768/258, 0), 254)))
	}
	return MaxDescription
}

// level is the RMS of pcm in dBov, -127 for silence.
func level(pcm []int16) float64 {
	sum := 0.0
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return dBov(sum / float64(max(len(pcm), 1)))
}

// dBov is a mean square as a level.
func dBov(power float64) float64 {
	if power <= 0 {
		return -127
	}
	return max(10*math.Log10(power/(32768*32768)), -127)
}
