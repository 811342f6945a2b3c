package jitter

import (
	"math/rand/v2"
	"testing"
	"time"
)

// weather feeds a delay with packets of the given transits, one each 20 ms.
func weather(d *delay, from, seconds int, transit func() time.Duration) {
	for i := from * 50; i < (from+seconds)*50; i++ {
		t := transit()
		d.learn(t, time.Duration(i)*20*ms+t, true)
	}
}

func TestCalmIsBelievedSoon(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, most := range []time.Duration{30 * ms, 60 * ms, 200 * ms} {
		d := newDelay(3*ms, 400*ms, 6*ms)
		weather(&d, 0, 30, func() time.Duration { return time.Duration(rng.Int64N(int64(most))) })
		if d.target < most-2*ms || d.target > most+5*ms {
			t.Errorf("under 0-%v the target is %v", most, d.target)
		}
		weather(&d, 30, 3, func() time.Duration { return time.Duration(rng.Int64N(int64(ms))) })
		if d.target > 8*ms {
			t.Errorf("3 s after 0-%v the target is still %v", most, d.target)
		}
	}
}

// One packet in ten comes 60 ms late: that nine in ten do not is no news.
func TestWhatIsRareIsNotForgotten(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	d := newDelay(3*ms, 400*ms, 6*ms)
	for s := range 60 {
		weather(&d, s, 1, func() time.Duration {
			if rng.IntN(10) == 0 {
				return 60 * ms
			}
			return 0
		})
		if s > 2 && d.target < 60*ms {
			t.Fatalf("after %d s the target is %v", s, d.target)
		}
	}
}

// The histogram keeps its transits when the base moves, up and down, far and near.
func TestTheBaseMoves(t *testing.T) {
	d := newDelay(3*ms, 400*ms, 6*ms)
	at := time.Duration(0)
	for _, base := range []time.Duration{0, 5 * ms, -7 * ms, 40 * ms, 39 * ms, -2 * time.Second, time.Hour, -time.Hour} {
		for i := range 1000 { // 20 s: the base follows
			at += 20 * ms
			d.learn(base+time.Duration(i%4)*10*ms, at, true)
		}
		if d.base != base {
			t.Errorf("the base is %v, want %v", d.base, base)
		}
		if d.target < 31*ms || d.target > 36*ms {
			t.Errorf("at base %v the target is %v, want 30 ms and little more", base, d.target)
		}
		sum := 0.0
		for _, w := range d.weights {
			sum += w
		}
		if sum/d.total < 0.999 || sum/d.total > 1.001 {
			t.Errorf("the weights are %v, their sum is kept as %v", sum, d.total)
		}
	}
}
