package noise

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestPayloads(t *testing.T) {
	d, ok := Read([]byte{0x80 | 62, 127, 254, 0})
	if !ok || d.Level != -62 || d.Reflection[0] != 0 || math.Abs(d.Reflection[1]+0.99994) > 1e-4 || math.Abs(d.Reflection[2]-0.99994) > 1e-4 {
		t.Errorf("%+v %v", d, ok)
	}
	if _, ok := Read(nil); ok {
		t.Error("an empty payload describes a noise")
	}
	if d, ok := Read(slices.Repeat([]byte{50}, 300)); !ok || d.Level != -50 {
		t.Errorf("%+v", d)
	}
	p := make([]byte, MaxDescription)
	for _, level := range []float64{0, -36.4, -127, -500, 12} {
		want := Description{Level: level, Reflection: [Order]float64{0.5, -0.5, 2, -2}}
		if n := want.Write(p); n != MaxDescription {
			t.Fatal(n)
		}
		got, _ := Read(p)
		for i := range got.Reflection {
			if k := min(max(want.Reflection[i], -1), 1); math.Abs(got.Reflection[i]-k) > 0.005 {
				t.Errorf("coefficient %v came back as %v", k, got.Reflection[i])
			}
		}
		if l := min(max(level, -127), 0); math.Abs(got.Level-l) > 0.5 {
			t.Errorf("level %v came back as %v", l, got.Level)
		}
	}
}

// coloured is noise through a filter of one pole.
func coloured(n int, pole, rms float64) []int16 {
	r := rand.New(rand.NewPCG(1, 2))
	pcm, y := make([]int16, n), 0.0
	gain := rms * math.Sqrt(1-pole*pole)
	for i := range pcm {
		y = pole*y + r.NormFloat64()
		pcm[i] = int16(gain * y)
	}
	return pcm
}

// What is described and made again is as loud and of the same colour.
func TestNoiseComesBack(t *testing.T) {
	for _, pole := range []float64{-0.6, 0, 0.5, 0.85} {
		pcm := coloured(16000, pole, 150)
		var d Describer
		for part := range slices.Chunk(pcm, 160) {
			d.Hear(part)
		}
		said := d.Describe()
		p := make([]byte, MaxDescription)
		said.Write(p)
		heard, _ := Read(p)
		var g Generator
		g.Set(heard)
		again := make([]int16, 16000)
		for part := range slices.Chunk(again, 80) {
			g.Read(part)
		}
		if a, b := level(pcm), level(again); math.Abs(a-b) > 1.5 {
			t.Errorf("pole %v: %.1f dBov came back at %.1f", pole, a, b)
		}
		var e Describer
		for part := range slices.Chunk(again, 160) {
			e.Hear(part)
		}
		if k := e.Describe().Reflection[0]; math.Abs(k-pole) > 0.15 {
			t.Errorf("pole %v came back as %.2f", pole, k)
		}
	}
}

// Nobody makes a far end hiss or howl.
func TestNoiseIsNeverLoud(t *testing.T) {
	for _, k := range []byte{0, 127, 254} {
		d, _ := Read(append([]byte{0}, slices.Repeat([]byte{k}, Order)...))
		var g Generator
		g.Set(d)
		pcm := make([]int16, 48000)
		g.Read(pcm)
		if l := level(pcm); l > loudest+3 {
			t.Errorf("coefficients of %d: %.1f dBov", k, l)
		}
		g.Reset()
		if g.Read(pcm); g.On() || level(pcm) != -127 {
			t.Errorf("after Reset: %.1f dBov", level(pcm))
		}
	}
}

// A new description is glided to.
func TestGlides(t *testing.T) {
	var g Generator
	g.Set(Description{Level: -50})
	pcm := make([]int16, 160)
	g.Read(pcm)
	g.Set(Description{Level: -70})
	last := 0.0
	for i := range 100 {
		g.Read(pcm)
		if l := level(pcm); i > 0 && l > last+4 {
			t.Errorf("step %d: from %.1f to %.1f dBov", i, last, l)
		} else {
			last = l
		}
	}
	if math.Abs(last+70) > 2 {
		t.Errorf("arrives at %.1f dBov", last)
	}
}

// No word is cut, and pauses are found.
func TestDetector(t *testing.T) {
	const frame = 160
	for _, c := range []struct {
		name, script string // 100 ms a letter: s speech, _ pause
		noise        float64
	}{
		{"words and a pause", "____ssss__________ss_____", -60},
		{"nothing but noise", "____________________", -50},
		{"silence", "____________________", -127},
	} {
		var v Detector
		var got []byte
		voice, back := coloured(frame*5, 0.5, 3000), coloured(frame*5, 0, 32768*math.Pow(10, c.noise/20))
		for _, letter := range c.script {
			for part := range 5 {
				pcm := make([]int16, frame)
				for i := range pcm {
					pcm[i] = back[part*frame+i]
					if letter == 's' {
						pcm[i] += voice[part*frame+i]
					}
				}
				speaks := v.Speaks(pcm, 20*time.Millisecond)
				if letter == 's' && !speaks {
					t.Errorf("%s: a word is cut", c.name)
				}
				if speaks {
					got = append(got, '+')
				} else {
					got = append(got, '-')
				}
			}
		}
		// Of the pauses, what is longer than the hangover is found.
		pauses := 0
		for _, x := range got {
			if x == '-' {
				pauses++
			}
		}
		if pauses < 5*len(c.script)/3 {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

func TestNothingAllocates(t *testing.T) {
	var g Generator
	var d Describer
	var v Detector
	pcm, p := coloured(160, 0, 100), make([]byte, MaxDescription)
	if n := testing.AllocsPerRun(10, func() {
		v.Speaks(pcm, 20*time.Millisecond)
		d.Hear(pcm)
		said := d.Describe()
		said.Write(p)
		g.Set(said)
		g.Read(pcm)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte{60, 0, 254, 127})
	f.Fuzz(func(t *testing.T, payload []byte) {
		d, ok := Read(payload)
		if !ok {
			return
		}
		var g Generator
		g.Set(d)
		pcm := make([]int16, 4800)
		g.Read(pcm)
		if l := level(pcm); l > loudest+6 {
			t.Fatalf("%.1f dBov", l)
		}
	})
}
