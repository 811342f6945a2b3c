package codec

import (
	"math"
	"testing"

	"github.com/offhook/offhook/media/agreement"
)

// Values from the columns of G.711 tables 1a to 2b: decision and output values, in
// 16-bit units (×8 for A-law's 13 bits, ×4 for µ-law's 14), and the code on the line.
func TestG711Tables(t *testing.T) {
	for _, c := range []struct {
		name   string
		law    *law
		sample int16
		code   byte
		back   int16
	}{
		{"µ", &muLaw, 0, 0xFF, 0},
		{"µ", &muLaw, -1, 0x7F, 0},
		{"µ", &muLaw, 2 * 4, 0xFE, 2 * 4},
		{"µ", &muLaw, 31 * 4, 0xEF, 33 * 4},
		{"µ", &muLaw, 95 * 4, 0xDF, 99 * 4},
		{"µ", &muLaw, 4063 * 4, 0x8F, 4191 * 4},
		{"µ", &muLaw, 32767, 0x80, 8031 * 4},
		{"µ", &muLaw, -32768, 0x00, -8031 * 4},
		{"A", &aLaw, 0, 0xD5, 1 * 8},
		{"A", &aLaw, -1, 0x55, -1 * 8},
		{"A", &aLaw, 64 * 8, 0xF5, 66 * 8},
		{"A", &aLaw, 2048 * 8, 0xA5, 2112 * 8},
		{"A", &aLaw, 32767, 0xAA, 4032 * 8},
		{"A", &aLaw, -32768, 0x2A, -4032 * 8},
	} {
		if code := c.law.encode(c.sample); code != c.code {
			t.Errorf("%s-law: %d encodes as %#02x, want %#02x", c.name, c.sample, code, c.code)
		}
		if back := c.law.decode[c.code]; back != c.back {
			t.Errorf("%s-law: %#02x decodes as %d, want %d", c.name, c.code, back, c.back)
		}
	}
}

// Every code survives decoding and encoding, and every sample comes back within half a
// step of its segment.
func TestG711IsItsOwnInverse(t *testing.T) {
	for name, l := range map[string]*law{"µ": &muLaw, "A": &aLaw} {
		for code, sample := range l.decode {
			if got := l.encode(sample); got != byte(code) && !(name == "µ" && code == 0x7F) { // minus zero
				t.Errorf("%s-law: %#02x decodes as %d, which encodes as %#02x", name, code, sample, got)
			}
		}
		last := l.decode[l.encode(-32768)]
		for x := -32768; x <= 32767; x++ {
			y := l.decode[l.encode(int16(x))]
			if y < last {
				t.Fatalf("%s-law falls at %d", name, x)
			}
			last = y
			size := math.Abs(float64(x))
			if err := math.Abs(float64(x) - float64(y)); err > max(size/31, 8)+4 && size < 32200 {
				t.Errorf("%s-law: %d comes back as %d", name, x, y)
			}
		}
	}
}

// G.712 figure 9 asks for 33 dB of signal to total distortion from -30 to 0 dBm0.
func TestG711Distortion(t *testing.T) {
	for _, c := range []agreement.Codec{agreement.PCMU, agreement.PCMA} {
		for _, db := range []float64{-3, -10, -20, -30} {
			enc, dec := pair(t, c, Options{})
			var signal, noise float64
			peak := 32768 * math.Pow(10, db/20)
			src, dst, payload := make([]int16, 160), make([]int16, 160), make([]byte, MaxPayload)
			for f := range 50 {
				for i := range src {
					src[i] = int16(peak * math.Sin(2*math.Pi*1013*float64(f*160+i)/8000))
				}
				n, _ := enc.Encode(src, payload)
				if _, err := dec.Decode(payload[:n], dst); err != nil {
					t.Fatal(err)
				}
				for i := range src {
					d := float64(src[i]) - float64(dst[i])
					signal += float64(src[i]) * float64(src[i])
					noise += d * d
				}
			}
			if snr := 10 * math.Log10(signal/noise); snr < 33 {
				t.Errorf("%s at %v dBFS: %.1f dB", c.Name, db, snr)
			}
		}
	}
}
