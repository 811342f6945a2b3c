package echo

import (
	"testing"
	"time"
)

func TestGuard(t *testing.T) {
	const rate = 16000
	g := newGuard(rate)
	after := func(speaks bool, d time.Duration) int16 {
		pcm := make([]int16, rate/100)
		for at := time.Duration(0); at < d; at += 10 * time.Millisecond {
			for i := range pcm {
				pcm[i] = 10000
			}
			g.process(pcm, speaks)
		}
		return pcm[len(pcm)-1]
	}
	for _, c := range []struct {
		speaks    bool
		d         time.Duration
		low, high int16
	}{
		{false, time.Second, 10000, 10000}, // nobody else speaks
		{true, 50 * time.Millisecond, 1200, 1400},
		{false, 100 * time.Millisecond, 1200, 1400}, // the room rings on
		{false, 100 * time.Millisecond, 9990, 10000},
		{true, 2450 * time.Millisecond, 3400, 3700}, // half of it is over
		{true, 2400 * time.Millisecond, 9500, 9900},
		{true, time.Second, 10000, 10000}, // and all
		{false, time.Second, 10000, 10000},
	} {
		if got := after(c.speaks, c.d); got < c.low || got > c.high {
			t.Errorf("%v after %v: 10000 becomes %d, want %d to %d", c.speaks, c.d, got, c.low, c.high)
		}
	}
}
