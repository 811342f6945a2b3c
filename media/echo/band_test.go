package echo

import (
	"testing"
	"time"

	"github.com/offhook/offhook/media/dsp"
)

// telephone is what a listener with G.711 gets of sound.
func telephone(pcm []int16, rate int) []int16 {
	r := dsp.NewResampler(rate, 8000)
	out := make([]int16, r.Out(len(pcm)))
	return out[:r.Process(out, pcm)]
}

// bandDesk is a desk whose listeners hear a telephone's band, or more.
func bandDesk(t *testing.T, c Config, r *room, wide bool) *desk {
	d := newDesk(t, c, r)
	d.Begin(0)
	if wide {
		d.Widen()
	}
	return d
}

// Who listens on a telephone hears as little of himself, and as much of who speaks, when sound is
// cleaned at the telephone's rate: the figures are those of docs/audio-path.md.
func TestNarrowIsAsGood(t *testing.T) {
	const rate = 16000
	clean := Config{Rate: rate, Tail: 128 * time.Millisecond, Noise: 12, HighPass: true}
	for _, c := range []struct {
		name   string
		reverb time.Duration
		bend   float64
		least  float64 // dB
	}{
		{"a study", 200 * time.Millisecond, 0, 25},
		{"a bad loudspeaker", 200 * time.Millisecond, 0.3, 20},
	} {
		far := pcm(talk(1, rate, 22*rate))
		near := talk(5, rate, 8*rate)
		for _, wide := range []bool{true, false} {
			r := newRoom(7, rate, c.reverb, 0)
			r.bend = c.bend
			d := bandDesk(t, clean, r, wide)
			d.mouth = says(rate, 14, near)
			d.run(far)
			d.heard, d.clean, d.rate = telephone(d.heard, rate), telephone(d.clean, rate), 8000
			said := append(make([]int16, 14*8000), telephone(pcm(near), rate)...)
			first, loss := d.loss(1, 4), d.loss(9, 13.9)
			raw, _ := judge(said, d.heard, 8000, 14, 21.8)
			stoi, gain := judge(said, d.clean, 8000, 14, 21.8)
			t.Logf("%s, wide %v: loss %.1f dB in seconds 1 to 4, %.1f from 9 on; in double talk STOI %.3f (%.3f in the microphone), %.1f dB louder",
				c.name, wide, first, loss, stoi, raw, gain)
			if first < 18 || loss < c.least {
				t.Errorf("%s, wide %v: %.1f and %.1f dB of the echo are taken out, want 18 and %.0f", c.name, wide, first, loss, c.least)
			}
			if stoi < 0.85 || stoi < raw+0.05 || gain < -4 || gain > 2 {
				t.Errorf("%s, wide %v: in double talk STOI %.3f (%.3f), %.1f dB louder", c.name, wide, stoi, raw, gain)
			}
		}
	}
}

// Who speaks alone, with a room's noise or without, is heard on a telephone as well as when
// sound is cleaned for more.
func TestNarrowNear(t *testing.T) {
	const rate = 16000
	near := append(talk(5, rate, 6*rate), make([]float64, 3*rate)...)
	for _, snr := range []float64{60, 20, 10} {
		var stoi [2]float64
		for i, wide := range []bool{true, false} {
			d := bandDesk(t, Config{Rate: rate, Noise: 12, Tail: 20 * time.Millisecond, HighPass: true}, newRoom(7, rate, 40*time.Millisecond, 0), wide)
			d.mouth = says(rate, 0, add(near, hiss(3, len(near), -23-snr)))
			d.run(make([]int16, len(near)))
			d.heard, d.clean, d.rate = telephone(d.heard, rate), telephone(d.clean, rate), 8000
			gain := 0.0
			stoi[i], gain = judge(telephone(pcm(near), rate), d.clean, 8000, 2, 6)
			lowered := d.loss(7.5, 9)
			t.Logf("SNR %.0f dB, wide %v: noise lowered by %.1f dB, STOI %.3f, %.1f dB louder", snr, wide, lowered, stoi[i], gain)
			if gain < -2 || gain > 1 || snr < 60 && lowered < 9 {
				t.Errorf("SNR %.0f dB, wide %v: noise lowered by %.1f dB, speech %.1f dB louder", snr, wide, lowered, gain)
			}
		}
		if stoi[1] < stoi[0]-0.01 {
			t.Errorf("SNR %.0f dB: STOI %.3f instead of %.3f", snr, stoi[1], stoi[0])
		}
	}
}

// Widen lets through what a telephone does not, until Begin; in the middle of a call the rest
// stays as it was: no sound but for the moment, and the room is learnt anew.
func TestWiden(t *testing.T) {
	const rate = 48000
	d := bandDesk(t, Config{Rate: rate, Tail: 64 * time.Millisecond, Noise: 12}, newRoom(7, rate, 40*time.Millisecond, 0), false)
	far := pcm(talk(1, rate, 5*rate))
	above := func() float64 { // dB of a sine at 6 kHz that the microphone hears
		pcm := make([]int16, rate/100)
		var last []int16
		for at := range 30 {
			for i := range pcm {
				pcm[i] = 0
				if at > 10 {
					pcm[i] = int16(8000 * float64(1-(i/4)%2*2)) // a square at 6 kHz
				}
			}
			d.Clean(pcm)
			d.Queued(make([]int16, rate/100))
			last = append(last[:0], pcm...)
		}
		return dsp.Goertzel(last, rate, 6000)
	}
	if l := above(); l > -60 {
		t.Errorf("narrow, 6 kHz come through at %.1f dBFS", l)
	}
	d.Widen()
	if l := above(); l < -25 {
		t.Errorf("widened, 6 kHz come through at %.1f dBFS", l)
	}
	d.Widen() // once more is nothing
	d.run(far)
	if loss := d.loss(3, 5); loss < 15 {
		t.Errorf("widened, %.1f dB of the echo are taken out", loss)
	}
	d.Begin(0)
	if l := above(); l > -60 {
		t.Errorf("narrow again, 6 kHz come through at %.1f dBFS", l)
	}
	h, err := New(Config{Rate: 8000, Noise: 12})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	before := h.now
	if h.Widen(); h.now != before {
		t.Error("a card of 8 kHz has become wider")
	}
}
