package codec

import (
	"bytes"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/dsp"
)

func pair(t testing.TB, c agreement.Codec, o Options) (Encoder, Decoder) {
	t.Helper()
	enc, err := NewEncoder(c, o)
	if err != nil {
		t.Fatal(err)
	}
	dec, err := NewDecoder(c, o)
	if err != nil {
		t.Fatal(err)
	}
	return enc, dec
}

// chirp is a test signal with energy at many frequencies, frame by frame.
func chirp(pcm []int16, frame, rate int) {
	for i := range pcm {
		at := float64(frame*len(pcm)+i) / float64(rate)
		x := math.Sin(2*math.Pi*(300*at+400*at*at)) + 0.5*math.Sin(2*math.Pi*150*at)
		pcm[i] = int16(9000 * x)
	}
}

func TestEveryCodecCarriesSound(t *testing.T) {
	for _, f := range All() {
		for _, rate := range []int{0, 8000, 16000, 24000, 48000} {
			for _, ms := range []int{10, 20, 40, 60} {
				o := Options{Rate: rate, PacketTime: time.Duration(ms) * time.Millisecond}
				if _, err := NewEncoder(f.Codec, o); err != nil {
					if rate == 0 && f.Codec.Fitting(o.PacketTime) == o.PacketTime || f.Codec == agreement.Opus {
						t.Errorf("%s, %+v: %v", f.Label, o, err)
					}
					continue
				}
				enc, dec := pair(t, f.Codec, o)
				if enc.Rate() != dec.Rate() || enc.Samples() != enc.Rate()*ms/1000 {
					t.Fatalf("%s: rates %d and %d, %d samples", f.Label, enc.Rate(), dec.Rate(), enc.Samples())
				}
				src, dst := make([]int16, enc.Samples()), make([]int16, MaxSamples)
				payload := make([]byte, MaxPayload)
				var level dsp.Level
				for frame := range 1000 / ms {
					chirp(src, frame, enc.Rate())
					n, err := enc.Encode(src, payload)
					if err != nil {
						t.Fatal(err)
					}
					if got := dec.Samples(payload[:n]); got != len(src) {
						t.Fatalf("%s: %d samples announced, want %d", f.Label, got, len(src))
					}
					m, err := dec.Decode(payload[:n], dst)
					if err != nil || m != len(src) {
						t.Fatalf("%s: decoded %d samples, %v", f.Label, m, err)
					}
					level = dsp.Measure(dst[:m])
				}
				if want := dsp.Measure(src); math.Abs(level.RMS-want.RMS) > 2 {
					t.Errorf("%s at %d Hz, %d ms: %.1f dBFS became %.1f", f.Label, enc.Rate(), ms, want.RMS, level.RMS)
				}
			}
		}
	}
}

func TestOptionsOutOfRange(t *testing.T) {
	for _, c := range []struct {
		codec agreement.Codec
		o     Options
	}{
		{agreement.PCMU, Options{PacketTime: 15 * time.Millisecond}},
		{agreement.PCMU, Options{PacketTime: 70 * time.Millisecond}},
		{agreement.PCMA, Options{Rate: 16000}},
		{agreement.G722, Options{Rate: 8000}},
		{agreement.L16, Options{Rate: 48000}},
		{agreement.L16, Options{PacketTime: 50 * time.Millisecond}},
		{agreement.L16Full, Options{PacketTime: 20 * time.Millisecond}}, // two datagrams
		{agreement.Opus, Options{Rate: 44100}},
		{agreement.Opus, Options{PacketTime: 30 * time.Millisecond}},
		{agreement.Opus, Options{Bitrate: 5000}},
		{agreement.Opus, Options{Complexity: 11}},
		{agreement.Opus, Options{LossPercent: 101}},
	} {
		if _, err := NewEncoder(c.codec, c.o); err == nil {
			t.Errorf("%s takes %+v", c.codec.Name, c.o)
		}
	}
	if _, err := NewDecoder(agreement.Codec{Name: "G729", Clock: 8000, Chans: 1}, Options{}); !errors.Is(err, ErrUnknown) {
		t.Errorf("G.729: %v", err)
	}
	if _, ok := Find(agreement.Codec{Name: "OPUS", Clock: 48000, Chans: 1}); ok {
		t.Error("opus/48000/1 is not Opus (RFC 7587 §7)")
	}
}

// The library writes up to cap: nothing may be written past what the caller gave.
func TestNothingIsWrittenPastTheSlices(t *testing.T) {
	for _, f := range All() {
		enc, dec := pair(t, f.Codec, Options{FEC: true, LossPercent: 20})
		n := enc.Samples()
		pcm := make([]int16, 4*n)
		payload := bytes.Repeat([]byte{0xAA}, 4000)
		for i := range pcm {
			pcm[i] = 77
		}
		src := make([]int16, n)
		chirp(src, 0, enc.Rate())
		made, err := enc.Encode(src, payload[:1000])
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Count(payload[1000:], []byte{0xAA}) != 3000 {
			t.Errorf("%s: Encode wrote past the payload", f.Label)
		}
		for name, do := range map[string]func(){
			"Decode":  func() { _, err = dec.Decode(payload[:made], pcm[:n]) },
			"Recover": func() { dec.Recover(payload[:made], pcm[:n]) },
			"Conceal": func() { dec.Conceal(pcm[:n]) },
			"odd":     func() { dec.Conceal(pcm[:n-7]); dec.Recover(payload[:made], pcm[:n-7]) },
		} {
			do()
			for i, s := range pcm[n:] {
				if s != 77 {
					t.Fatalf("%s: %s wrote sample %d past the end", f.Label, name, i)
				}
			}
		}
		if err != nil {
			t.Error(err)
		}
	}
}

// speech is voiced sound in syllables, which Opus takes for speech.
func speech(pcm []int16, frame, rate int) { vowel(pcm, frame, rate, 0.85) }

// vowel is voiced sound whose level moves by depth, 0 to 1.
func vowel(pcm []int16, frame, rate int, depth float64) {
	for i := range pcm {
		at := float64(frame*len(pcm)+i) / float64(rate)
		pitch := 130*at + depth*7*math.Sin(2*math.Pi*1.1*at)
		x := 0.0
		for h := 1.0; h < 24; h++ {
			hz := h * 130
			x += math.Sin(2*math.Pi*h*pitch+h*h) * (math.Exp(-math.Pow((hz-500)/250, 2)) + 0.4*math.Exp(-math.Pow((hz-1500)/300, 2)))
		}
		pcm[i] = int16(5000 * x * (1 - depth + depth*max(0, math.Sin(2*math.Pi*3.3*at))))
	}
}

func TestConcealmentFillsGapsAndFades(t *testing.T) {
	for _, f := range All() {
		enc, dec := pair(t, f.Codec, Options{})
		n := enc.Samples()
		src, dst, p := make([]int16, n), make([]int16, n), make([]byte, MaxPayload)
		for frame := range 30 {
			vowel(src, frame, enc.Rate(), 0)
			size, _ := enc.Encode(src, p)
			if _, err := dec.Decode(p[:size], dst); err != nil {
				t.Fatal(err)
			}
		}
		before := dsp.Measure(dst).RMS
		dec.Conceal(dst)
		if l := dsp.Measure(dst).RMS; math.Abs(l-before) > 6 {
			t.Errorf("%s: the first packet stood in at %.1f dBFS, before %.1f", f.Label, l, before)
		}
		for range 100 {
			dec.Conceal(dst)
		}
		if l := dsp.Measure(dst).RMS; l > -55 {
			t.Errorf("%s: after a second of loss %.1f dBFS", f.Label, l)
		}
		dec.Reset()
		dec.Conceal(dst)
		if l := dsp.Measure(dst).Peak; l > -80 {
			t.Errorf("%s: after Reset %.1f dBFS", f.Label, l)
		}
	}
}

func TestWrongFrameSize(t *testing.T) {
	for _, f := range All() {
		enc, _ := pair(t, f.Codec, Options{})
		if _, err := enc.Encode(make([]int16, enc.Samples()-1), make([]byte, MaxPayload)); !errors.Is(err, ErrFrame) {
			t.Errorf("%s: a short frame: %v", f.Label, err)
		}
		if _, err := enc.Encode(make([]int16, enc.Samples()), nil); !errors.Is(err, ErrFrame) {
			t.Errorf("%s: no payload: %v", f.Label, err)
		}
		enc.ExpectLoss(-5)
		enc.ExpectLoss(500)
		enc.Reset()
	}
}

func TestNothingAllocates(t *testing.T) {
	for _, f := range All() {
		enc, dec := pair(t, f.Codec, Options{FEC: true, LossPercent: 10})
		src, dst, p := make([]int16, enc.Samples()), make([]int16, MaxSamples), make([]byte, MaxPayload)
		chirp(src, 3, enc.Rate())
		if n := testing.AllocsPerRun(50, func() {
			size, _ := enc.Encode(src, p)
			_, _ = dec.Decode(p[:size], dst)
			_, _ = dec.Decode(p[:0], dst)
			dec.Recover(p[:size], dst[:enc.Samples()])
			dec.Conceal(dst[:enc.Samples()])
			enc.ExpectLoss(int(p[0]) % 20)
		}); n != 0 {
			t.Errorf("%s: %v allocations", f.Label, n)
		}
	}
}
