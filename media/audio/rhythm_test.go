package audio

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The card wakes Go after the periods that it was told, and no others.
func TestWakeAt(t *testing.T) {
	e := newStill(t, Spec{Period: 5 * time.Millisecond})
	in := make([]int16, 240)
	woken := func() (at []uint64) {
		for range 12 {
			before := e.load(&e.c.wakes)
			e.turn(in, nil)
			if e.load(&e.c.wakes) != before {
				at = append(at, e.Turns())
			}
		}
		return at
	}
	for _, c := range []struct {
		every int
		mask  uint32
		want  string
	}{
		{0, 0, "[2 4 6 8 10 12]"}, // as Spec.Wake has it
		{4, 1, "[16 20 24]"},
		{4, 0b1010, "[25 27 29 31 33 35]"},
		{1, 1, "[37 38 39 40 41 42 43 44 45 46 47 48]"},
		{3, 0b100, "[50 53 56 59]"},
		{4, 0, "[]"},
		{32, 1 << 31, "[95]"},
		{40, 1 << 4, "[100]"}, // as 32
	} {
		if c.every > 0 {
			e.WakeAt(c.every, c.mask)
		}
		if c.every == 32 { // turns 73 to 84 have none of it
			woken()
		}
		if got := fmt.Sprint(woken()); got != c.want {
			t.Errorf("every %d, %b: woken at %s, want %s", c.every, c.mask, got, c.want)
		}
	}
}

// A card says whether its thread goes first; the system knows which thread does.
func TestTheThreadTellsItsRank(t *testing.T) {
	c, err := Open(Spec{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for c.Turns() < 9 {
		if err := c.Wait(time.Second); err != nil {
			t.Fatal(err)
		}
	}
	stats, err := filepath.Glob("/proc/self/task/*/stat")
	if err != nil {
		t.Fatal(err)
	}
	first := false
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(text), ") ") // proc(5): the name is field 2, the policy field 41
		fields := strings.Fields(rest)
		first = first || len(fields) > 38 && fields[38] == "1"
	}
	if got := c.Stats().RealTime; got != first {
		t.Errorf("real-time priority: %v, though the system says %v", got, first)
	}
	t.Logf("real-time priority: %v", first)
}
