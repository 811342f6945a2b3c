package echo

import (
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/measure"
)

// judge compares what was said with what is left of it, from second to second: how well
// words are understood, and how much louder they are in dB.
func judge(said, left []int16, rate int, from, to float64) (stoi, gain float64) {
	a, b := int(from*float64(rate)), int(to*float64(rate))
	late := delay(said[a:b], left[a:], rate*4/100)
	got := left[min(a+late, len(left)):min(b+late, len(left))]
	return measure.STOI(measure.FromPCM(rate, said[a:b]), measure.FromPCM(rate, got)), decibels(power(got), power(said[a:b]))
}

// delay is at what place up to most y is most like x.
func delay(x, y []int16, most int) (at int) {
	best := 0.0
	for d := range most {
		sum := 0.0
		for i := 0; i < len(x) && i+d < len(y); i += 5 {
			sum += float64(x[i]) * float64(y[i+d])
		}
		if sum > best {
			at, best = d, sum
		}
	}
	return at
}

// Who speaks while the loudspeaker does is heard, and heard better than without the
// canceller; and what the canceller has learnt is not lost by it.
func TestDoubleTalk(t *testing.T) {
	const rate = 16000
	far, near := pcm(talk(1, rate, 22*rate)), talk(5, rate, 8*rate)
	d := newDesk(t, Config{Rate: rate, Tail: 128 * time.Millisecond, Noise: 12}, newRoom(7, rate, 200*time.Millisecond, 0))
	d.mouth = says(rate, 8, near)
	d.run(far)
	said := make([]int16, len(d.clean))
	copy(said[8*rate:], pcm(near))
	raw, _ := judge(said, d.heard, rate, 8, 15.9)
	stoi, gain := judge(said, d.clean, rate, 8, 15.9)
	t.Logf("STOI %.3f (%.3f in the microphone), %.1f dB louder", stoi, raw, gain)
	if stoi < 0.85 || stoi < raw+0.05 {
		t.Errorf("STOI %.3f in double talk, %.3f in the microphone", stoi, raw)
	}
	if gain < -4 || gain > 2 {
		t.Errorf("what is said is made %.1f dB louder", gain)
	}
	before, after := d.loss(5, 8), d.loss(16.5, 20)
	t.Logf("loss %.1f dB before, %.1f dB after", before, after)
	if after < 25 {
		t.Errorf("after double talk %.1f dB of the echo are taken out, before it %.1f", after, before)
	}
}

// While the loudspeaker is silent, speech passes.
func TestNearAlone(t *testing.T) {
	const rate = 16000
	near := talk(5, rate, 8*rate)
	for _, c := range []struct {
		name string
		c    Config
		stoi float64
	}{
		{"nothing", Config{Rate: rate}, 0.999},
		{"high-pass", Config{Rate: rate, HighPass: true}, 0.98},
		{"noise", Config{Rate: rate, Noise: 12}, 0.97},
		{"echo and noise", Config{Rate: rate, Noise: 12, Tail: 128 * time.Millisecond}, 0.97},
		{"all", Config{Rate: rate, Noise: 12, Tail: 128 * time.Millisecond, HighPass: true, Level: true}, 0.96},
	} {
		d := newDesk(t, c.c, newRoom(7, rate, 200*time.Millisecond, 0))
		d.mouth = says(rate, 0, near)
		d.run(make([]int16, 8*rate))
		stoi, gain := judge(pcm(near), d.clean, rate, 1, 7.9)
		t.Logf("%s: STOI %.3f, %.1f dB louder", c.name, stoi, gain)
		if stoi < c.stoi {
			t.Errorf("%s: STOI %.3f, want %.3f", c.name, stoi, c.stoi)
		}
		if gain < -1.5 || gain > 1.5 {
			t.Errorf("%s: speech is made %.1f dB louder", c.name, gain)
		}
	}
}

// The noise of a room is lowered by as much as was asked for, speech over it is not.
func TestNoise(t *testing.T) {
	const rate = 16000
	near := append(talk(5, rate, 6*rate), make([]float64, 3*rate)...)
	for _, c := range []struct {
		noise int     // Config.Noise
		snr   float64 // dB
	}{
		{0, 20}, {6, 20}, {12, 30}, {12, 20}, {12, 10}, {20, 20},
	} {
		d := newDesk(t, Config{Rate: rate, Noise: c.noise, Tail: 20 * time.Millisecond}, newRoom(7, rate, 40*time.Millisecond, 0))
		d.mouth = says(rate, 0, add(near, hiss(3, len(near), -23-c.snr)))
		d.run(make([]int16, len(near)))
		lowered := d.loss(7.5, 9)
		raw, _ := judge(pcm(near), d.heard, rate, 2, 6)
		stoi, gain := judge(pcm(near), d.clean, rate, 2, 6)
		t.Logf("%d dB at an SNR of %.0f dB: lowered by %.1f dB; STOI %.3f, %.3f before; %.1f dB louder", c.noise, c.snr, lowered, stoi, raw, gain)
		if want := float64(c.noise); lowered < 0.8*want-1 || lowered > want+2 {
			t.Errorf("noise is lowered by %.1f dB, want %.0f", lowered, want)
		}
		if stoi < raw-0.02 || gain < -2 {
			t.Errorf("STOI falls from %.3f to %.3f, speech by %.1f dB", raw, stoi, gain)
		}
	}
}

func add(a, b []float64) []float64 {
	sum := append([]float64(nil), a...)
	for i := range sum {
		sum[i] += b[i]
	}
	return sum
}
