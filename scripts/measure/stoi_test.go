package measure

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// voice is noise whose bands swell and fall apart from each other, some four times a
// second, as those of speech do, over a pitch that glides.
func voice(seed uint64, d time.Duration) Signal {
	const hz, syllable = 10000, 10000 / 8
	r := rand.New(rand.NewPCG(seed, 11))
	out := Signal{hz, make([]float64, int(d.Seconds()*hz))}
	glide := func(curve func(float64) float64) func(i int) float64 {
		var levels []float64
		for range len(out.X)/syllable + 2 {
			levels = append(levels, curve(r.Float64()))
		}
		return func(i int) float64 {
			k, f := i/syllable, float64(i%syllable)/syllable
			return levels[k]*(1-f) + levels[k+1]*f
		}
	}
	square := func(v float64) float64 { return v * v }
	for band := range 15 {
		noise := Signal{hz, make([]float64, len(out.X))}
		for i := range noise.X {
			noise.X[i] = r.NormFloat64()
		}
		centre := 150 * math.Pow(2, float64(band)/3)
		noise = noise.Band(centre*0.9, centre*1.1)
		level := glide(square)
		for i, v := range noise.X {
			out.X[i] += 0.2 * v * level(i)
		}
	}
	level, pitch, phase := glide(square), glide(func(v float64) float64 { return 100 + 80*v }), 0.0
	for i := range out.X {
		phase += 2 * math.Pi * pitch(i) / hz
		out.X[i] += 0.3 * level(i) * (math.Sin(phase) + 0.5*math.Sin(2*phase) + 0.3*math.Sin(3*phase))
	}
	return out
}

func mixed(a, b Signal, gain float64) Signal {
	out := Signal{a.Rate, make([]float64, len(a.X))}
	for i := range out.X {
		out.X[i] = a.X[i] + gain*b.X[i]
	}
	return out
}

// slower is s lasting times as long, its pitch lower for it.
func slower(s Signal, times float64) Signal {
	out := Signal{s.Rate, make([]float64, int(float64(len(s.X))*times))}
	for i := range out.X {
		out.X[i] = aligned(s.X, float64(i)/times, 1)[0]
	}
	return out
}

func TestTheSameIsOne(t *testing.T) {
	said := voice(1, 6*time.Second)
	near(t, "the same", STOI(said, said), 1, 1e-9)
	near(t, "20 dB quieter", STOI(said, scaled(said, 0.1)), 1, 1e-9)
	near(t, "at another rate", STOI(said, said.Resample(48000)), 1, 0.01)
}

// The loudness of each band by itself does not count: equation 2 makes them equal.
func TestAFilterIsNoDamage(t *testing.T) {
	said := voice(2, 6*time.Second)
	tilted := Signal{said.Rate, make([]float64, len(said.X))}
	for i := 1; i < len(said.X); i++ {
		tilted.X[i] = said.X[i] - 0.9*said.X[i-1]
	}
	if d := STOI(said, tilted); d < 0.97 {
		t.Errorf("6 dB an octave make %.3f", d)
	}
}

func TestSomethingElseIsNearZero(t *testing.T) {
	said, other := voice(3, 10*time.Second), voice(4, 10*time.Second)
	near(t, "other speech", STOI(said, other), 0, 0.1)
	near(t, "other speech, however it is aligned", Judge(said, other, Options{Max: time.Second}).STOI, 0, 0.1)
	near(t, "silence", STOI(said, scaled(said, 0)), 0, 1e-9)
}

// Each kind of damage is told, more of it as more.
func TestMoreDamageIsLess(t *testing.T) {
	said := voice(5, 8*time.Second)
	hiss := Signal{said.Rate, make([]float64, len(said.X))}
	r := rand.New(rand.NewPCG(6, 6))
	for i := range hiss.X {
		hiss.X[i] = r.NormFloat64()
	}
	hiss = scaled(hiss, math.Sqrt(power(said.X)/power(hiss.X)))
	for _, kind := range []struct {
		name    string
		amounts []float64
		damage  func(amount float64) Signal
		last    float64 // at the most
	}{
		{"noise, signal to noise in dB", []float64{20, 10, 5, 0, -5, -10}, func(db float64) Signal {
			return mixed(said, hiss, math.Pow(10, -db/20))
		}, 0.5},
		{"clipping, at times the RMS", []float64{3, 1, 0.3, 0.05}, func(times float64) Signal {
			out, most := scaled(said, 1), times*math.Sqrt(power(said.X))
			for i, v := range out.X {
				out.X[i] = max(-most, min(most, v))
			}
			return out
		}, 0.95},
		{"gaps of 20 ms, %", []float64{2, 5, 10, 20, 40}, func(percent float64) Signal {
			out, r := scaled(said, 1), rand.New(rand.NewPCG(8, 8))
			for at := 0; at+200 <= len(out.X); at += 200 {
				if r.Float64()*100 < percent {
					clear(out.X[at : at+200])
				}
			}
			return out
		}, 0.8},
	} {
		before := 1.0
		for _, amount := range kind.amounts {
			d := STOI(said, kind.damage(amount))
			if d >= before {
				t.Errorf("%s: %v makes %.3f, less made %.3f", kind.name, amount, d, before)
			}
			before = d
			t.Logf("%s: %v: %.3f, some %.0f %% of words", kind.name, amount, d, Words(d))
		}
		if before > kind.last {
			t.Errorf("%s: the most still makes %.3f", kind.name, before)
		}
	}
}

// A click harms no more than the segments that hold it, however loud it is.
func TestAClickIsShort(t *testing.T) {
	said := voice(9, 6*time.Second)
	last := 1.0
	for _, loud := range []float64{0.3, 3, 300} {
		heard := scaled(said, 1)
		for i := range 100 {
			heard.X[30000+i] += loud * float64(1-2*(i%2))
		}
		d := STOI(said, heard)
		if d > last || d < 1-33.0/435 { // of 435 segments
			t.Errorf("a click of %v makes %.3f, a softer one %.3f", loud, d, last)
		}
		last = d
	}
}

// Equation 3: however bad one band of one frame is, it is taken for no worse than 15 dB of
// distortion, 6.62 times what was said.
func TestTheWorstIsClipped(t *testing.T) {
	said, heard := make([][stoiBands]float64, stoiSegment), make([][stoiBands]float64, stoiSegment)
	var x, y []float64
	for i := range said {
		said[i][0], heard[i][0] = 1+float64(i%3), 1+float64(i%3)
		x = append(x, said[i][0])
	}
	said[5][0], heard[5][0] = 0.01, 3 // alike but there
	x[5] = 0.01
	var ex, ey float64
	for i := range said {
		ex, ey = ex+said[i][0]*said[i][0], ey+heard[i][0]*heard[i][0]
	}
	for i := range said {
		y = append(y, min(heard[i][0]*math.Sqrt(ex/ey), x[i]*6.6234))
	}
	mx, my := sum(x)/stoiSegment, sum(y)/stoiSegment
	var xx, yy, xy float64
	for i := range x {
		xx, yy, xy = xx+(x[i]-mx)*(x[i]-mx), yy+(y[i]-my)*(y[i]-my), xy+(x[i]-mx)*(y[i]-my)
	}
	near(t, "correlation", likeness(said, heard, 0), xy/math.Sqrt(xx*yy), 1e-4)
	near(t, "of the clipped frame", y[5], 0.0662, 0.0001)
}

func sum(x []float64) (s float64) {
	for _, v := range x {
		s += v
	}
	return s
}

func TestTooLittleSpeech(t *testing.T) {
	for _, d := range []time.Duration{0, 300 * time.Millisecond} {
		if got := STOI(voice(10, d), voice(10, d)); !math.IsNaN(got) {
			t.Errorf("%v of speech make %v", d, got)
		}
	}
	if got := STOI(Signal{8000, make([]float64, 80000)}, voice(10, time.Second)); !math.IsNaN(got) {
		t.Errorf("silence is understood: %v", got)
	}
}

// Pauses are left out: they neither help nor harm, whatever is heard in them.
func TestPausesDoNotCount(t *testing.T) {
	said := voice(11, 6*time.Second)
	clear(said.X[20000:40000])
	noisy := scaled(said, 1)
	for i := 21000; i < 39000; i++ {
		noisy.X[i] = 0.1 * float64(i%7)
	}
	near(t, "noise in a pause", STOI(said, noisy), 1, 0.05)
}

// The fit to the listening tests of the paper: half of the words at 0.554.
func TestWords(t *testing.T) {
	near(t, "at 0.554", Words(0.55415), 50, 0.1)
	near(t, "at 0.75", Words(0.75), 96.8, 0.5)
	near(t, "at 0.4", Words(0.4), 6.3, 0.5)
}
