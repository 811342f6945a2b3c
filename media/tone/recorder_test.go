package tone

import (
	"math"
	"testing"
	"time"
)

// The recorder warning tone is half a second of 1400 Hz, once, as loud as speech.
func TestRecording(t *testing.T) {
	g := NewGenerator(48000)
	g.Start(Recording())
	pcm := make([]int16, 48000)
	g.Read(pcm)
	sum, last := 0.0, 0
	for i, s := range pcm {
		if i < 24000 {
			sum += float64(s) * float64(s)
		}
		if s != 0 {
			last = i
		}
	}
	if ms := last / 48; ms < 495 || ms > 505 {
		t.Errorf("it sounds for %d ms", ms)
	}
	if db := 10 * math.Log10(sum/24000/(32768*32768/2)); math.Abs(db+23) > 0.3 {
		t.Errorf("at %.1f dBFS", db)
	}
	crossings := 0
	for i := 1; i < 24000; i++ {
		if pcm[i-1] < 0 && pcm[i] >= 0 {
			crossings++
		}
	}
	if crossings < 695 || crossings > 705 {
		t.Errorf("%d periods in %v", crossings, 500*time.Millisecond)
	}
	if g.Active() {
		t.Error("it sounds on")
	}
}
