package measure

import (
	"testing"
	"time"
)

// track has a piece every 64 ms from 10 s on, with these delays in ms; 0 is a pause.
func track(delays ...int) (t Track) {
	for i, d := range delays {
		p := Point{At: 10*time.Second + time.Duration(i)*64*time.Millisecond, Delay: time.Duration(d) * time.Millisecond, Alike: 0.9}
		if d == 0 {
			p.Alike = 0
		}
		t = append(t, p)
	}
	return t
}

func TestRecovery(t *testing.T) {
	for _, c := range []struct {
		name   string
		t      Track
		pieces int // until the delay is short; -1: never
	}{
		{"always short", track(70, 70, 70, 70), 0},
		{"never", track(90, 90, 90, 90, 90), -1},
		{"falls", track(140, 120, 100, 90, 85, 79, 70, 70, 70), 5},
		{"one piece is mistaken", track(140, 140, 140, 70, 70, 70, 70, 300, 70, 70, 70, 70), 3},
		{"rises again", track(70, 70, 70, 70, 140, 140, 140, 140, 70, 70, 70, 70), 8},
		{"rises at the end", track(70, 70, 70, 140, 140, 140), -1},
		{"falls in a pause", track(140, 140, 140, 0, 0, 0, 70, 70, 70), 6},
		{"nothing", nil, -1},
		{"all before the calm", track(70, 70)[:0], -1},
	} {
		got, ok := c.t.Under(80*time.Millisecond, 10*time.Second)
		if ok != (c.pieces >= 0) || ok && got != time.Duration(c.pieces)*64*time.Millisecond {
			t.Errorf("%s: %v, %v", c.name, got, ok)
		}
	}
	if got, ok := track(140, 140, 70, 70, 70).Under(80*time.Millisecond, 10*time.Second+128*time.Millisecond); !ok || got != 0 {
		t.Errorf("what was before the calm counts: %v, %v", got, ok)
	}
}
