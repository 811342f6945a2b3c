package tone

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// dial makes the sound of digits.
func dial(rate int, on, off time.Duration, level float64, text string) []int16 {
	var pcm []int16
	for _, r := range text {
		s := DTMF(r, on, off).at(level)
		pcm = append(pcm, render(s, rate, on+off)...)
	}
	return append(pcm, make([]int16, rate/10)...)
}

func detect(rate int, pcm []int16) string {
	d, b := NewDetector(rate), strings.Builder{}
	for at := 0; at < len(pcm); at += rate / 50 {
		if r := d.Write(pcm[at:min(at+rate/50, len(pcm))]); r != 0 {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func TestEveryDigitIsHeard(t *testing.T) {
	const all = "0123456789*#ABCD1122"
	for _, rate := range []int{8000, 16000, 48000} {
		for _, on := range []time.Duration{50 * time.Millisecond, 70 * time.Millisecond, 300 * time.Millisecond} {
			for _, level := range []float64{-6, -10, -25} {
				if got := detect(rate, dial(rate, on, 50*time.Millisecond, level, all)); got != all {
					t.Errorf("%d Hz, %v at %v dBFS: %q", rate, on, level, got)
				}
			}
		}
	}
}

// The pairs of Q.23, read off its table.
func TestDigitsAreThePairsOfQ23(t *testing.T) {
	for digit, want := range map[rune][]float64{
		'1': {697, 1209}, '2': {697, 1336}, '3': {697, 1477}, 'A': {697, 1633},
		'4': {770, 1209}, '5': {770, 1336}, '6': {770, 1477}, 'B': {770, 1633},
		'7': {852, 1209}, '8': {852, 1336}, '9': {852, 1477}, 'C': {852, 1633},
		'*': {941, 1209}, '0': {941, 1336}, '#': {941, 1477}, 'D': {941, 1633},
	} {
		s := DTMF(digit, 500*time.Millisecond, 0)
		pcm := render(s, 8000, 500*time.Millisecond)
		if u := unexplained(pcm[40:3960], 8000, want); u > -40 {
			t.Errorf("%c: %v leave %.1f dB unexplained", digit, want, u)
		}
		if l := rms(pcm[40:3960]); math.Abs(l-DigitLevel) > 0.3 {
			t.Errorf("%c: %.1f dBFS", digit, l)
		}
	}
	if !DTMF('x', time.Second, 0).Silent() || !DTMF('é', time.Second, 0).Silent() {
		t.Error("x is no digit")
	}
}

func TestWhatIsNoDigit(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	noise := make([]int16, 8000*60)
	for i := range noise {
		noise[i] = int16(rng.NormFloat64() * 3000)
	}
	if got := detect(8000, noise); got != "" {
		t.Errorf("a minute of noise: %q", got)
	}
	p, _ := ForCountry("US")
	for _, n := range Names() {
		if got := detect(8000, render(p.Spec(n), 8000, 10*time.Second)); got != "" {
			t.Errorf("%v: %q", n, got)
		}
	}
	for name, pcm := range map[string][]int16{
		"20 ms":        dial(8000, 20*time.Millisecond, 50*time.Millisecond, -10, "1234567890"),
		"too soft":     dial(8000, 100*time.Millisecond, 50*time.Millisecond, -45, "1234567890"),
		"one sine":     render(steady(hz(770), "").at(-10), 8000, time.Second),
		"twist":        append(make([]int16, 80), twisted(12)...),
		"4 % sharp":    render(steady(hz(770*1.04, 1336*1.04), "").at(-10), 8000, time.Second),
		"with a third": render(steady(hz(770, 1336, 500), "").at(-10), 8000, time.Second),
	} {
		if got := detect(8000, pcm); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := detect(8000, twisted(6)); got != "5" {
		t.Errorf("6 dB of twist: %q", got)
	}
}

// twisted is a 5 whose high tone is db louder.
func twisted(db float64) []int16 {
	pcm := make([]int16, 2000)
	for i := range pcm {
		at := 2 * math.Pi * float64(i) / 8000
		pcm[i] = int16(3000*math.Sin(770*at) + 3000*math.Pow(10, db/20)*math.Sin(1336*at))
	}
	return pcm
}

// A break of 10 ms inside a digit is none (Q.24), and noise 15 dB below does no harm.
func TestDigitsUnderTrouble(t *testing.T) {
	pcm := dial(8000, 200*time.Millisecond, 60*time.Millisecond, -12, "159D")
	for f := range 4 {
		clear(pcm[f*2080+800 : f*2080+880])
	}
	rng := rand.New(rand.NewPCG(2, 2))
	for i := range pcm {
		pcm[i] += int16(rng.NormFloat64() * 600)
	}
	if got := detect(8000, pcm); got != "159D" {
		t.Errorf("%q", got)
	}
}
