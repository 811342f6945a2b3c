package dsp

import (
	"math"
	"math/rand/v2"
	"testing"
)

// voice is something like a vowel: harmonics of a gliding pitch under formants.
func voice(n, rate int, pitch float64) []int16 {
	pcm := make([]int16, n)
	phase := 0.0
	for i := range pcm {
		f := pitch * (1 + 0.01*math.Sin(2*math.Pi*1.3*float64(i)/float64(rate)))
		phase += f / float64(rate)
		x := 0.0
		for h := 1; float64(h)*f < 3400; h++ {
			hz := float64(h) * f
			x += math.Sin(2*math.Pi*phase*float64(h)) * (math.Exp(-math.Pow((hz-600)/300, 2)) + 0.4*math.Exp(-math.Pow((hz-1700)/300, 2)) + 0.1)
		}
		pcm[i] = int16(1500 * x)
	}
	return pcm
}

// roughest is the greatest second difference: a click stands out.
func roughest(pcm []int16) int {
	most := 0
	for i := 2; i < len(pcm); i++ {
		d := int(pcm[i]) - 2*int(pcm[i-1]) + int(pcm[i-2])
		most = max(most, d, -d)
	}
	return most
}

// conceal replaces the frames for which lost is true, 20 ms each.
func conceal(src []int16, rate int, lost func(frame int) bool) []int16 {
	c, n := NewConcealer(rate), rate/50
	dst := append([]int16(nil), src...)
	for f := 0; (f+1)*n <= len(dst); f++ {
		if pcm := dst[f*n : (f+1)*n]; lost(f) {
			c.Conceal(pcm)
		} else {
			c.Hear(pcm)
		}
	}
	return dst
}

func TestConcealmentContinuesASine(t *testing.T) {
	for _, rate := range []int{8000, 16000, 48000} {
		for _, freq := range []float64{80, 200, 440, 1000} {
			src := sine(rate, 0, rate, freq, 10000)
			dst := conceal(src, rate, func(f int) bool { return f == 20 })
			gap := dst[20*rate/50 : 20*rate/50+rate/100] // its first 10 ms, before the fade
			if l := Goertzel(gap, rate, freq); freq > 100 && math.Abs(l-20*math.Log10(10000.0/32768)) > 1 {
				t.Errorf("%d Hz: the gap in a sine of %v Hz is at %.1f dBFS", rate, freq, l)
			}
			if got, was := roughest(dst), roughest(src); got > was*2+40 {
				t.Errorf("%d Hz: a lost frame in %v Hz clicks: %d, was %d", rate, freq, got, was)
			}
		}
	}
}

func TestConcealmentOfVoice(t *testing.T) {
	for _, pitch := range []float64{75, 110, 180, 240} {
		src := voice(16000, 8000, pitch)
		rng := rand.New(rand.NewPCG(1, 2))
		dst := conceal(src, 8000, func(f int) bool { return f > 5 && rng.IntN(10) == 0 })
		if got, was := roughest(dst), roughest(src); got > was*3/2 {
			t.Errorf("pitch %v Hz: 10%% loss clicks: %d, was %d", pitch, got, was)
		}
		muted := append([]int16(nil), src...)
		rng = rand.New(rand.NewPCG(1, 2))
		for f := range len(muted) / 160 {
			if f > 5 && rng.IntN(10) == 0 {
				clear(muted[f*160 : f*160+160])
			}
		}
		if got, base := distance(src, dst), distance(src, muted); got > base*0.8 {
			t.Errorf("pitch %v Hz: error %.0f, silence in the gaps has %.0f", pitch, got, base)
		}
	}
}

func distance(a, b []int16) float64 {
	sum := 0.0
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		sum += d * d
	}
	return math.Sqrt(sum / float64(len(a)))
}

func TestConcealmentFadesToSilence(t *testing.T) {
	dst := conceal(voice(8000, 8000, 120), 8000, func(f int) bool { return f >= 10 })
	gap := dst[1600:]
	before := Measure(dst[1440:1600]).RMS
	if l := Measure(gap[:80]).RMS; math.Abs(l-before) > 3 {
		t.Errorf("the first 10 ms are at %.1f dBFS, the sound before at %.1f", l, before)
	}
	if l := Measure(gap[840:920]).RMS; l > before-6 {
		t.Errorf("after 105 ms it is at %.1f dBFS", l)
	}
	if l := Measure(gap[1280:]); l.Peak != Silence {
		t.Errorf("after 160 ms it is at %.1f dBFS", l.Peak)
	}
}

func TestConcealmentBeforeAnySound(t *testing.T) {
	c := NewConcealer(8000)
	pcm := []int16{1, 2, 3, 4}
	c.Conceal(pcm)
	c.Hear(pcm)
	c.Reset()
	c.Conceal(pcm)
	if Measure(pcm).Peak != Silence {
		t.Errorf("with nothing heard it plays %v", pcm)
	}
}

func TestStretchKeepsPitchAndJoins(t *testing.T) {
	for _, rate := range []int{8000, 16000, 48000} {
		s, n := NewStretcher(rate), rate/50
		for _, pitch := range []float64{110, 150, 220, 400} {
			src := voice(rate, rate, pitch)
			for _, mode := range []string{"shorten", "lengthen"} {
				var dst []int16
				changed := 0
				for f := 0; (f+1)*n <= len(src); f++ {
					pcm := make([]int16, n*2)
					copy(pcm, src[f*n:f*n+n])
					m := n
					if f%5 == 4 && mode == "shorten" {
						m = s.Shorten(pcm[:n], 48000, true)
					} else if f%5 == 4 {
						m = s.Lengthen(pcm, n, true)
					}
					if m != n {
						changed++
					}
					if d := max(m-n, n-m); d != 0 && (d < s.least || d > s.most) {
						t.Fatalf("%s changed %d samples by %d", mode, n, d)
					}
					dst = append(dst, pcm[:m]...)
				}
				if changed != 10 {
					t.Errorf("%d Hz, pitch %v: %s took place %d times of 10", rate, pitch, mode, changed)
				}
				if got, was := roughest(dst), roughest(src); got > was*3/2 {
					t.Errorf("%d Hz, pitch %v: %s clicks: %d, was %d", rate, pitch, mode, got, was)
				}
			}
		}
	}
}

func TestStretchRefusesWhatWouldBeHeard(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	s := NewStretcher(48000)
	noise, soft, long := make([]int16, 960), make([]int16, 960), make([]int16, 2000)
	for i := range noise {
		noise[i], soft[i] = int16(rng.IntN(20000)-10000), int16(rng.IntN(100)-50)
	}
	copy(long, noise)
	if n := s.Shorten(noise, 48000, false); n != 960 {
		t.Errorf("loud noise was cut to %d", n)
	}
	if n := s.Lengthen(long, 960, false); n != 960 {
		t.Errorf("loud noise was stretched to %d", n)
	}
	if n := s.Lengthen(long[:970], 960, true); n != 960 {
		t.Errorf("stretched to %d without room", n)
	}
	if n := s.Shorten(soft, 48000, false); n == 960 {
		t.Error("quiet sound was not cut")
	}
	if n := s.Shorten(noise[:100], 48000, true); n != 100 {
		t.Error("2 ms were cut")
	}
	if n := s.Shorten(make([]int16, 960), 48000, false); n >= 960 {
		t.Error("silence was not cut")
	}
}

// A cut takes no more than it may, and none is made where that is too little.
func TestShortenTakesNoMoreThanItMay(t *testing.T) {
	for _, rate := range []int{8000, 16000, 48000} {
		s := NewStretcher(rate)
		src := voice(rate/50, rate, 150)
		for most := range rate / 50 {
			pcm := append([]int16(nil), src...)
			cut := len(pcm) - s.Shorten(pcm, most, true)
			if cut > most || cut == 0 && most >= rate/400 || cut != 0 && most < rate/400 {
				t.Fatalf("%d Hz: %d samples cut where %d may go", rate, cut, most)
			}
		}
	}
}
