package quality

import (
	"math"
	"testing"
	"time"
)

func near(a, b, by float64) bool { return math.Abs(a-b) <= by }

// G.107 §7.7: with all parameters at their defaults R is 93.2.
func TestRatingOfThePerfectPath(t *testing.T) {
	if r := Rating(Path{}); !near(r, 93.2, 0.05) {
		t.Errorf("R %.3f, want 93.2", r)
	}
}

// What G.114 figure 1 draws of delay alone, and the line that Cole and Rosenbluth fitted to
// it (ACM CCR 31-2, 2001): 0.024 a millisecond, 0.134 beyond 177.3.
func TestRatingOfDelay(t *testing.T) {
	before := 100.0
	for ms := 0; ms <= 400; ms += 10 {
		r := Rating(Path{Delay: time.Duration(ms) * time.Millisecond})
		d := float64(ms)
		fitted := 93.2 - 0.024*d - 0.11*max(d-177.3, 0)
		if !near(r, fitted, 3.5) || r > before {
			t.Errorf("%d ms: R %.1f, want about %.1f and no more than %.1f", ms, r, fitted, before)
		}
		before = r
	}
}

// Ie-eff of G.107 §7.5 by hand: 95 × 2 / (2 + 25.1) = 7.01, and 95 × 2 / (1 + 25.1) = 7.28
// where losses come twice as long as at random.
func TestRatingOfLoss(t *testing.T) {
	best := Rating(Path{})
	for _, c := range []struct {
		name string
		path Path
		cost float64
	}{
		{"none", Path{Codec: Of("PCMA", false)}, 0},
		{"2 %", Path{Codec: Of("PCMA", false), Loss: 0.02}, 7.01},
		{"2 % in bursts", Path{Codec: Of("PCMU", false), Loss: 0.02, Bursts: 2}, 7.28},
		{"2 %, nothing concealed", Path{Loss: 0.02}, 95 * 2 / 6.3},
		{"10 %", Path{Codec: Of("L16", false), Loss: 0.1}, 95 * 10 / 35.1},
		{"all", Path{Codec: Of("PCMU", false), Loss: 1}, 95 * 100 / 125.1},
		{"beyond reason", Path{Codec: Of("PCMU", false), Loss: 7, Bursts: -3}, 95 * 100 / 125.1},
	} {
		if got := best - Rating(c.path); !near(got, c.cost, 0.01) {
			t.Errorf("%s: costs %.2f, want %.2f", c.name, got, c.cost)
		}
	}
	if Of("OPUS", true).effective(.05, 1) >= Of("OPUS", false).effective(.05, 1) {
		t.Error("redundancy does not help")
	}
	if Rating(Path{Delay: time.Hour, Loss: 1}) != 0 || Rating(Path{Delay: -time.Hour}) != best {
		t.Error("a rating outside of 0 to 100, or a delay below none")
	}
}

// G.107 table B.1, whose figures are rounded upwards, and the ends of the scale.
func TestMOS(t *testing.T) {
	for _, c := range []struct{ r, mos float64 }{
		{-5, 1}, {0, 1}, {3, 1}, {50, 2.58}, {60, 3.10}, {70, 3.60}, {80, 4.03}, {90, 4.34}, {93.2, 4.41}, {100, 4.5}, {120, 4.5},
	} {
		if m := MOS(c.r); !near(m, c.mos, 0.007) {
			t.Errorf("R %.1f: MOS %.3f, want %.2f", c.r, m, c.mos)
		}
	}
	for r := 0.0; r < 100; r++ {
		if MOS(r+1) < MOS(r) {
			t.Errorf("MOS falls from R %.0f to %.0f", r, r+1)
		}
	}
}

func TestWords(t *testing.T) {
	for r, want := range map[float64]string{93: "good", 80: "good", 79: "fair", 69: "poor", 49: "bad", 0: "bad"} {
		if got := Words(r); got != want {
			t.Errorf("R %v: %q, want %q", r, got, want)
		}
	}
}
