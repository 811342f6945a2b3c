package main

import (
	"math"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/impair"
	"github.com/offhook/offhook/scripts/measure"
)

// The lab's network loses as much as it is asked to, in runs as long, the same each time.
func TestLabNetwork(t *testing.T) {
	const many = 20000
	for _, n := range []impair.Network{{}, {Loss: 0.05}, {Loss: 0.1}, {Loss: 0.1, Burst: 3}} {
		l, again := &lab{network: n}, &lab{network: n}
		again.Fate(many) // asked in another order
		lost, runs, before := 0, 0, false
		for i := range uint32(many) {
			f := l.Fate(i)
			if f != again.Fate(i) {
				t.Fatalf("%+v: packet %d fares in two ways", n, i)
			}
			if f.Lost {
				lost++
				if !before {
					runs++
				}
			}
			before = f.Lost
		}
		share, run := float64(lost)/many, float64(lost)/float64(max(runs, 1))
		want := max(n.Burst, 1/(1-n.Loss))
		if math.Abs(share-n.Loss) > 0.1*n.Loss || n.Loss > 0 && math.Abs(run-want) > 0.1*want {
			t.Errorf("%+v: %.4f is lost, %.2f at a time", n, share, run)
		}
	}
	l := &lab{network: impair.Network{Jitter: jittery}}
	sum := time.Duration(0)
	for i := range uint32(many) {
		sum += l.Fate(i).Late
	}
	if mean := sum / many; mean < 29*time.Millisecond || mean > 31*time.Millisecond {
		t.Errorf("late by %v on average", mean)
	}
}

// The scorer finds a known damage: sound cut out of a tenth of the time is a gap there, and
// half as loud is none at all.
func TestLabScore(t *testing.T) {
	said := vowel()
	harmed := measure.Signal{Rate: said.Rate, X: make([]float64, len(said.X))}
	lag := said.Rate / 10
	for i := lag; i < len(harmed.X); i++ {
		harmed.X[i] = said.X[i-lag] / 2
	}
	o := measure.Options{Max: 400 * time.Millisecond}
	if v := labScore(said, harmed, o); v.Distance > 0.05 || v.Gap != 0 || (v.Delay-100*time.Millisecond).Abs() > time.Millisecond {
		t.Errorf("half as loud, 100 ms late: %.2f dB, %.3f gaps, %v", v.Distance, v.Gap, v.Delay)
	}
	for i := range harmed.X {
		if i/(said.Rate/50)%30 < 3 {
			harmed.X[i] = 0
		}
	}
	if v := labScore(said, harmed, o); v.Gap < 0.05 || v.Gap > 0.12 || v.Distance < 1 {
		t.Errorf("a tenth cut out: %.2f dB, %.3f gaps", v.Distance, v.Gap)
	}
}
