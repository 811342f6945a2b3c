package dsp

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func wave(n int) int16 { return int16(12000 * math.Sin(2*math.Pi*440*float64(n)/48000)) }

// steepest is the greatest step between two samples.
func steepest(pcm []int16) (most int) {
	for i := 1; i < len(pcm); i++ {
		most = max(most, int(pcm[i])-int(pcm[i-1]), int(pcm[i-1])-int(pcm[i]))
	}
	return most
}

// smooth is the greatest step of wave itself, with the rounding and the ends of fades.
const smooth = 911 // 12000 * 2π * 440 / 48000, and what fades add

// Put 10 ms at a time and taken 10 ms at a time, sound comes out as it went in, one piece late.
func TestElasticPassesSoundOn(t *testing.T) {
	e := NewElastic(48000)
	var out []int16
	for step := range 100 {
		piece := make([]int16, 480)
		e.Take(piece)
		out = append(out, piece...)
		for i := range piece {
			piece[i] = wave(480*step + i)
		}
		e.Put(piece)
	}
	for i := 480 + 240; i < len(out); i++ {
		if out[i] != wave(i-480) {
			t.Fatalf("sample %d: %d, want %d", i, out[i], wave(i-480))
		}
	}
	if e.dries != 0 || e.cuts != 0 || e.Len() != 480 {
		t.Errorf("ran dry %d times, cut %d times, %d wait", e.dries, e.cuts, e.Len())
	}
}

// Whatever the pieces, what is taken has no step in it that the sound has not, and what waits
// stays within bounds.
func TestElasticNeverClicks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := NewElastic(48000)
		var out []int16
		at := 0
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			put := make([]int16, rapid.IntRange(0, 1500).Draw(t, "put"))
			for i := range put {
				put[i] = wave(at)
				at++
			}
			if len(put)+e.Len() <= len(e.pcm) { // else the oldest is lost, and heard as lost
				e.Put(put)
			} else {
				at -= len(put)
			}
			take := make([]int16, rapid.IntRange(0, 1500).Draw(t, "take"))
			e.Take(take)
			out = append(out, take...)
			if over := e.Len() - e.most; over > 0 && len(take) > 0 && e.Len() > e.most {
				t.Fatalf("%d samples wait", e.Len())
			}
		}
		if s := steepest(out); s > smooth {
			t.Fatalf("a step of %d, want %d at most", s, smooth)
		}
	})
}

// One piece that comes late costs one gap, and none after that: the store has learnt it.
func TestElasticLearnsOnce(t *testing.T) {
	e := NewElastic(48000)
	piece := make([]int16, 960)
	put := func(n int) { e.Put(piece[:n]) }
	take := func(n int) { e.Take(piece[:n]) }
	put(480)
	for range 50 {
		take(480)
		put(480)
	}
	for range 5 { // the mouth's sound comes twice as long, and the ear's behind it
		take(960)
		put(960)
		take(480)
		put(480)
	}
	if e.dries != 1 {
		t.Errorf("ran dry %d times, want once", e.dries)
	}
}

// More than the pieces explain is cut out.
func TestElasticCutsTheSurplus(t *testing.T) {
	e := NewElastic(16000)
	piece := make([]int16, 160)
	e.Put(piece)
	e.Take(piece)
	for range 10 {
		e.Put(piece)
	}
	e.Take(piece)
	if e.Len() != elasticKeep*16 || e.cuts != 1 {
		t.Errorf("%d samples wait after %d cuts", e.Len(), e.cuts)
	}
	for range 100 {
		e.Put(piece)
	}
	if e.Len() > elasticHolds*16 {
		t.Errorf("%d samples wait", e.Len())
	}
	e.Clear()
	if e.Take(piece); e.Len() != 0 || steepest(piece) != 0 {
		t.Error("a store that was cleared gives sound")
	}
}

func TestElasticAllocatesNothing(t *testing.T) {
	e := NewElastic(48000)
	piece := make([]int16, 960)
	if n := testing.AllocsPerRun(100, func() { e.Put(piece); e.Put(piece); e.Take(piece[:500]) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
