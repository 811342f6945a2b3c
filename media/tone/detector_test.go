package tone

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// A keyed is one digit as a far end may send it.
type keyed struct {
	digit      rune
	on         time.Duration
	level      float64 // of the louder tone, dBFS
	twist      float64 // dB that the high tone is louder
	low, high  float64 // how far off they are, as a share
	noise      float64 // dB under the sum of both
	companding bool    // what µ-law does to it, roughly
}

// send is the digit after a pause of random length, and a pause of 40 ms.
func (k keyed) send(rng *rand.Rand, rate int) []int16 {
	row := strings.IndexRune(digits, k.digit)
	a, b := math.Pow(10, k.level/20), math.Pow(10, k.level/20)
	if k.twist > 0 {
		a *= math.Pow(10, -k.twist/20)
	} else {
		b *= math.Pow(10, k.twist/20)
	}
	fa, fb := lowGroup[row/4]*(1+k.low), highGroup[row%4]*(1+k.high)
	pa, pb := rng.Float64()*2*math.Pi, rng.Float64()*2*math.Pi
	lead, on, tail := rate/25+rng.IntN(rate/50), int(k.on.Seconds()*float64(rate)+0.5), rate/25
	pcm := make([]int16, lead+on+tail)
	sigma := 0.0
	if k.noise != 0 {
		sigma = math.Sqrt((a*a+b*b)/2) * math.Pow(10, -k.noise/20)
	}
	for i := range pcm {
		x := rng.NormFloat64() * sigma
		if i >= lead && i < lead+on {
			t := 2 * math.Pi * float64(i) / float64(rate)
			x += a*math.Sin(fa*t+pa) + b*math.Sin(fb*t+pb)
		}
		if k.companding { // 38 dB of noise under the signal
			x += math.Abs(x) * 0.02 * (rng.Float64() - 0.5)
		}
		pcm[i] = int16(min(max(x*32767, -32768), 32767))
	}
	return pcm
}

// heardOf is how many of n such digits are heard as what they are; wrong: as something else.
func heardOf(k keyed, n, rate int, rng *rand.Rand) (right, wrong int) {
	d := NewDetector(rate)
	for range n {
		pcm := k.send(rng, rate)
		var got []rune
		for at := 0; at < len(pcm); at += rate / 100 {
			if r := d.Write(pcm[at:min(at+rate/100, len(pcm))]); r != 0 {
				got = append(got, r)
			}
		}
		switch {
		case len(got) == 1 && got[0] == k.digit:
			right++
		case len(got) > 0:
			wrong++
		}
	}
	return right, wrong
}

// What Q.24 has a receiver take: every digit of 40 ms, at every level, twist and error of the
// frequencies, and in noise 15 dB below, whenever it begins. Of several troubles at once it
// says nothing: here they have 50 ms in noise, as on Bellcore's tapes, and with all three 60,
// of which one in a hundred may go unheard.
func TestWhatMustBeHeard(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	worst, missed := 0, 0
	for _, rate := range []int{8000, 16000, 48000} {
		n := 4
		if rate > 8000 {
			n = 1
		}
		for _, digit := range digits {
			for _, level := range []float64{-9, -20, -30} {
				for _, twist := range []float64{4, 0, -8} {
					for _, off := range []float64{0, 0.015, -0.015} {
						for _, noise := range []float64{0, 15} {
							k := keyed{digit, 40 * time.Millisecond, level, twist, off, -off, noise, rate == 8000}
							if twist != 0 && level < -25 {
								continue // the softer one is under 29 dBm0
							}
							if noise != 0 && (twist != 0 || off != 0) {
								k.on = 50 * time.Millisecond
							}
							if noise != 0 && twist != 0 && off != 0 {
								k.on = 60 * time.Millisecond
								right, wrong := heardOf(k, n, rate, rng)
								worst, missed = worst+n, missed+n-right
								if wrong > 0 {
									t.Errorf("%d Hz, %+v: %d of %d as something else", rate, k, wrong, n)
								}
								continue
							}
							if right, wrong := heardOf(k, n, rate, rng); right < n {
								t.Errorf("%d Hz, %+v: %d of %d heard, %d as something else", rate, k, right, n, wrong)
							}
							k.low, k.high = off, off
							if right, wrong := heardOf(k, n, rate, rng); right < n {
								t.Errorf("%d Hz, %+v: %d of %d heard, %d as something else", rate, k, right, n, wrong)
							}
						}
					}
				}
			}
		}
	}
	if worst == 0 || missed*100 > worst {
		t.Errorf("of %d with every trouble %d are not heard", worst, missed)
	}
}

// What it must not take: too short, too far off, too soft, too twisted, drowned, or one tone.
func TestWhatMustNotBeHeard(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	const n = 20
	for _, digit := range digits {
		fine := keyed{digit: digit, on: 60 * time.Millisecond, level: -12}
		with := func(change func(*keyed)) keyed { k := fine; change(&k); return k }
		for what, k := range map[string]keyed{
			"23 ms":                  with(func(k *keyed) { k.on = 23 * time.Millisecond }),
			"20 ms":                  with(func(k *keyed) { k.on = 20 * time.Millisecond }),
			"3.5 % off below":        with(func(k *keyed) { k.low = 0.035 }),
			"3.5 % flat below":       with(func(k *keyed) { k.low = -0.035 }),
			"3.5 % off above":        with(func(k *keyed) { k.high = 0.035 }),
			"3.5 % flat above":       with(func(k *keyed) { k.high = -0.035 }),
			"6 % off":                with(func(k *keyed) { k.low, k.high = 0.06, 0.06 }),
			"12 dB louder above":     with(func(k *keyed) { k.twist = 12 }),
			"12 dB louder below":     with(func(k *keyed) { k.twist = -12 }),
			"40 dB louder below":     with(func(k *keyed) { k.twist = -40 }),
			"as soft as a room":      with(func(k *keyed) { k.level = -45 }),
			"as loud as its noise":   with(func(k *keyed) { k.noise = 0.1 }),
			"half as loud as noise":  with(func(k *keyed) { k.noise = -6 }),
			"23 ms, and 1.5 % sharp": with(func(k *keyed) { k.on, k.low = 23*time.Millisecond, 0.015 }),
		} {
			if right, wrong := heardOf(k, n, 8000, rng); right+wrong > 0 {
				t.Errorf("%c, %s: heard %d times of %d", digit, what, right+wrong, n)
			}
		}
		if right, _ := heardOf(fine, n, 8000, rng); right < n {
			t.Errorf("%c: heard %d times of %d", digit, right, n)
		}
	}
}

// Pauses of 40 ms part two digits, breaks of 10 ms do not.
func TestPausesAndBreaks(t *testing.T) {
	for _, c := range []struct {
		pause time.Duration
		want  string
	}{{10 * time.Millisecond, "5"}, {5 * time.Millisecond, "5"}, {40 * time.Millisecond, "55"}, {70 * time.Millisecond, "55"}} {
		for shift := range 20 { // of 1 ms: wherever the windows lie
			pcm := make([]int16, 400+8*shift)
			for range 2 {
				pcm = append(pcm, keyed{digit: '5', on: 100 * time.Millisecond, level: -12}.steady(8000)...)
				pcm = append(pcm, make([]int16, int(c.pause.Seconds()*8000))...)
			}
			if got := detect(8000, append(pcm, make([]int16, 800)...)); got != c.want {
				t.Errorf("%v of pause, shifted by %d ms: %q, want %q", c.pause, shift, got, c.want)
			}
		}
	}
}

// steady is the digit without anything around it, in phase with the second before.
func (k keyed) steady(rate int) []int16 {
	pcm := DTMF(k.digit, 0, 0).at(k.level)
	return render(pcm, rate, k.on)
}

// After a gap nothing of before it counts.
func TestDetectorReset(t *testing.T) {
	d := NewDetector(8000)
	pcm := keyed{digit: '7', on: 60 * time.Millisecond, level: -12}.steady(8000)
	if d.Write(pcm[:320]) != '7' {
		t.Fatal("7 is not heard")
	}
	d.Reset()
	if d.Write(pcm[:320]) != '7' {
		t.Error("and not after it was forgotten")
	}
	d.Reset()
	if d.Write(pcm[:200]) != 0 {
		t.Error("a piece is enough")
	}
	d.Reset()
	if d.Write(pcm[200:320]) != 0 {
		t.Error("two pieces with a gap between them are one")
	}
}

// Vowels that are sung, one after the other for ten minutes, with formants right where the
// digits are: harder than speech, in which scripts/speech finds none.
func TestSungVowels(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	const rate = 8000
	d := NewDetector(rate)
	pcm := make([]int16, rate/50)
	phase, found, pitch := 0.0, "", 120.0
	aim, formants := pitch, [3]float64{500, 1400, 2500}
	goals := formants
	for frame := range 50 * 600 {
		if frame%10 == 0 {
			aim = 80 + 200*rng.Float64()
		}
		if frame%7 == 0 {
			for i, r := range [3][2]float64{{250, 700}, {800, 1400}, {2200, 800}} {
				goals[i] = r[0] + r[1]*rng.Float64()
			}
		}
		pitch += (aim - pitch) / 6 // nobody's pitch stands still, nor their mouth
		for i, g := range goals {
			formants[i] += (g - formants[i]) / 3
		}
		loud := 8000 * math.Abs(math.Sin(float64(frame)/13))
		var amp [40]float64
		for k := range amp {
			f := float64(k+1) * pitch
			if f > 3400 {
				break
			}
			for i, c := range formants {
				w := 60.0 + 30*float64(i)
				amp[k] += 1 / (1 + (f-c)*(f-c)/(w*w)) / float64(i+1)
			}
		}
		for i := range pcm {
			phase += 2 * math.Pi * pitch / rate
			x := 0.0
			s, c := math.Sincos(phase)
			sk, ck := s, c
			for k := range amp {
				if amp[k] == 0 {
					break
				}
				x += amp[k] * sk
				sk, ck = sk*c+ck*s, ck*c-sk*s
			}
			pcm[i] = int16(min(max(x*loud/2+rng.NormFloat64()*loud/100, -32768), 32767))
		}
		phase = math.Mod(phase, 2*math.Pi)
		if r := d.Write(pcm); r != 0 {
			found += string(r)
		}
	}
	if len(found) > 20 {
		t.Errorf("%d digits in ten minutes: %s", len(found), found)
	}
}
