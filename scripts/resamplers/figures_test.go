package main

import (
	"math"
	"testing"
)

// What is measured is so: a delay that is known, and a band that is.
func TestFigures(t *testing.T) {
	ours, err := measure(kinds[0], 16000, 8000)
	if err != nil {
		t.Fatal(err)
	}
	// 32 taps at 8 kHz: 16 samples, and the odd tap at 16 kHz.
	if math.Abs(ours.delay-2) > 0.05 {
		t.Errorf("our delay is %.3f ms, want 2", ours.delay)
	}
	if ours.oneDB < 3300 || ours.threeDB < ours.oneDB || ours.threeDB > 4000 {
		t.Errorf("the pass band ends at %.0f and %.0f Hz", ours.oneDB, ours.threeDB)
	}
	if ours.beyond > -60 || ours.worst > -10 {
		t.Errorf("%.0f dB of what is beyond are let through, %.0f at worst", ours.beyond, ours.worst)
	}
	best, err := measure(kinds[3], 16000, 8000)
	if err != nil {
		t.Fatal(err)
	}
	if best.oneDB < ours.oneDB || best.delay < ours.delay {
		t.Errorf("quality 10: %+v, ours: %+v", best, ours)
	}
	// Its filter has 256 taps a sample of the lower rate.
	if math.Abs(best.delay-16) > 0.2 {
		t.Errorf("the delay of quality 10 is %.3f ms, want 16", best.delay)
	}
}

func TestSpeexRefuses(t *testing.T) {
	for _, c := range [][3]int{{0, 8000, 3}, {8000, 0, 3}, {8000, 48000, 11}, {8000, 48000, -1}} {
		if r, err := newSpeex(c[0], c[1], c[2]); err == nil {
			r.Close()
			t.Errorf("%v is taken", c)
		}
	}
}
