package codec

import (
	"math"
	"testing"

	"github.com/offhook/offhook/media/agreement"
)

// restless is a voice whose pitch moves by half nine times a second.
func restless(pcm []int16, frame int) {
	for i := range pcm {
		at := float64(frame*len(pcm)+i) / 48000
		pitch, x := 130*at+1.2*math.Sin(2*math.Pi*9*at), 0.0
		for k := 1.0; k < 20; k++ {
			x += math.Sin(2*math.Pi*pitch*k) / k
		}
		pcm[i] = int16(4000 * x)
	}
}

// Packets of a voice are lost, in the third of which libopus has nearly nothing left. What stands in
// is still half as loud, is gone in the end, and is not made after what is no speech.
func TestOpusGapsKeepThePitch(t *testing.T) {
	packets := opusPackets(t, Options{Bitrate: 32000}, 50, restless)
	for _, lull := range []bool{false, true} {
		_, dec := pair(t, agreement.Opus, Options{})
		pcm := make([]int16, 960)
		for _, p := range packets {
			if _, err := dec.Decode(p, pcm); err != nil {
				t.Fatal(err)
			}
		}
		before := rms(pcm)
		dec.(*opusDecoder).gap.lull = lull
		var level [10]float64
		for i := range level {
			dec.Conceal(pcm)
			level[i] = rms(pcm)
		}
		if kept := level[2] > before*0.5; kept == lull {
			t.Errorf("lull %v: the third packet has %.0f of %.0f", lull, level[2], before)
		}
		if level[8] > before/6 {
			t.Errorf("lull %v: after 160 ms %.0f of %.0f", lull, level[8], before)
		}
	}
}
