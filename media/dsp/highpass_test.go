package dsp

import (
	"math"
	"testing"
)

// response is the gain of h at a frequency, in dB.
func response(h *HighPass, rate int, freq float64) float64 {
	h.Reset()
	src := sine(2*rate, 0, rate, freq, 20000)
	h.Process(src)
	steady := src[rate:]
	return 20*math.Log10(power1(steady, rate, freq)) - 20*math.Log10(20000)
}

// power1 is the amplitude of one frequency, over a second.
func power1(pcm []int16, rate int, freq float64) float64 {
	return 32768 * math.Pow(10, Goertzel(pcm, rate, freq)/20)
}

func TestHighPassResponse(t *testing.T) {
	for _, rate := range []int{8000, 16000, 44100, 48000} {
		h := NewHighPass(rate)
		for _, c := range []struct{ freq, want, within float64 }{
			{10, -80, 10}, {50, -24.1, 0.3}, {60, -17.8, 0.3}, {100, -3, 0.1},
			{120, -0.9, 0.1}, {150, -0.17, 0.05}, {300, 0, 0.02}, {1000, 0, 0.02}, {3400, 0, 0.02},
		} {
			if got := response(h, rate, c.freq); math.Abs(got-c.want) > c.within {
				t.Errorf("%d Hz: %v Hz passes at %.2f dB, want %.2f", rate, c.freq, got, c.want)
			}
		}
	}
}

func TestHighPassTakesOffDirectCurrent(t *testing.T) {
	h := NewHighPass(48000)
	pcm := sine(48000, 0, 48000, 1000, 5000)
	for i := range pcm {
		pcm[i] += 12000
	}
	h.Process(pcm)
	sum := 0
	for _, s := range pcm[24000:] {
		sum += int(s)
	}
	if mean := sum / 24000; mean < -1 || mean > 1 {
		t.Errorf("the mean is %d", mean)
	}
	if l := Measure(pcm[24000:]).RMS; math.Abs(l-20*math.Log10(5000.0/32768)) > 0.1 {
		t.Errorf("the sine is at %.2f dBFS", l)
	}
}

// It comes to rest in silence, and has no memory after Reset.
func TestHighPassRests(t *testing.T) {
	h := NewHighPass(16000)
	h.Process(sine(1600, 0, 16000, 200, 30000))
	h.Process(make([]int16, 16000))
	for _, s := range h.sections {
		if s.s1 != 0 || s.s2 != 0 {
			t.Errorf("state %g %g after a second of silence", s.s1, s.s2)
		}
	}
	a, b := sine(400, 0, 16000, 200, 30000), sine(400, 0, 16000, 200, 30000)
	NewHighPass(16000).Process(a)
	h.Process(sine(333, 0, 16000, 900, 9000))
	h.Reset()
	h.Process(b)
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("sample %d: %d after Reset, %d anew", i, b[i], a[i])
		}
	}
}

func TestHighPassAllocatesNothing(t *testing.T) {
	h, pcm := NewHighPass(48000), sine(480, 0, 48000, 500, 9000)
	if n := testing.AllocsPerRun(100, func() { h.Process(pcm) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
