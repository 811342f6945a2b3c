package echo

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/offhook/offhook/media/dsp"
)

// At every card's rate, in pieces of any length, echo goes and speech stays.
func TestChainAtEveryRate(t *testing.T) {
	for _, rate := range []int{8000, 16000, 32000, 44100, 48000} {
		far, near := pcm(talk(1, rate, 5*rate)), talk(5, rate, 2*rate)
		d := newDesk(t, Config{Rate: rate, Tail: 64 * time.Millisecond, Noise: 12, HighPass: true}, newRoom(7, rate, 40*time.Millisecond, 0))
		d.mouth = says(rate, 5.5, near)
		d.run(append(far, make([]int16, 5*rate/2)...))
		loss := d.loss(3, 5)
		said := append(make([]int16, 11*rate/2), pcm(near)...)
		stoi, gain := judge(said, d.clean, rate, 5.5, 7.4)
		t.Logf("%d Hz: %.1f dB of echo taken out, STOI of speech after it %.3f, %.1f dB louder", rate, loss, stoi, gain)
		if loss < 15 || stoi < 0.97 || math.Abs(gain) > 1 {
			t.Errorf("%d Hz: %.1f dB of echo taken out, STOI of speech after it %.3f, %.1f dB louder", rate, loss, stoi, gain)
		}
	}
}

// What comes out does not depend on how the sound is cut, but for a delay of less than a
// frame, which never changes.
func TestChainInPieces(t *testing.T) {
	const rate = 48000
	mic := pcm(add(talk(5, rate, 2*rate), hiss(6, 2*rate, -60)))
	clean := func(cut func() int) []int16 {
		h, err := New(Config{Rate: rate, Noise: 12, HighPass: true})
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		out := append([]int16(nil), mic...)
		for part := out; len(part) > 0; {
			n := min(cut(), len(part))
			h.Clean(part[:n])
			part = part[n:]
		}
		return out
	}
	whole := clean(func() int { return 480 })
	rng := rand.New(rand.NewPCG(2, 2))
	for name, c := range map[string]struct {
		cut  func() int
		most int // samples of delay
	}{
		"20 ms":       {func() int { return 960 }, 0},
		"all":         {func() int { return 1 << 20 }, 0},
		"5 ms":        {func() int { return 240 }, 240},
		"64":          {func() int { return 64 }, 480},
		"as it comes": {func() int { return 1 + rng.IntN(700) }, 480},
	} {
		got := clean(c.cut)
		late := -1
		for d := 0; d <= c.most && late < 0; d++ {
			late = d
			for i := rate / 2; i+d < len(got); i++ { // by then it is as late as it will be
				if got[i+d] != whole[i] {
					late = -1
					break
				}
			}
		}
		if late < 0 {
			t.Errorf("in pieces of %s it is other sound, or more than %d samples late", name, c.most)
		}
	}
}

// Three voices of full scale, raised by the leveller besides, are limited, not clipped: the
// peaks keep their shape.
func TestLevelNeverClips(t *testing.T) {
	const rate = 16000
	h, err := New(Config{Rate: rate, Level: true})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	soft := pcm(scaled(talk(1, rate, 4*rate), -45))
	h.Clean(soft) // it has learnt to raise
	loud := make([]int16, rate)
	for i := range loud {
		loud[i] = int16(32000 * math.Sin(2*math.Pi*440*float64(i)/rate))
	}
	h.Clean(loud)
	flat := 0
	for i := 1; i < len(loud); i++ {
		if loud[i] == loud[i-1] && (loud[i] > 32000 || loud[i] < -32000) {
			flat++
		}
	}
	if flat > 2 {
		t.Errorf("%d samples lie on a flat top", flat)
	}
	if l := dsp.Measure(loud[rate/2:]).Peak; l > 0 {
		t.Errorf("the peak is at %.1f dBFS", l)
	}
}
