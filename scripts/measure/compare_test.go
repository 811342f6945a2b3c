package measure

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// speech is noise in the band of a telephone that swells and falls as syllables do,
// with a pause in each tenth second when pauses is set.
func speech(seed uint64, rate int, d time.Duration, pauses bool) Signal {
	r := rand.New(rand.NewPCG(seed, 7))
	s := Signal{rate, make([]float64, int(d.Seconds()*float64(rate)))}
	for i := range s.X {
		s.X[i] = 0.4 * r.NormFloat64()
	}
	s = s.Band(200, 3400)
	for i := range s.X {
		t := float64(i) / float64(rate)
		s.X[i] *= 0.55 + 0.45*math.Sin(2*math.Pi*3.7*t)
		if pauses && math.Mod(t, 10) >= 9 {
			s.X[i] = 0
		}
	}
	return s
}

func scaled(s Signal, gain float64) Signal {
	out := Signal{s.Rate, make([]float64, len(s.X))}
	for i, v := range s.X {
		out.X[i] = gain * v
	}
	return out
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s is %.4f, want %.4f ± %.4f", what, got, want, within)
	}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// A known delay, known to be between samples, at several rates on both sides.
func TestDelayIsFoundToAFractionOfASample(t *testing.T) {
	said := speech(1, 48000, 6*time.Second, false)
	for _, c := range []struct {
		delay time.Duration
		rate  int
	}{
		{0, 48000}, {time.Millisecond, 48000}, {71 * time.Millisecond, 48000},
		{time.Second * 1001 / 48000, 48000}, {258 * time.Millisecond, 8000}, {1900 * time.Millisecond, 16000},
	} {
		heard := said.Cut(-c.delay, said.Duration()).Resample(c.rate)
		r := Compare(said, heard, Options{From: 2 * time.Second, To: 6 * time.Second})
		near(t, "delay", ms(r.Delay), ms(c.delay), 0.01)
		near(t, "95th percentile of the delay", ms(r.Delay95), ms(c.delay), 0.02)
		if r.Least < 0.99 || r.Gap != 0 || r.Distance > 0.3 || r.Speech != 4 {
			t.Errorf("%v at %d Hz: least alike %.3f, gap %.3f, distance %.2f dB, %d windows", c.delay, c.rate, r.Least, r.Gap, r.Distance, r.Speech)
		}
	}
}

func TestRecordingsThatBeganApart(t *testing.T) {
	said := speech(2, 16000, 5*time.Second, false)
	heard := said.Cut(300*time.Millisecond, said.Duration())
	r := Compare(said, heard, Options{Min: -time.Second, Max: time.Second})
	near(t, "delay", ms(r.Delay), -300, 0.01)
}

func TestLoudnessIsNoDamage(t *testing.T) {
	said := speech(3, 16000, 4*time.Second, false)
	r := Compare(said, scaled(said, 0.1), Options{})
	w := r.Windows[1]
	near(t, "level", w.Heard-said.Cut(time.Second, 2*time.Second).Level(), -20, 0.01)
	if r.Least < 0.999 || r.Distance > 0.01 || r.Gap != 0 {
		t.Errorf("20 dB quieter: %+v", r)
	}
}

// White noise of a known power makes a known correlation: 1/√(1+N/S) in the band.
func TestNoise(t *testing.T) {
	said := speech(4, 16000, 8*time.Second, false)
	noise := speech(5, 16000, 8*time.Second, false)
	last := 0.0
	for _, db := range []float64{20, 10, 0} {
		gain := math.Pow(10, -db/20)
		heard := Signal{16000, make([]float64, len(said.X))}
		for i := range heard.X {
			heard.X[i] = said.X[i] + gain*noise.X[i]
		}
		r := Compare(said, heard, Options{})
		near(t, "likeness", r.Windows[3].Alike, 1/math.Sqrt(1+gain*gain), 0.03)
		if r.Distance <= last {
			t.Errorf("distance %.2f dB at %v dB of noise, %.2f with less", r.Distance, db, last)
		}
		last = r.Distance
	}
}

func TestOtherSpeechIsNotAlike(t *testing.T) {
	r := Compare(speech(6, 16000, 6*time.Second, false), speech(7, 16000, 6*time.Second, false), Options{})
	for _, w := range r.Windows {
		if w.Alike > 0.2 {
			t.Errorf("%.2f alike at %v", w.Alike, w.At)
		}
	}
}

func TestSilenceIsNotAlike(t *testing.T) {
	said := speech(8, 16000, 4*time.Second, false)
	r := Compare(said, Signal{16000, make([]float64, len(said.X))}, Options{})
	for _, w := range r.Windows {
		if w.Heard != Silence || w.Alike > 0.001 {
			t.Errorf("silence: %+v", w)
		}
	}
	if r.Speech > 0 && r.Gap != 1 {
		t.Errorf("gap %.2f of silence", r.Gap)
	}
}

// Every tenth packet of 20 ms is missing.
func TestGaps(t *testing.T) {
	said := speech(9, 16000, 5*time.Second, false)
	heard := scaled(said, 1)
	for i := range heard.X {
		if i/320%10 == 3 {
			heard.X[i] = 0
		}
	}
	r := Compare(said, heard, Options{Max: 10 * time.Millisecond})
	near(t, "gap", r.Gap, 0.1, 0.015)
	if r.Distance < 1 {
		t.Errorf("distance %.2f dB", r.Distance)
	}
}

func TestPausesAreNotJudged(t *testing.T) {
	said := speech(10, 16000, 11*time.Second, true)
	r := Compare(said, said, Options{Max: 100 * time.Millisecond})
	if w := r.Windows[9]; w.Speech {
		t.Errorf("a pause is speech: %+v", w)
	}
	if r.Speech != 10 || r.Least < 0.999 {
		t.Errorf("%d windows with speech, least alike %.3f", r.Speech, r.Least)
	}
}

// The original begins anew at its end, as the microphone of the test card does.
func TestLoop(t *testing.T) {
	said := speech(11, 16000, 2500*time.Millisecond, false)
	heard := Signal{16000, make([]float64, 16000*7)}
	for i := range heard.X {
		heard.X[i] = said.at(i-800, true) // 50 ms late
	}
	r := Compare(said, heard, Options{Loop: true})
	near(t, "delay", ms(r.Delay), 50, 0.01)
	if r.Least < 0.99 || len(r.Windows) != 7 {
		t.Errorf("least alike %.3f of %d", r.Least, len(r.Windows))
	}
}

func TestPartAndHop(t *testing.T) {
	said := speech(12, 16000, 6*time.Second, false)
	r := Compare(said, said, Options{Window: 2 * time.Second, Hop: time.Second, From: time.Second, To: 5 * time.Second, Max: time.Millisecond})
	if len(r.Windows) != 3 || r.Windows[0].At != time.Second || r.Windows[2].At != 3*time.Second {
		t.Errorf("windows: %+v", r.Windows)
	}
}

func TestNothingToCompare(t *testing.T) {
	for _, r := range []Report{
		Compare(Signal{Rate: 8000}, Signal{Rate: 8000}, Options{}),
		Compare(Signal{Rate: 8000}, speech(13, 8000, 2*time.Second, false), Options{}),
		Compare(Signal{Rate: 8000}, speech(13, 8000, 2*time.Second, false), Options{Loop: true}),
	} {
		if r.Speech != 0 || r.Least != 0 || r.Delay != 0 {
			t.Errorf("%+v", r)
		}
	}
}

func TestPercentile(t *testing.T) {
	all := []time.Duration{30, 10, 20, 40}
	for p, want := range map[float64]time.Duration{0: 10, 50: 20, 75: 30, 95: 40, 100: 40} {
		if got := Percentile(all, p); got != want {
			t.Errorf("%v%%: %d, want %d", p, got, want)
		}
	}
	if all[0] != 30 {
		t.Error("the argument was sorted")
	}
}
