package g722

import (
	"encoding/binary"
	"encoding/hex"
	"hash/fnv"
	"math"
	"testing"
)

// noise is a known signal: numbers of a linear congruence, louder by steps of 6 dB, a
// step each 25 ms.
func noise(n, quieter int) []int16 {
	pcm, x := make([]int16, n), uint32(1)
	for i := range pcm {
		x = x*1664525 + 1013904223
		pcm[i] = int16(x>>16) >> (quieter + i/400%6)
	}
	return pcm
}

func sum(pcm []int16) uint64 {
	h := fnv.New64a()
	_ = binary.Write(h, binary.LittleEndian, pcm)
	return h.Sum64()
}

// What spandsp 0.0.6, which passes the test sequences of the recommendation, makes of the
// same signals: the first codes, and sums (FNV-1a) of all codes and of what they decode to.
func TestKnownAnswers(t *testing.T) {
	for _, c := range []struct {
		quieter      int
		first        string
		coded, heard uint64
	}{
		{1, "9820842084208e08ad0537b818b5980fb02b8dad17eb3134", 0x2320782467acaf06, 0xcb9afc028e24dc62},
		{2, "9b24842084208f09ae063aba1bb99b14b32e91b11aef3537", 0xdbbfb641327c4351, 0x65dee15fa201f79d},
		{4, "de328a208420950caf063aba1cb99c15b43091b21b703636", 0xff89cc3df0b043d4, 0xbef26db586c92df8},
	} {
		pcm, codes := noise(16000, c.quieter), make([]byte, 8000)
		if n := NewEncoder().Encode(codes, pcm); n != 8000 {
			t.Fatalf("%d octets", n)
		}
		if got := hex.EncodeToString(codes[:24]); got != c.first {
			t.Errorf("begins with %s, want %s", got, c.first)
		}
		h := fnv.New64a()
		h.Write(codes)
		if h.Sum64() != c.coded {
			t.Errorf("codes %#x, want %#x", h.Sum64(), c.coded)
		}
		if n := NewDecoder().Decode(pcm, codes); n != 16000 || sum(pcm) != c.heard {
			t.Errorf("%d samples %#x, want %#x", n, sum(pcm), c.heard)
		}
	}
}

// Any octets, among them codes that no encoder sends: as spandsp decodes them.
func TestKnownAnswerForAnything(t *testing.T) {
	codes, pcm, x := make([]byte, 8000), make([]int16, 16000), uint32(7)
	for i := range codes {
		x = x*1664525 + 1013904223
		if codes[i] = byte(x >> 24); codes[i]%8 != 0 { // few large steps: spandsp wraps where we saturate
			codes[i] |= 0x18
		}
	}
	NewDecoder().Decode(pcm, codes)
	if got := sum(pcm); got != 0x89e0b0c4d097a8fc {
		t.Errorf("samples %#x", got)
	}
}

// The tables as the recommendation describes them: quantizers odd about zero, levels
// that rise, mantissas that are powers.
func TestTables(t *testing.T) {
	for i, m := range mantissa {
		if want := math.Floor(2048*math.Pow(2, float64(i)/32) + 0.5); math.Abs(float64(m)-want) > 1 {
			t.Errorf("mantissa %d is %d, want %v", i, m, want)
		}
	}
	for i := 1; i < len(lowDecisions); i++ {
		if lowDecisions[i] <= lowDecisions[i-1] {
			t.Errorf("decision level %d falls", i)
		}
	}
	seen := map[byte]bool{}
	for i := 1; i <= 30; i++ {
		p, n := lowPositive[i], lowNegative[i]
		if low6[p] != -low6[n] || low6[p] <= 0 {
			t.Errorf("interval %d stands for %d and %d", i, low6[p], low6[n])
		}
		// The value lies between the levels: 4096ths against 32768ths.
		if v := low6[p]; v < 8*lowDecisions[i-1] || i < 30 && v > 8*lowDecisions[i] {
			t.Errorf("interval %d stands for %d, outside its levels", i, v)
		}
		seen[p], seen[n] = true, true
	}
	if len(seen) != 60 || seen[0] || seen[1] || seen[2] || seen[3] {
		t.Errorf("%d codes are sent", len(seen))
	}
	total := 0
	for _, c := range taps {
		total += c
	}
	if total != 4096 {
		t.Errorf("the filter's taps add up to %d", total)
	}
}

// Signal to total distortion (figure 17 of G.722 asks for 24 to 36 dB over most of the
// range at 64 kbit/s), at both ends of the lower band and in the higher one, where the
// code has two bits.
func TestDistortion(t *testing.T) {
	for _, c := range []struct{ hz, db, want float64 }{
		{1020, -9, 36}, {1020, -20, 36}, {1020, -30, 35}, {1020, -50, 27},
		{300, -12, 36}, {3000, -12, 36}, {6000, -12, 13}, {6000, -40, 13},
	} {
		if got := ratio(c.hz, c.db); got < c.want {
			t.Errorf("%v Hz at %v dBFS: %.1f dB, want %v", c.hz, c.db, got, c.want)
		}
	}
}

// ratio is the signal to distortion of a tone, after the filters' 22 samples of delay.
func ratio(hz, db float64) float64 {
	const delay = 22
	pcm, heard := make([]int16, 16000), make([]int16, 16000)
	for i := range pcm {
		pcm[i] = int16(32768 * math.Pow(10, db/20) * math.Sin(2*math.Pi*hz*float64(i)/16000))
	}
	codes := make([]byte, 8000)
	NewEncoder().Encode(codes, pcm)
	NewDecoder().Decode(heard, codes)
	var signal, noise float64
	for i := 2000; i < len(pcm); i++ {
		d := float64(heard[i]) - float64(pcm[i-delay])
		signal += float64(pcm[i-delay]) * float64(pcm[i-delay])
		noise += d * d
	}
	return 10 * math.Log10(signal/noise)
}

func TestNothingAllocates(t *testing.T) {
	e, d := NewEncoder(), NewDecoder()
	pcm, codes := noise(320, 2), make([]byte, 160)
	if n := testing.AllocsPerRun(10, func() {
		e.Encode(codes, pcm)
		d.Decode(pcm, codes)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte{0x98, 0x20, 0x84})
	f.Fuzz(func(t *testing.T, codes []byte) {
		if len(codes) > 4000 {
			return
		}
		d, pcm := NewDecoder(), make([]int16, 2*len(codes)+1)
		if n := d.Decode(pcm, codes); n != 2*len(codes) {
			t.Fatalf("%d octets made %d samples", len(codes), n)
		}
	})
}

func BenchmarkBothWays(b *testing.B) {
	e, d := NewEncoder(), NewDecoder()
	pcm, codes := noise(320, 2), make([]byte, 160)
	for b.Loop() {
		e.Encode(codes, pcm)
		d.Decode(pcm, codes)
	}
}
