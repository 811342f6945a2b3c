package tone

import (
	"math"
	"slices"
	"testing"
	"time"
)

// The tests' own detector. It knows nothing of plans or generators: it is given sound
// and says what is in it.

// A span is a stretch of sound, in samples.
type span struct{ from, to int }

// spans finds where pcm sounds: where 5 ms are louder than a tenth of the loudest.
// Gaps of up to 15 ms are the beat of two frequencies, not a cadence.
func spans(pcm []int16, rate int) []span {
	ms := rate / 1000
	power := make([]float64, len(pcm)/ms) // of each ms
	for i := range power {
		for _, s := range pcm[i*ms : (i+1)*ms] {
			power[i] += float64(s) * float64(s)
		}
	}
	loudest := slices.Max(power)
	if loudest == 0 {
		return nil
	}
	var all []span
	for i := 0; i < len(power); i++ {
		if power[i] < loudest/200 {
			continue
		}
		if n := len(all); n > 0 && i*ms-all[n-1].to <= 15*ms {
			all[n-1].to = (i + 1) * ms
		} else {
			all = append(all, span{i * ms, (i + 1) * ms})
		}
	}
	return all
}

// strength is the amplitude of freq in pcm under a Hann window.
func strength(pcm []int16, rate int, freq float64) float64 {
	var re, im float64
	n := float64(len(pcm))
	s0, c0 := math.Sincos(2 * math.Pi * freq / float64(rate))
	s, c := 0.0, 1.0
	ws, wc := math.Sincos(2 * math.Pi / n)
	hs, hc := 0.0, 1.0
	for _, x := range pcm {
		w := (1 - hc) * float64(x)
		re += w * c
		im += w * s
		s, c = s*c0+c*s0, c*c0-s*s0
		hs, hc = hs*wc+hc*ws, hc*wc-hs*ws
	}
	return 2 * math.Hypot(re, im) / n
}

// frequencies finds the sines in pcm between 200 and 3400 Hz that are within 12 dB of the
// strongest, in ascending order. It tells them apart when they lie 2 cycles of its length
// from each other.
func frequencies(pcm []int16, rate int) []float64 {
	step := float64(rate) / float64(len(pcm)) / 2
	var spectrum []float64
	for f := 200.0; f < 3400; f += step {
		spectrum = append(spectrum, strength(pcm, rate, f))
	}
	least := slices.Max(spectrum) / 4
	var found []float64
	for i := 1; i < len(spectrum)-1; i++ {
		a, b, c := spectrum[i-1], spectrum[i], spectrum[i+1]
		if b < least || b <= a || b < c {
			continue
		}
		found = append(found, 200+step*(float64(i)+(a-c)/(a-2*b+c)/2))
	}
	return found
}

// unexplained is the share of the power of pcm that is none of the given sines, by
// least squares, in dB; 0 if one of them is 12 dB weaker than the strongest.
func unexplained(pcm []int16, rate int, freq []float64) float64 {
	n := 2 * len(freq)
	m := make([][]float64, n) // normal equations, and their right side
	for i := range m {
		m[i] = make([]float64, n+1)
	}
	row := make([]float64, n)
	total := 0.0
	basis := func(i int) {
		for k, f := range freq {
			row[2*k], row[2*k+1] = math.Sincos(2 * math.Pi * f * float64(i) / float64(rate))
		}
	}
	for i, x := range pcm {
		basis(i)
		total += float64(x) * float64(x)
		for a := range n {
			for b := range n {
				m[a][b] += row[a] * row[b]
			}
			m[a][n] += row[a] * float64(x)
		}
	}
	for a := range n { // Gauss
		for b := range n {
			if b == a || m[a][a] == 0 {
				continue
			}
			k := m[b][a] / m[a][a]
			for c := a; c <= n; c++ {
				m[b][c] -= k * m[a][c]
			}
		}
	}
	weakest, strongest := math.Inf(1), 0.0
	for k := range freq {
		amp := math.Hypot(m[2*k][n]/m[2*k][2*k], m[2*k+1][n]/m[2*k+1][2*k+1])
		weakest, strongest = min(weakest, amp), max(strongest, amp)
	}
	if weakest < strongest/4 {
		return 0
	}
	left := 0.0
	for i, x := range pcm {
		basis(i)
		y := float64(x)
		for a := range n {
			y -= row[a] * m[a][n] / m[a][a]
		}
		left += y * y
	}
	return 10 * math.Log10((left+1e-9)/total)
}

func rms(pcm []int16) float64 {
	sum := 0.0
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return 10 * math.Log10(sum/float64(len(pcm))/(32768*32768/2))
}

// The detector must see what is wrong, or it proves nothing.
func TestTheDetectorCanFail(t *testing.T) {
	const rate = 8000
	for _, c := range []struct {
		name string
		s    Spec
	}{
		{"2 % sharp", cadence("", hz(480*1.02, 620), 500, 500)},
		{"one frequency missing", cadence("", hz(480), 500, 500)},
		{"one too many", cadence("", hz(480, 620, 700), 500, 500)},
	} {
		pcm := render(c.s, rate, time.Second)[40:3960]
		got := frequencies(pcm, rate)
		if len(got) == 2 && math.Abs(got[0]/480-1) < 0.01 && math.Abs(got[1]/620-1) < 0.01 {
			t.Errorf("%s: found %v", c.name, got)
		}
		if u := unexplained(pcm, rate, []float64{480, 620}); u < -20 {
			t.Errorf("%s: only %.1f dB unexplained", c.name, u)
		}
	}
	slow := spans(render(cadence("", hz(480, 620), 520, 480), rate, 3*time.Second), rate)
	if d := slow[0].to - 500*8; d < 10*8 {
		t.Errorf("20 ms too long is seen as %d samples", d)
	}
}
