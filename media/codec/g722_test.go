package codec

import (
	"math"
	"testing"

	"github.com/offhook/offhook/media/agreement"
)

// After each lost packet the sound comes back to what a decoder that lost nothing makes,
// in the next packet.
func TestG722ComesBackAfterALoss(t *testing.T) {
	enc, whole := pair(t, agreement.G722, Options{})
	_, dec := pair(t, agreement.G722, Options{})
	n := enc.Samples()
	src, want, got, p := make([]int16, n), make([]int16, n), make([]int16, n), make([]byte, MaxPayload)
	var signal, before, after float64
	for f := range 200 {
		speech(src, f, g722Rate)
		size, err := enc.Encode(src, p)
		if err != nil || size != n/2 {
			t.Fatal(size, err)
		}
		if _, err := whole.Decode(p[:size], want); err != nil {
			t.Fatal(err)
		}
		if f%10 == 7 && f > 10 {
			if dec.Recover(p[:size], got) {
				t.Error("G.722 recovers nothing")
			}
			continue
		}
		if _, err := dec.Decode(p[:size], got); err != nil {
			t.Fatal(err)
		}
		switch f % 10 {
		case 8: // past the blend
			after += distance(got[n/2:], want[n/2:])
			signal += distance(want[n/2:], make([]int16, n/2))
		case 5, 6:
			before += distance(got, want)
		}
	}
	if snr := 10 * math.Log10(signal/after); snr < 10 {
		t.Errorf("10 to 20 ms after a loss: %.1f dB", snr)
	}
	if before > after {
		t.Errorf("the damage grows: %.0f then, %.0f eight packets later", after, before)
	}
}
