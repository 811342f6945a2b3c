package tone

import (
	"math"
	"slices"
	"testing"
	"time"
)

// At every rate the same sound comes out, sample for sample where both have one.
func TestEveryRateSoundsTheSame(t *testing.T) {
	p, _ := ForCountry("JP")
	for _, n := range Names() {
		base := render(p.Spec(n), 8000, 3*time.Second)
		for _, rate := range []int{16000, 24000, 48000, 96000} {
			k := rate / 8000
			for i, s := range render(p.Spec(n), rate, 3*time.Second) {
				if i%k == 0 && math.Abs(float64(s)-float64(base[i/k])) > 400 {
					t.Fatalf("%v at %d Hz: sample %d is %d, at 8000 Hz %d", n, rate, i, s, base[i/k])
				}
			}
		}
		if l := rms(render(p.Spec(n), 44100, time.Second)[:8820]); math.Abs(l-rms(base[:1600])) > 1 {
			t.Errorf("%v at 44100 Hz: %.1f dBFS", n, l)
		}
	}
}

// However it is asked for, the sound is the same.
func TestReadInPieces(t *testing.T) {
	p, _ := ForCountry("US")
	whole := render(p.Spec(Busy), 48000, 2*time.Second)
	g := NewGenerator(48000)
	g.Start(p.Spec(Busy))
	for at, n := 0, 1; at < len(whole); n = n*3%1000 + 1 {
		pcm := make([]int16, min(n, len(whole)-at))
		if !g.Mix(pcm) {
			t.Fatal("it has ended")
		}
		if !slices.Equal(pcm, whole[at:at+len(pcm)]) {
			t.Fatalf("at %d the pieces differ", at)
		}
		at += len(pcm)
	}
}

// steepest is the greatest step between neighbours.
func steepest(pcm []int16) int {
	most := 0
	for i := 1; i < len(pcm); i++ {
		d := int(pcm[i]) - int(pcm[i-1])
		most = max(most, d, -d)
	}
	return most
}

// Starting, changing and stopping at any moment makes no click: no step steeper than
// the sines themselves.
func TestNoClicks(t *testing.T) {
	p, _ := ForCountry("US")
	const rate = 48000
	for cut := 5000; cut < 5400; cut += 37 {
		g := NewGenerator(rate)
		pcm := make([]int16, 12000)
		g.Start(p.Spec(Dial))
		g.Read(pcm[:cut])
		g.Start(p.Spec(Busy))
		g.Read(pcm[cut : cut+3000])
		g.Stop()
		g.Read(pcm[cut+3000:])
		// Each sine of -25 dBFS: 2596·2π·f/48000; both tones may sound during the change.
		limit := 2596 * 2 * math.Pi * (350 + 440 + 480 + 620) / rate * 1.2
		if got := steepest(pcm); float64(got) > limit {
			t.Errorf("cut at %d: a step of %d, want at most %.0f", cut, got, limit)
		}
		if g.Active() || g.Read(pcm) {
			t.Error("it is active after Stop")
		}
		if steepest(pcm) != 0 || pcm[0] != 0 {
			t.Error("it sounds after Stop")
		}
	}
	for _, code := range Countries() {
		p, _ := ForCountry(code)
		for _, n := range Names() {
			pcm := render(p.Spec(n), rate, 4*time.Second)
			steps := p.Spec(n).Steps
			sum, level := 0.0, p.Spec(n).level()
			for _, f := range steps[0].Freq {
				sum += f
			}
			if len(steps) > 2 && steps[1].Freq[0] > steps[0].Freq[0] {
				sum = 1800
			}
			limit := 32768 * math.Pow(10, level/20) * 2 * math.Pi * sum / rate * 1.5
			if steps[0].Mod != 0 { // its crests are higher
				limit *= 1.2
			}
			if got := steepest(pcm); float64(got) > limit {
				t.Errorf("%s %v: a step of %d, want at most %.0f", code, n, got, limit)
			}
		}
	}
}

func TestOnceEnds(t *testing.T) {
	g := NewGenerator(8000)
	g.Start(Spec{Steps: steps(hz(440), 100, 50), Once: true})
	pcm := make([]int16, 160)
	for i := range 20 {
		if active := g.Read(pcm); active != (i < 8) { // 150 ms end inside the eighth frame
			t.Errorf("frame %d: active %v", i, active)
		}
	}
	g.Start(Spec{})
	if g.Active() || g.Mix(pcm) {
		t.Error("silence is active")
	}
	g.Stop()
}

// After simulated hours the cadence is where it should be, at a rate that divides nothing.
func TestCadenceDoesNotDrift(t *testing.T) {
	p, _ := ForCountry("DE")
	g := NewGenerator(11025)
	g.Start(p.Spec(Busy))
	pcm := make([]int16, 11025*24) // 24 s are 25 periods
	var first []span
	for i := range 75 { // half an hour
		g.Read(pcm)
		if i == 0 {
			first = spans(pcm, 11025)
		}
	}
	last := spans(pcm, 11025)
	for i := range first {
		if d := last[i].from - first[i].from; d > 11 || d < -11 {
			t.Fatalf("after half an hour burst %d begins %d samples off", i, d)
		}
	}
	if l := rms(pcm[last[3].from+100 : last[3].to-100]); math.Abs(l-DefaultLevel) > 0.5 {
		t.Errorf("after half an hour the level is %.2f dBFS", l)
	}
}

func TestMixSaturates(t *testing.T) {
	g := NewGenerator(8000)
	g.Start(steady(hz(440), "").at(-1))
	pcm := make([]int16, 8000)
	for i := range pcm {
		pcm[i] = 32000
	}
	g.Mix(pcm)
	if slices.Max(pcm) != 32767 || slices.Min(pcm) < 2000 {
		t.Errorf("from %d to %d", slices.Min(pcm), slices.Max(pcm))
	}
}

func TestNothingAllocates(t *testing.T) {
	p, _ := ForCountry("GB")
	g, d := NewGenerator(48000), NewDetector(8000)
	pcm := make([]int16, 960)
	n := Name(0)
	if a := testing.AllocsPerRun(100, func() {
		g.Start(p.Spec(n % names))
		n++
		g.Read(pcm)
		g.Mix(pcm)
		d.Write(pcm[:320])
	}); a != 0 {
		t.Errorf("%v allocations", a)
	}
}
