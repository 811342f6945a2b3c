package rpi

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/hal/haltest"
)

const msec = time.Millisecond

func TestSounding(t *testing.T) {
	british := hal.Cadence{{On: 400 * msec, Off: 200 * msec}, {On: 400 * msec, Off: 2 * time.Second}}
	for _, c := range []struct {
		cadence     hal.Cadence
		at          time.Duration
		on          bool
		since, left time.Duration
	}{
		{hal.Cadence{}, time.Hour, false, 0, 0},
		{british, 0, true, 0, 400 * msec},
		{british, 399 * msec, true, 399 * msec, msec},
		{british, 400 * msec, false, 0, 200 * msec},
		{british, 700 * msec, true, 100 * msec, 300 * msec},
		{british, 1000 * msec, false, 0, 2 * time.Second},
		{british, 3001 * msec, true, msec, 399 * msec},
		{hal.Cadence{{On: time.Second}}, 2500 * msec, true, 500 * msec, 500 * msec},
	} {
		on, since, left := sounding(c.cadence, c.at)
		if on != c.on || on && since != c.since || left != c.left {
			t.Errorf("%v at %v: %v since %v for %v", c.cadence, c.at, on, since, left)
		}
	}
}

// A bell at its frequency: each coil has current once a period, never both, and neither around
// a change.
func TestCoilsTakeTurns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hertz := rapid.IntRange(10, 60).Draw(t, "Hz")
		half := time.Second / time.Duration(2*hertz)
		strokes, was := 0, [2]bool{}
		for at := time.Duration(0); at < time.Second; {
			one, two, left := coils(at, hertz)
			if one && two || left <= 0 || left > half {
				t.Fatalf("at %v: %v and %v for %v", at, one, two, left)
			}
			if one && was[1] || two && was[0] {
				t.Fatalf("at %v the coils change over without a pause", at)
			}
			if one && !was[0] {
				strokes++
			}
			was, at = [2]bool{one, two}, at+left
		}
		if strokes < hertz || strokes > hertz+1 {
			t.Fatalf("%d strokes a second at %d Hz", strokes, hertz)
		}
	})
}

// Whatever the cadence, it can be asked at any time, and is asked again before it changes.
func TestStrikesAnyCadence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c hal.Cadence
		for i := range c {
			c[i] = hal.Pulse{On: time.Duration(rapid.Int64Range(-1, int64(time.Second)).Draw(t, "on")), Off: time.Duration(rapid.Int64Range(-1, int64(time.Second)).Draw(t, "off"))}
		}
		hertz := rapid.SampledFrom([]int{0, 16, 20, 25, 50}).Draw(t, "Hz")
		at := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "at"))
		one, two, left := strikes(c, at, hertz)
		if left < 0 || left == 0 && (one || two) {
			t.Fatalf("%v at %v: %v %v for %v", c, at, one, two, left)
		}
		if left > 0 {
			again, other, _ := strikes(c, at+left-1, hertz)
			if again != one || other != two {
				t.Fatalf("%v at %v: it changes before %v are over", c, at, left)
			}
		}
	})
}

// Both coils take turns at the frequency of either side of an ocean, for as long as the cadence
// sounds.
func TestBellRingsAtItsFrequency(t *testing.T) {
	for _, hertz := range []int{20, 25} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench("pi-rotary-bell", func(w *wiring.Wiring) { w.Ringer.Frequency = hertz })
			board, in := run(t, b)
			next[hal.HookInput](t, in)
			board.Parts().Ringer.Ring(hal.Cadence{{On: 400 * msec, Off: 200 * msec}})
			time.Sleep(time.Second - msec)
			board.Parts().Ringer.Ring(hal.Cadence{})
			time.Sleep(time.Second)
			b.mu.Lock()
			defer b.mu.Unlock()
			half := time.Second / time.Duration(2*hertz)
			each := int(400 * msec / half)
			if n := len(b.struck); n != 2*each || b.both {
				t.Fatalf("%d Hz: %d strokes, want %d; both at once: %v", hertz, n, 2*each, b.both)
			}
			for i, s := range b.struck {
				at := time.Duration(i/each)*600*msec + time.Duration(i%each)*half
				if got := s.at.Sub(b.struck[0].at); got != at || s.pin != b.wiring.Ringer.Bell[i%2] {
					t.Errorf("%d Hz: stroke %d on GPIO %d at %v, want %v", hertz, i, s.pin, got, at)
				}
			}
		})
	}
}

func TestBellThatIsMissingIsTriedAgain(t *testing.T) {
	b := newBench("pi-rotary-bell", func(w *wiring.Wiring) { w.Lamps = nil })
	b.missing[24] = errors.New("device or resource busy")
	board, in := run(t, b)
	next[hal.HookInput](t, in)
	if f := next[hal.Fault](t, in); f.Part != "ringer" || f.Problem != "the bell's GPIO 24 does not work: device or resource busy" {
		t.Errorf("%+v", f)
	}
	b.set(func() { delete(b.missing, 24) })
	if f := next[hal.Fault](t, in); f.Part != "ringer" || f.Problem != "" {
		t.Errorf("%+v", f)
	}
	board.Parts().Ringer.Ring(hal.Cadence{{On: time.Hour}})
	for deadline := time.Now().Add(5 * time.Second); !b.rings(); time.Sleep(msec) {
		if time.Now().After(deadline) {
			t.Fatal("it does not ring")
		}
	}
}

// A bell on a PWM channel is rung by the chip: half of each period, while the cadence sounds.
func TestBellOnPWM(t *testing.T) {
	var benches []*workbench
	haltest.Run(t, func(t *testing.T) (hal.Panel, haltest.Driver) {
		b := newBench("pi-rotary-bell", func(w *wiring.Wiring) {
			w.Ringer.Bell, w.Ringer.Frequency, w.Dial, w.Lamps = []int{pin("PWM0")}, 20, wiring.Dial{}, nil
		})
		benches = append(benches, b)
		return b.board(t)
	})
	var longest time.Duration // some boards end before they have begun
	for i, b := range benches {
		longest = max(longest, b.periods[0])
		if b.levels[0] != 0 {
			t.Errorf("board %d: %d percent at the end", i, b.levels[0])
		}
	}
	if longest != 50*msec {
		t.Errorf("a period of %v", longest)
	}
}

// A board that ends in the middle of a stroke leaves no coil with current.
func TestBellIsQuietAtTheEnd(t *testing.T) {
	b := newBench("pi-rotary-bell", nil)
	board := newBoard(b.wiring, b)
	board.Parts().Ringer.Ring(hal.Cadence{{On: time.Hour}})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- board.Run(ctx, make(chan hal.Input, 8)) }()
	for deadline := time.Now().Add(5 * time.Second); !b.rings(); time.Sleep(msec) {
		if time.Now().After(deadline) {
			t.Fatal("it does not ring")
		}
	}
	cancel()
	<-ended
	for pin, level := range b.driven {
		if level {
			t.Errorf("GPIO %d still has current", pin)
		}
	}
}
