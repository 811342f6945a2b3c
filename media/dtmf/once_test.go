package dtmf

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// A far end that sends every digit in two ways, or three, however one lags behind the other.
func TestOnceInEveryWay(t *testing.T) {
	type press struct {
		at    time.Duration
		way   Way
		digit byte
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 500 {
		used := []Way{AsEvent, AsSignal, AsSound}[:1+rng.IntN(3)]
		rng.Shuffle(len(used), func(i, j int) { used[i], used[j] = used[j], used[i] })
		var typed []byte
		var all []press
		at := time.Duration(0)
		for range 30 {
			d := "0123"[rng.IntN(4)]
			typed = append(typed, d)
			at += time.Duration(120+rng.IntN(900)) * time.Millisecond
			for _, w := range used {
				lag := time.Duration(int(w)*150+rng.IntN(100)) * time.Millisecond
				all = append(all, press{at + lag, w, d})
			}
		}
		slices.SortStableFunc(all, func(a, b press) int { return int(a.at - b.at) })
		var o Once
		var got []byte
		for _, p := range all {
			if o.Take(p.way, p.digit, p.at) {
				got = append(got, p.digit)
			}
		}
		if string(got) != string(typed) {
			t.Fatalf("round %d, ways %v: %s arrived as %s", round, used, typed, got)
		}
	}
}

// A way that falls silent, or begins late, takes nothing from the other.
func TestOnceOfOneWay(t *testing.T) {
	var o Once
	take := func(w Way, d byte, at time.Duration, want bool) {
		t.Helper()
		if got := o.Take(w, d, at); got != want {
			t.Errorf("%q in way %d at %v: %v", d, w, at, got)
		}
	}
	take(AsEvent, '1', 0, true)
	take(AsEvent, '1', 100*time.Millisecond, true)
	take(AsSignal, '1', 150*time.Millisecond, false)
	take(AsSignal, '1', 300*time.Millisecond, false)
	take(AsSignal, '1', 400*time.Millisecond, true) // a third one
	take(AsEvent, '1', 500*time.Millisecond, false)
	take(AsEvent, '2', time.Second, true)
	take(AsSignal, '2', 3001*time.Millisecond, true) // too late to be the same press
	take(AsSignal, '3', 4*time.Second, true)         // one that the other way lost
	take(AsSignal, '4', 4200*time.Millisecond, true)
	take(AsEvent, '4', 4300*time.Millisecond, false)
	for i := range 100 {
		take(AsSound, '7', 10*time.Second+time.Duration(i)*time.Millisecond, true)
	}
}
