package measure

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// loop is all delays of a text that is said over and over.
func loop(said Signal) Options { return Options{Loop: true, Max: said.Duration()} }

func TestWhatWasSaidIsRecognised(t *testing.T) {
	said := voice(31, 10*time.Second)
	hiss := Signal{said.Rate, make([]float64, len(said.X))}
	r := rand.New(rand.NewPCG(32, 32))
	for i := range hiss.X {
		hiss.X[i] = r.NormFloat64()
	}
	hiss = scaled(hiss, 0.3*math.Sqrt(power(said.X)/power(hiss.X)))
	halting := scaled(said, 1) // 40 ms in 400 never come, and 20 ms come twice
	halting.X = nil
	for at := 0; at+4000 <= len(said.X); at += 4000 {
		halting.X = append(append(halting.X, said.X[at:at+2000]...), said.X[at+1800:at+3600]...)
	}
	gaps := scaled(said, 1)
	for at := 0; at+500 <= len(gaps.X); at += 4000 {
		clear(gaps.X[at : at+500])
	}
	for _, c := range []struct {
		name  string
		heard Signal
		least float64
	}{
		{"the same", said, 0.99},
		{"3.2 s late", later(said, 3200*time.Millisecond).Cut(3500*time.Millisecond, 13*time.Second), 0.99},
		{"20 dB quieter", scaled(said, 0.1), 0.99},
		{"at a telephone's rate", said.Resample(8000), 0.99},
		{"2 % slower", slower(said, 1.02), 0.9},
		{"with noise 10 dB below", mixed(said, hiss, 1), 0.9},
		{"with gaps of 50 ms", gaps, 0.9},
		{"stopping and starting", halting, 0.8},
	} {
		got := Recognise(said, c.heard, loop(said))
		t.Logf("%s: %d of %d, delay %v", c.name, got.Recognised, got.Speech, got.Delay)
		if got.Share() < c.least || got.Speech < 15 {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	near(t, "the delay", ms(Recognise(said, later(said, 500*time.Millisecond), Options{Max: time.Second}).Delay), 500, 15)
}

// Whatever is heard that was not said does not make a row.
func TestNothingElseIsRecognised(t *testing.T) {
	said := voice(33, 10*time.Second)
	hiss := Signal{said.Rate, make([]float64, len(said.X))}
	r := rand.New(rand.NewPCG(34, 34))
	for i := range hiss.X {
		hiss.X[i] = 0.1 * r.NormFloat64()
	}
	backwards := scaled(said, 1)
	for i := range said.X {
		backwards.X[i] = said.X[len(said.X)-1-i]
	}
	beeps := sine(440, said.Rate, said.Duration())
	for i := range beeps.X {
		if i/2500%2 == 0 {
			beeps.X[i] = 0
		}
	}
	muddle := scaled(said, 1) // its own words, in disorder
	for i := range 20 {
		copy(muddle.X[i*5000:(i+1)*5000], said.X[i*7%20*5000:])
	}
	for name, heard := range map[string]Signal{
		"silence": scaled(said, 0), "noise": hiss, "a tone": sine(440, said.Rate, said.Duration()), "beeps": beeps,
		"another text": voice(35, 10*time.Second), "and another": voice(36, 10*time.Second), "backwards": backwards, "in disorder": muddle,
	} {
		got := Recognise(said, heard, loop(said))
		t.Logf("%s: %d of %d", name, got.Recognised, got.Speech)
		if got.Share() > 0.25 || got.Speech < 15 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Where nothing was said nothing can be missed.
func TestPausesAreNotMissed(t *testing.T) {
	said := voice(37, 10*time.Second)
	clear(said.X[50000:])
	if got := Recognise(said, said, loop(said)); got.Recognised < 9 || got.Speech > 12 {
		t.Errorf("%+v", got)
	}
	if got := (Recognise(Signal{Rate: 8000}, said, Options{})); got.Share() != 0 {
		t.Errorf("of nothing: %+v", got)
	}
}
