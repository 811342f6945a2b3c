package dialog

import (
	"testing"
	"time"
)

// RFC 3261 §14.2: whole seconds up to ten, all of them in use, and the same from one seed.
func TestRetry(t *testing.T) {
	a, b := chance(7), chance(7)
	seen := map[time.Duration]int{}
	for range 1000 {
		d := a.retry()
		if d != b.retry() {
			t.Fatal("one seed, two streams")
		}
		seen[d]++
	}
	for s := 1; s <= 10; s++ {
		if n := seen[time.Duration(s)*time.Second]; n < 50 {
			t.Errorf("%d s came %d times in 1000", s, n)
		}
	}
	if len(seen) != 10 {
		t.Errorf("%v", seen)
	}
}

// Two calls do not ask for the same wait: the seed decides.
func TestCrossingIsSpread(t *testing.T) {
	seen := map[time.Duration]bool{}
	for seed := range uint64(50) {
		c := taken().Seeded(seed)
		_, effects := c.Step(Updated{Seq: 6, Offer: true})
		r := effects[0].(Respond)
		if r.Code != 500 || r.Retry < time.Second || r.Retry > 10*time.Second {
			t.Fatalf("%+v", r)
		}
		seen[r.Retry] = true
	}
	if len(seen) < 5 {
		t.Errorf("%v", seen)
	}
}
