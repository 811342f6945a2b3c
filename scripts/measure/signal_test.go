package measure

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"
)

func sine(hz float64, rate int, d time.Duration) Signal {
	s := Signal{rate, make([]float64, int(d.Seconds()*float64(rate)))}
	for i := range s.X {
		s.X[i] = 0.5 * math.Sin(2*math.Pi*hz*float64(i)/float64(rate))
	}
	return s
}

func TestLevel(t *testing.T) {
	near(t, "a sine of half scale", sine(1000, 8000, time.Second).Level(), -9.03, 0.01)
	near(t, "a square wave of full scale", Signal{8000, []float64{1, -1, 1, -1}}.Level(), 0, 0.001)
	if l := (Signal{8000, make([]float64, 100)}).Level(); l != Silence {
		t.Errorf("silence is %.1f", l)
	}
	if l := (Signal{Rate: 8000}).Level(); l != Silence {
		t.Errorf("nothing is %.1f", l)
	}
}

// A sine stays the same sine at another rate, sample for sample, while it fits.
func TestResampleKeepsPhaseAndLevel(t *testing.T) {
	for _, from := range []int{8000, 16000, 22050, 44100, 48000} {
		for _, to := range []int{8000, 16000, 44100, 48000} {
			got, want := sine(1000, from, time.Second).Resample(to), sine(1000, to, time.Second)
			if math.Abs(float64(len(got.X)-len(want.X))) > 1 {
				t.Fatalf("%d to %d: %d samples", from, to, len(got.X))
			}
			for i := to / 10; i < to*9/10; i++ {
				if math.Abs(got.X[i]-want.X[i]) > 0.002 {
					t.Fatalf("%d to %d: sample %d is %.4f, want %.4f", from, to, i, got.X[i], want.X[i])
				}
			}
		}
	}
}

func TestResampleDoesNotAlias(t *testing.T) {
	if l := sine(5000, 48000, time.Second).Resample(8000).Cut(100*time.Millisecond, 900*time.Millisecond).Level(); l > -60 {
		t.Errorf("5 kHz is still there at 8 kHz, with %.1f dBFS", l)
	}
}

func TestBand(t *testing.T) {
	for hz, want := range map[float64]float64{30: -45, 1000: 0, 3000: 0, 5000: -60} {
		s := sine(hz, 16000, time.Second)
		mid := func(s Signal) float64 { return s.Cut(200*time.Millisecond, 800*time.Millisecond).Level() }
		got := mid(s.Band(low, high)) - mid(s)
		if want == 0 && math.Abs(got) > 0.1 || want != 0 && got > want/3 {
			t.Errorf("%.0f Hz: %.1f dB", hz, got)
		}
	}
}

func TestCut(t *testing.T) {
	s := Signal{1000, []float64{1, 2, 3}}
	c := s.Cut(-2*time.Millisecond, 5*time.Millisecond)
	want := []float64{0, 0, 1, 2, 3, 0, 0}
	for i := range want {
		if len(c.X) != len(want) || c.X[i] != want[i] {
			t.Fatalf("%v", c.X)
		}
	}
	if c := s.Cut(7*time.Millisecond, 6*time.Millisecond); len(c.X) != 0 {
		t.Errorf("%v", c.X)
	}
}

// The fast correlation is the slow one.
func TestCorrelate(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		y := make([]float64, 1+r.IntN(40))
		x := make([]float64, len(y)+r.IntN(60))
		for i := range x {
			x[i] = r.NormFloat64()
		}
		for i := range y {
			y[i] = r.NormFloat64()
		}
		c := correlate(x, y)
		for k := range c {
			want := 0.0
			for i := range y {
				want += x[k+i] * y[i]
			}
			near(t, "correlation", c[k], want, 1e-9)
		}
		if len(c) != len(x)-len(y)+1 {
			t.Fatalf("%d shifts of %d in %d", len(c), len(y), len(x))
		}
	}
}

func TestPCMClips(t *testing.T) {
	got := Signal{8000, []float64{0, 1, -1, 2, -2, 0.5}}.PCM()
	for i, want := range []int16{0, 32767, -32768, 32767, -32768, 16384} {
		if got[i] != want {
			t.Errorf("sample %d is %d, want %d", i, got[i], want)
		}
	}
}

func TestFiles(t *testing.T) {
	s := sine(440, 16000, 100*time.Millisecond)
	for _, name := range []string{"a.raw", "a.wav"} {
		path := filepath.Join(t.TempDir(), name)
		if err := Save(path, s); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := Load(path, 16000)
		if err != nil || got.Rate != 16000 || len(got.X) != len(s.X) {
			t.Fatalf("%s: %d samples at %d Hz, %v", name, len(got.X), got.Rate, err)
		}
		for i := range s.X {
			near(t, name, got.X[i], s.X[i], 1.0/32768)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none.wav"), 0); err == nil {
		t.Error("a missing file is loaded")
	}
}
