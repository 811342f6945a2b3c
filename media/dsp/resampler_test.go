package dsp

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// sine is n samples of a sine of the given peak, beginning at sample from.
func sine(n, from, rate int, freq, peak float64) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(math.Round(peak * math.Sin(2*math.Pi*freq*float64(from+i)/float64(rate))))
	}
	return pcm
}

// fit is how much of pcm is the sine of freq: the signal-to-noise ratio in dB and its
// peak, by least squares.
func fit(pcm []int16, rate int, freq float64) (snr, peak float64) {
	var cc, ss, cs, xc, xs float64
	w := 2 * math.Pi * freq / float64(rate)
	for i, v := range pcm {
		s, c := math.Sincos(w * float64(i))
		cc += c * c
		ss += s * s
		cs += c * s
		xc += float64(v) * c
		xs += float64(v) * s
	}
	det := cc*ss - cs*cs
	a, b := (xc*ss-xs*cs)/det, (xs*cc-xc*cs)/det
	var noise, signal float64
	for i, v := range pcm {
		s, c := math.Sincos(w * float64(i))
		m := a*c + b*s
		signal += m * m
		noise += (float64(v) - m) * (float64(v) - m)
	}
	return 10 * math.Log10(signal/(noise+1e-9)), math.Hypot(a, b)
}

func resample(in, out int, src []int16) []int16 {
	r := NewResampler(in, out)
	dst := make([]int16, r.Out(len(src)))
	return dst[:r.Process(dst, src)]
}

func TestResamplerKeepsTheTelephoneBand(t *testing.T) {
	for _, c := range []struct{ in, out int }{
		{8000, 48000}, {48000, 8000}, {16000, 48000}, {48000, 16000}, {8000, 16000},
		{24000, 48000}, {44100, 48000}, {48000, 44100}, {11025, 48000}, {22050, 48000},
	} {
		for _, freq := range []float64{200, 300, 1000, 2000, 3000, 3300} {
			dst := resample(c.in, c.out, sine(c.in, 0, c.in, freq, 16000))
			snr, peak := fit(dst[c.out/10:], c.out, freq)
			if snr < 65 {
				t.Errorf("%d to %d Hz: a sine of %v Hz has %.1f dB SNR, want 65", c.in, c.out, freq, snr)
			}
			if db := 20 * math.Log10(peak/16000); math.Abs(db) > 0.2 {
				t.Errorf("%d to %d Hz: %v Hz changes by %.2f dB", c.in, c.out, freq, db)
			}
		}
	}
}

func TestResamplerRejectsAliases(t *testing.T) {
	for _, freq := range []float64{4500, 4700, 6000, 7500, 12000, 20000} {
		dst := resample(48000, 8000, sine(48000, 0, 48000, freq, 30000))
		if l := Measure(dst[800:]); l.RMS > -65 {
			t.Errorf("48 to 8 kHz: %v Hz comes through at %.1f dBFS", freq, l.RMS)
		}
	}
	// Going up, the image of 3 kHz lies at 5 kHz.
	dst := resample(8000, 48000, sine(8000, 0, 8000, 3000, 30000))
	if l := Goertzel(dst[4800:], 48000, 5000); l > -70 {
		t.Errorf("8 to 48 kHz: the image of 3 kHz is at %.1f dBFS", l)
	}
}

func TestResamplerKeepsAConstant(t *testing.T) {
	src := make([]int16, 8000)
	for i := range src {
		src[i] = 12345
	}
	for _, s := range resample(8000, 48000, src)[1000:] {
		if s < 12344 || s > 12346 {
			t.Fatalf("a constant of 12345 became %d", s)
		}
	}
}

// However the input is cut, the output is the same, and as long as it must be.
func TestResamplerStreams(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rates := rapid.SampledFrom([]int{8000, 16000, 24000, 44100, 48000})
		in, out := rates.Draw(t, "in"), rates.Draw(t, "out")
		src := sine(3000, 0, in, 700, 9000)
		whole := resample(in, out, src)
		r := NewResampler(in, out)
		var parts []int16
		for rest := src; len(rest) > 0; {
			n := rapid.IntRange(1, min(len(rest), 900)).Draw(t, "n")
			dst := make([]int16, r.Out(n))
			parts = append(parts, dst[:r.Process(dst, rest[:n])]...)
			rest = rest[n:]
		}
		if fmt.Sprint(parts) != fmt.Sprint(whole) {
			t.Fatalf("%d to %d Hz: in parts %d samples, whole %d, or they differ", in, out, len(parts), len(whole))
		}
		if want := r.Out(len(src)); len(whole) != want {
			t.Fatalf("%d to %d Hz: %d samples, want %d", in, out, len(whole), want)
		}
	})
}

func TestResamplerFramesAreExact(t *testing.T) {
	r := NewResampler(48000, 8000)
	for i := range 100 {
		if n := r.Process(make([]int16, 160), make([]int16, 960)); n != 160 {
			t.Fatalf("frame %d has %d samples", i, n)
		}
	}
}

func TestResamplerDelay(t *testing.T) {
	for _, c := range []struct{ in, out int }{{8000, 48000}, {48000, 8000}, {16000, 48000}} {
		src := make([]int16, c.in/10)
		src[c.in/50] = 32000 // a click 20 ms into the sound
		peak, at := int16(0), 0
		for i, s := range resample(c.in, c.out, src) {
			if s > peak {
				peak, at = s, i
			}
		}
		got := at - c.out/50
		if want := NewResampler(c.in, c.out).Delay(); got < want-c.out/c.in-1 || got > want+1 {
			t.Errorf("%d to %d Hz: the click is %d samples late, Delay says %d", c.in, c.out, got, want)
		}
	}
}

func TestCanResample(t *testing.T) {
	for _, c := range []struct {
		in, out int
		want    bool
	}{{8000, 48000, true}, {48000, 48000, true}, {44100, 48000, true}, {999, 48000, false}, {44101, 48000, false}, {400000, 48000, false}} {
		if got := CanResample(c.in, c.out); got != c.want {
			t.Errorf("CanResample(%d, %d) = %v", c.in, c.out, got)
		}
	}
}

func TestNothingAllocates(t *testing.T) {
	up, down := NewResampler(8000, 48000), NewResampler(48000, 8000)
	conceal, stretch := NewConcealer(8000), NewStretcher(48000)
	a, b, sum := make([]int16, 160), make([]int16, 2000), make([]int32, 960)
	var gain Gain
	var limit Limiter
	if n := testing.AllocsPerRun(50, func() {
		up.Process(b, a)
		down.Process(a, b[:960])
		conceal.Conceal(a)
		conceal.Hear(a)
		stretch.Shorten(b[:960], 480, true)
		stretch.Lengthen(b, 960, true)
		gain.Set(0.5)
		gain.Apply(b)
		Add(sum, b[:960])
		limit.Limit(b[:960], sum)
		Measure(b)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
