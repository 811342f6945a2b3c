package main

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/scripts/impair"
	"github.com/offhook/offhook/scripts/measure"
)

// vowel is five seconds of a gliding pitch with harmonics, in syllables.
func vowel() measure.Signal {
	s := measure.Signal{Rate: card, X: make([]float64, 5*card)}
	phase := 0.0
	for i := range s.X {
		t := float64(i) / card
		phase += 2 * math.Pi * (140 + 30*math.Sin(2*t) + 20*math.Sin(5.3*t)) / card
		for k := 1.0; k < 12; k++ {
			s.X[i] += 0.1 / k * math.Sin(k*phase) * (0.55 - 0.45*math.Cos(2*math.Pi*3.1*t))
		}
	}
	return s
}

func hear(t *testing.T, l line) measure.Verdict {
	t.Helper()
	said := vowel()
	heard, _, err := l.carry(said)
	if err != nil {
		t.Fatal(err)
	}
	if want := l.lasts - step; heard.Duration() < want {
		t.Fatalf("%v heard of %v", heard.Duration(), l.lasts)
	}
	return measure.Judge(said, heard, measure.Options{Loop: true, Max: 300 * time.Millisecond, From: 2 * time.Second})
}

// A perfect network costs a packet and the playout's least, and nothing of the speech; a
// bad one costs more of both, the same each time.
func TestALineHarmsAsItsNetworkDoes(t *testing.T) {
	for _, c := range []agreement.Codec{agreement.PCMU, agreement.Opus} {
		clean := hear(t, line{codec: c, path: impair.Network{}.Path(0), lasts: 6 * time.Second})
		if clean.Delay < packetTime || clean.Delay > 50*time.Millisecond || clean.Gap > 0 || clean.STOI < 0.9 {
			t.Errorf("%s, clean: %v, %.3f gaps, STOI %.3f", c.Name, clean.Delay, clean.Gap, clean.STOI)
		}
		bad := line{codec: c, path: impair.Network{Loss: 0.25, Burst: 3, Jitter: 40 * time.Millisecond, Seed: 1}.Path(0), lasts: 6 * time.Second}
		lossy := hear(t, bad)
		if lossy.Distance < clean.Distance+0.5 || lossy.Delay < clean.Delay+10*time.Millisecond {
			t.Errorf("%s: clean %.2f dB at %v, lossy %.2f dB at %v", c.Name, clean.Distance, clean.Delay, lossy.Distance, lossy.Delay)
		}
		one, _, err := bad.carry(vowel())
		two, _, again := bad.carry(vowel())
		if err != nil || again != nil || !slices.Equal(one.X, two.X) {
			t.Errorf("%s: it sounds another way the second time: %v, %v", c.Name, err, again)
		}
	}
}

// From the calm on all comes, and in order.
func TestCalm(t *testing.T) {
	l := line{codec: agreement.PCMU, path: impair.Network{Loss: 0.5, Jitter: jittery, Seed: 2}.Path(0), calm: 3 * time.Second, lasts: 6 * time.Second}
	sky, err := l.speak(vowel().PCM())
	if err != nil {
		t.Fatal(err)
	}
	after := 0
	for _, f := range sky {
		sent := time.Duration(f.packet.Sequence+1) * packetTime
		if late := f.at - sent; sent >= l.calm && late > time.Millisecond {
			t.Errorf("packet %d is late by %v", f.packet.Sequence, late)
		}
		if sent >= l.calm {
			after++
		}
	}
	if after != 151 || len(sky)-after > 110 || len(sky)-after < 40 {
		t.Errorf("%d packets came, %d of them in the calm", len(sky), after)
	}
	if !slices.IsSortedFunc(sky, func(a, b flight) int { return int(a.at - b.at) }) {
		t.Error("they do not come in order of arrival")
	}
}
