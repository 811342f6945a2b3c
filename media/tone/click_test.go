package tone

import (
	"math"
	"testing"
	"time"
)

// splash is what the beginning and the end of a sound throw above 3 kHz, where none of its
// tones are, in dB under the sound itself: the energy of the loudest 20 ms there.
func splash(pcm []int16, rate int) float64 {
	high := highPass(pcm, rate, 3000)
	n := rate / 50
	worst, whole := 0.0, 0.0
	for at := 0; at+n <= len(pcm); at += n / 4 {
		e, w := 0.0, 0.0
		for i := at; i < at+n; i++ {
			e += high[i] * high[i]
			w += float64(pcm[i]) * float64(pcm[i])
		}
		worst, whole = max(worst, e), max(whole, w)
	}
	return 10 * math.Log10(worst/whole+1e-12)
}

// highPass is pcm above freq: a windowed sinc of 8 ms.
func highPass(pcm []int16, rate int, freq float64) []float64 {
	half := rate / 250
	taps := make([]float64, 2*half+1)
	sum := 0.0
	for i := range taps {
		x := float64(i - half)
		w := 0.42 + 0.5*math.Cos(math.Pi*x/float64(half)) + 0.08*math.Cos(2*math.Pi*x/float64(half))
		s := 2 * freq / float64(rate)
		if x != 0 {
			s = math.Sin(2*math.Pi*freq*x/float64(rate)) / (math.Pi * x)
		}
		taps[i] = s * w
		sum += taps[i]
	}
	out := make([]float64, len(pcm))
	for n := range pcm {
		low := 0.0
		for i, t := range taps {
			if j := n + i - half; j >= 0 && j < len(pcm) {
				low += t / sum * float64(pcm[j])
			}
		}
		out[n] = float64(pcm[n]) - low
	}
	return out
}

// No tone of any country ticks: what its edges throw above 3 kHz is 70 dB under it, which is
// what rounding to 16 bits leaves. So it is when it is stopped, at any moment of its phase, and
// when another, or another country's, takes its place in mid-cadence.
func TestEdgesDoNotTick(t *testing.T) {
	const rate = 16000
	quiet := -70.0
	for _, code := range Countries() {
		p, _ := ForCountry(code)
		for _, n := range Names() {
			if s := p.Spec(n); s.Silent() || s.Steps[0].Warble != 0 || n == Howler {
				continue // a bell is meant to ring, and the howler comes near 3 kHz by itself
			}
			g := NewGenerator(rate)
			g.Start(p.Spec(n))
			pcm := make([]int16, rate/10+rate*3/2)
			g.Read(pcm[rate/10 : rate*7/5])
			g.Stop()
			g.Read(pcm[rate*7/5:])
			if s := splash(pcm, rate); s > quiet {
				t.Errorf("%s %v: %.1f dB", code, n, s)
			}
		}
	}
	us, _ := ForCountry("US")
	de, _ := ForCountry("DE")
	for cut := rate / 5; cut < rate/5+40; cut++ { // all phases of either tone
		g := NewGenerator(rate)
		g.Start(us.Spec(Busy))
		pcm := make([]int16, rate)
		g.Read(pcm[400 : 400+cut])
		g.Start(de.Spec(Ringback))
		g.Read(pcm[400+cut : 400+cut+rate/4])
		g.Stop()
		g.Read(pcm[400+cut+rate/4:])
		if s := splash(pcm, rate); s > quiet {
			t.Errorf("cut after %d samples: %.1f dB", cut, s)
		}
	}
}

// The measure sees a tick: a tone that begins and ends at once.
func TestSplashIsSeen(t *testing.T) {
	pcm := make([]int16, 16000)
	for i := range 8000 {
		pcm[4000+i] = int16(2600 * math.Sin(1+2*math.Pi*440*float64(i)/16000))
	}
	if s := splash(pcm, 16000); s < -45 {
		t.Errorf("only %.1f dB", s)
	}
}

// Where a burst begins is where the plan says, to the sample and after any time, whatever
// the rate: ten minutes of a busy tone, beat by beat.
func TestCadenceIsExactToTheSample(t *testing.T) {
	for _, rate := range []int{8000, 11025, 44100, 48000} {
		p, _ := ForCountry("GB")
		g := NewGenerator(rate)
		g.Start(p.Spec(Busy)) // 375 ms on, 375 ms off
		pcm := make([]int16, rate)
		sounding, beats, quiet := false, 0, 0
		for second := range 600 {
			g.Read(pcm)
			for i, x := range pcm {
				at := second*rate + i
				switch {
				case x != 0:
					if !sounding {
						// The first sample of a burst is zero: sines begin there, and so does the ramp.
						want := time.Duration(beats) * 750 * time.Millisecond
						begin := int((int64(want)*int64(rate) + 5e8) / 1e9)
						if at-begin < 1 || at-begin > rate/1000 {
							t.Fatalf("%d Hz: burst %d is heard from sample %d, want it to begin at %d", rate, beats, at, begin)
						}
						beats++
					}
					sounding, quiet = true, 0
				default:
					if quiet++; quiet > rate/100 {
						sounding = false
					}
				}
			}
		}
		if beats != 800 {
			t.Errorf("%d Hz: %d bursts in ten minutes", rate, beats)
		}
	}
}
