package tone

import (
	"fmt"
	"strings"
	"testing"
)

// Each way to ring is told from the others by its rhythm alone, is as loud as the country's,
// and is a rhythm that a bell of three strokes can keep.
func TestBells(t *testing.T) {
	p, _ := ForCountry("DE")
	seen := map[string]int{}
	for n := range Bells {
		s := p.Bell(n)
		var times []string
		strokes := 0
		for i, step := range s.Steps {
			times = append(times, fmt.Sprint(step.For.Milliseconds()))
			if on := step.Sound != (Sound{}); on != (i%2 == 0) || step.For <= 0 {
				t.Errorf("%d, step %d: %+v", n, i, step)
			} else if on {
				strokes++
			}
		}
		rhythm := strings.Join(times, " ")
		if other, there := seen[rhythm]; there {
			t.Errorf("%d rings as %d does: %s", n, other, rhythm)
		}
		if seen[rhythm] = n; strokes == 0 || strokes > 3 || s.Level != RingLevel || s.Once || s.Source == "" {
			t.Errorf("%d: %d strokes, %+v", n, strokes, s)
		}
	}
	for _, n := range []int{-1, 0, Bells, 99} {
		if got := p.Bell(n); &got.Steps[0] != &p.Spec(Ring).Steps[0] {
			t.Errorf("%d is not the country's", n)
		}
	}
}
