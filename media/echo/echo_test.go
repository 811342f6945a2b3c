package echo

import (
	"testing"
	"time"
)

// The echo of a loudspeaker is taken out, in rooms and with loudspeakers of several kinds.
// Without the canceller all of these would be 0 dB. The figures are those of docs/audio-path.md.
func TestEchoReturnLoss(t *testing.T) {
	const rate = 16000
	far := pcm(talk(1, rate, 14*rate))
	for _, c := range []struct {
		name   string
		reverb time.Duration
		gain   float64 // of the echo, dB
		bend   float64
		noise  float64 // of the room, dBFS
		drift  float64 // ppm
		least  float64 // dB of loss from second 9 on
	}{
		{"a study", 200 * time.Millisecond, 0, 0, -75, 0, 30},
		{"an office", 400 * time.Millisecond, 0, 0, -65, 0, 15},
		{"loud: the echo over what is played", 200 * time.Millisecond, 6, 0, -65, 0, 20},
		{"a small loudspeaker", 200 * time.Millisecond, 0, 0.1, -65, 0, 20},
		{"a bad loudspeaker", 200 * time.Millisecond, 0, 0.3, -65, 0, 20},
		{"two clocks, 50 ppm apart", 200 * time.Millisecond, 0, 0, -65, 50, 20},
		{"a handset that leaks", 50 * time.Millisecond, -30, 0, -75, 0, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRoom(7, rate, c.reverb, c.gain)
			r.bend = c.bend
			d := newDesk(t, Config{Rate: rate, Tail: 128 * time.Millisecond, Noise: 12}, r)
			d.drift = c.drift * 1e-6
			d.mouth = says(rate, 0, hiss(9, len(far), c.noise))
			d.run(far)
			first, last := d.loss(1, 4), d.loss(9, 14)
			t.Logf("loss %.1f dB in seconds 1 to 4, %.1f dB from 9 on", first, last)
			if first < 18 {
				t.Errorf("%.1f dB in the first seconds", first)
			}
			if last < c.least {
				t.Errorf("%.1f dB of the echo are taken out, want %.0f", last, c.least)
			}
		})
	}
}
