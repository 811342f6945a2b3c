package media

import (
	"testing"
	"time"
)

func TestBeatFollowsTheCard(t *testing.T) {
	const ms = time.Millisecond
	var b beat
	now, told := time.Duration(0), time.Duration(0)
	step := func(parts ...time.Duration) {
		t.Helper()
		now += 10 * ms
		sum := time.Duration(0)
		for _, d := range parts {
			before, news := b.take(d, now)
			if before != sum {
				t.Fatalf("%v were taken before, want %v", before, sum)
			}
			if news != 0 {
				told = news
			}
			sum += d
		}
	}
	for range 50 {
		step(20 * ms)
	}
	if told != 20*ms {
		t.Errorf("told %v", told)
	}
	for range 100 {
		step(5*ms, 5*ms)
	}
	if told < 9*ms || told > 12*ms {
		t.Errorf("told %v of steps of 10 ms", told)
	}
	for i := range 200 { // a late step now and then, and the next one is short
		switch i % 20 {
		case 7:
			step(13 * ms)
		case 8:
			step(7 * ms)
		default:
			step(10 * ms)
		}
	}
	if told < 9*ms || told > 12*ms {
		t.Errorf("told %v for a late step", told)
	}
}
