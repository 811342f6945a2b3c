package soak

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// series is the memory after each of n rounds: a start, a slope, a saw of the collector's
// and a leap.
func series(n int, slope int64, leap int) []int64 {
	rng := rand.New(rand.NewPCG(1, 2))
	all := make([]int64, n)
	for i := range all {
		all[i] = 16<<20 + slope*int64(i) + int64(i%9)*150<<10 + rng.Int64N(300<<10)
		if i < warmUp {
			all[i] -= int64(warmUp-i) * 200 << 10
		}
		if leap > 0 && i >= leap {
			all[i] += 5 << 20
		}
	}
	return all
}

func TestMemoryThatGrowsIsSeen(t *testing.T) {
	for _, c := range []struct {
		name  string
		after []int64
		say   string
	}{
		{"breathing", series(150, 0, 0), ""},
		{"30 kB a call", series(150, 30<<10, 0), "grew"},
		{"4 kB a call, for long", series(1200, 4<<10, 0), "grew"},
		{"5 MB in the middle", series(150, 0, 75), "grew"},
		{"5 MB while it warms up", series(150, 0, 5), ""},
		{"shrinking", series(150, -20<<10, 0), ""},
		{"too few to say", series(warmUp, 1<<20, 0), ""},
	} {
		if got := judgeMemory(c.after); (got == "") != (c.say == "") || !strings.Contains(got, c.say) {
			t.Errorf("%s: %q, want %q", c.name, got, c.say)
		}
	}
}

func TestWhatStaysHeldIsSeen(t *testing.T) {
	start := footprint{files: 12, threads: 8, resident: 1}
	for _, c := range []struct {
		end footprint
		say string
	}{
		{footprint{files: 12, threads: 8}, ""},
		{footprint{files: 11, threads: 8 + threadsMargin}, ""},
		{footprint{files: 13, threads: 8}, "1 files"},
		{footprint{files: 12, threads: 8 + threadsMargin + 1}, "threads"},
	} {
		if got := judgeHeld(start, c.end); (got == "") != (c.say == "") || !strings.Contains(got, c.say) {
			t.Errorf("%+v: %q, want %q", c.end, got, c.say)
		}
	}
}
