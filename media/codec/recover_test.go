package codec

import (
	"math"
	"slices"
	"testing"
)

// What a codec without copies makes of a lost packet with the one after it at hand is nearer to
// what was said than without, and the packet after it is heard as if nobody had looked into it.
func TestALostPacketIsBridged(t *testing.T) {
	for _, f := range All() {
		if f.FEC {
			continue
		}
		enc, whole := pair(t, f.Codec, Options{})
		_, with := pair(t, f.Codec, Options{})
		_, without := pair(t, f.Codec, Options{})
		_, alone := pair(t, f.Codec, Options{})
		n := enc.Samples()
		var packets [61][]byte
		src := make([]int16, n)
		for i := range packets {
			vowel(src, i, enc.Rate(), 0.3)
			packets[i] = make([]byte, MaxPayload)
			size, err := enc.Encode(src, packets[i])
			if err != nil {
				t.Fatal(err)
			}
			packets[i] = packets[i][:size]
		}
		decode := func(d Decoder, p []byte) []int16 {
			pcm := make([]int16, n)
			if _, err := d.Decode(p, pcm); err != nil {
				t.Fatal(err)
			}
			return pcm
		}
		var nearer, farther float64
		bridged, concealed := make([]int16, n), make([]int16, n)
		for i, p := range packets[:60] {
			said := decode(whole, p)
			if i%6 == 5 {
				if with.Recover(packets[i+1], bridged) {
					t.Errorf("%s: what was made up is called recovered", f.Label)
				}
				without.Conceal(concealed)
				if i > 10 { // enough is known
					nearer += apart(said, bridged)
					farther += apart(said, concealed)
				}
				continue
			}
			decode(without, p)
			heard := decode(with, p)
			// 10 ms are too short to show a deep pitch: there is no bridge then.
			if !slices.Equal(heard, decode(alone, p)) && n*50 == enc.Rate() {
				t.Errorf("%s: packet %d is not heard as it is", f.Label, i)
			}
		}
		if n*50 == enc.Rate() && nearer > 0.8*farther || nearer > farther {
			t.Errorf("%s: error %.0f with the packet after it, %.0f without", f.Label, nearer, farther)
		}
	}
}

func apart(a, b []int16) (sum float64) {
	for i := range a {
		sum += math.Pow(float64(a[i])-float64(b[i]), 2)
	}
	return math.Sqrt(sum / float64(len(a)))
}
