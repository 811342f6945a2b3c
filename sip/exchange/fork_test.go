package exchange

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Scripts: "0 180" is a response of leg 0, "cancel" the caller's CANCEL, "0 C" Timer C.
// What follows > are the actions.
func TestFork(t *testing.T) {
	for _, c := range []struct {
		name   string
		q      []int
		script string
	}{
		{"answered", []int{1000}, `
			begin > send 0
			0 100 >
			0 180 > pass 0
			0 183 > pass 0
			0 200 > pass 0
			over`},
		{"busy", []int{1000}, `
			begin > send 0
			0 486 > best 0
			over`},
		{"the first of two answers", []int{1000, 1000}, `
			begin > send 0, send 1
			0 180 > pass 0
			1 180 > pass 1
			1 200 > pass 1, cancel 0
			0 487 >
			over`},
		{"both answer", []int{1000, 1000}, `
			begin > send 0, send 1
			0 180 > pass 0
			1 200 > pass 1, cancel 0
			0 200 > pass 0
			over`},
		{"cancel waits for a provisional response", []int{1000, 1000}, `
			begin > send 0, send 1
			1 200 > pass 1
			0 100 > cancel 0
			0 180 >
			0 487 >
			over`},
		{"one busy, one answers", []int{1000, 1000}, `
			begin > send 0, send 1
			0 486 >
			1 200 > pass 1
			over`},
		{"the best failure", []int{1000, 1000, 1000}, `
			begin > send 0, send 1, send 2
			0 408 >
			1 486 >
			2 480 > best 1
			over`},
		{"6xx stops the others", []int{1000, 1000}, `
			begin > send 0, send 1
			0 180 > pass 0
			1 603 > cancel 0
			0 487 > best 1
			over`},
		{"6xx, and still somebody answers", []int{1000, 1000}, `
			begin > send 0, send 1
			0 180 > pass 0
			1 603 > cancel 0
			0 200 > pass 0
			over`},
		{"by q, one after the other", []int{1000, 500, 500}, `
			begin > send 0
			0 486 > send 1, send 2
			1 404 >
			2 200 > pass 2
			over`},
		{"6xx of the first group spares the second", []int{1000, 500}, `
			begin > send 0
			0 600 > best 0
			over`},
		{"all groups fail", []int{1000, 500}, `
			begin > send 0
			0 408 > send 1
			1 480 > best 1
			over`},
		{"the caller gives up", []int{1000, 500}, `
			begin > send 0
			0 180 > pass 0
			cancel > cancel 0
			0 487 >
			over`},
		{"the caller gives up before anything was heard", []int{1000}, `
			begin > send 0
			cancel >
			0 100 > cancel 0
			0 487 >
			over`},
		{"the answer crosses the CANCEL", []int{1000}, `
			begin > send 0
			0 180 > pass 0
			cancel > cancel 0
			0 200 > hang up 0
			0 200 > hang up 0
			over`},
		{"CANCEL after the answer changes nothing", []int{1000}, `
			begin > send 0
			0 200 > pass 0
			cancel >
			over`},
		{"a leg that was given up answers after all", []int{1000, 1000}, `
			begin > send 0, send 1
			1 180 > pass 1
			0 408 >
			0 200 > pass 0, cancel 1
			1 487 >
			over`},
		{"rings too long", []int{1000, 500}, `
			begin > send 0
			0 180 > pass 0
			0 C > cancel 0
			0 C >
			0 487 > send 1
			1 486 > best 1
			over`},
		{"never heard of, too long", []int{1000}, `
			begin > send 0
			0 C >
			0 408 > best 0
			over`},
		{"nothing after the end", []int{1000}, `
			begin > send 0
			0 404 > best 0
			0 180 >
			0 500 >
			0 200 > hang up 0
			0 C >
			over`},
		{"another phone in its place", []int{1000, 500}, `
			begin > send 0
			0 302 i 1000 > send 2
			2 486 > send 1
			1 404 > best 2
			over`},
		{"in its place at once, while others ring", []int{1000, 1000}, `
			begin > send 0, send 1
			1 180 > pass 1
			0 302 i 1000 > send 2
			2 200 > pass 2, cancel 1
			1 487 >
			over`},
		{"in its place, but later", []int{1000, 500}, `
			begin > send 0
			0 302 i 400 > send 1
			1 486 > send 2
			2 480 > best 1
			over`},
		{"nobody is put in the place of one that was stopped", []int{1000}, `
			begin > send 0
			0 180 > pass 0
			cancel > cancel 0
			0 302 i 1000 >
			over`},
		{"nor after a 6xx", []int{1000, 1000}, `
			begin > send 0, send 1
			0 600 >
			1 302 i 1000 > best 0
			over`},
		{"all are put off", []int{1000}, `
			begin > send 0
			0 430 i 1000 > send 1
			1 430 i 1000 > send 2
			2 430 > best 2
			over`},
	} {
		f := newFork(c.q)
		for _, line := range strings.Split(strings.TrimSpace(c.script), "\n") {
			line = strings.TrimSpace(line)
			if line == "over" {
				if !f.over() {
					t.Errorf("%s: it is not over: %+v", c.name, f)
				}
				continue
			}
			in, want, _ := strings.Cut(line, ">")
			var acts []action
			before := fmt.Sprintf("%+v", f)
			old := f
			f, acts = stepFork(f, strings.TrimSpace(in))
			if got := fmt.Sprintf("%+v", old); got != before {
				t.Errorf("%s: %s: the value before was changed", c.name, in)
			}
			if d := cmp.Diff(strings.Trim(want, " ,"), words(acts)); d != "" {
				t.Errorf("%s: %s:\n%s", c.name, in, d)
			}
		}
	}
}

func stepFork(f fork, in string) (fork, []action) {
	var leg, status int
	switch {
	case in == "begin":
		return f.begin()
	case in == "cancel":
		return f.cancelled()
	case strings.HasSuffix(in, " C"):
		fmt.Sscan(in, &leg)
		return f.expired(leg)
	}
	var q int
	if n, _ := fmt.Sscanf(in, "%d %d i %d", &leg, &status, &q); n == 3 {
		return f.instead(leg, status, []int{q})
	}
	fmt.Sscan(in, &leg, &status)
	return f.response(leg, status)
}

func words(acts []action) string {
	var out []string
	for _, a := range acts {
		out = append(out, fmt.Sprint(a.do, " ", a.leg))
	}
	return strings.Join(out, ", ")
}

// Whatever comes in whatever order: one final failure at most and only without a 2xx, no
// CANCEL before a provisional response or twice, and an end once every leg has ended.
func TestForkKeepsItsRules(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	statuses := []int{100, 180, 183, 200, 302, 404, 408, 486, 487, 503, 600}
	for round := range 20_000 {
		n := 1 + r.IntN(4)
		q := make([]int, n)
		for i := range q {
			q[i] = 1000 - 500*(i*r.IntN(2)/2)
		}
		f, acts := newFork(q).begin()
		var finals, accepted int
		stopped, heard, sent := make([]int, n), make([]bool, n), make([]bool, n)
		for turn := 0; turn < 60; turn++ {
			for _, a := range acts {
				switch a.do {
				case send:
					sent[a.leg] = true
				case best:
					finals++
					if accepted > 0 || a.leg < 0 || f.legs[a.leg].status < 300 {
						t.Fatalf("round %d: failure %+v after an answer: %+v", round, a, f)
					}
				case sendStop:
					if stopped[a.leg]++; stopped[a.leg] > 1 || !heard[a.leg] {
						t.Fatalf("round %d: CANCEL: %+v", round, f)
					}
				}
			}
			if finals > 1 {
				t.Fatalf("round %d: two final failures: %+v", round, f)
			}
			leg := r.IntN(n)
			if !sent[leg] {
				acts = nil
				continue
			}
			switch r.IntN(12) {
			case 10, 11:
				if len(f.legs) > 6 || f.legs[leg].state == ended {
					acts = nil
					continue
				}
				f, acts = f.instead(leg, 302, []int{1000 - 500*r.IntN(2)})
				for len(sent) < len(f.legs) {
					stopped, heard, sent = append(stopped, 0), append(heard, false), append(sent, false)
				}
				n = len(f.legs)
			case 0:
				f, acts = f.cancelled()
			case 1:
				f, acts = f.expired(leg)
			default:
				status := statuses[r.IntN(len(statuses))]
				if status < 200 {
					heard[leg] = true
				}
				if f, acts = f.response(leg, status); status == 200 {
					accepted++
				}
			}
		}
		for turn := 0; turn < 10*n && !f.over(); turn++ {
			f, _ = f.response(turn%n, 480)
		}
		if !f.over() {
			t.Fatalf("round %d never ends: %+v", round, f)
		}
	}
}

func TestBetter(t *testing.T) {
	order := []int{600, 302, 407, 486, 404, 408, 487, 500, 503}
	for i := range order {
		for j := i + 1; j < len(order); j++ {
			if !better(order[i], order[j]) || better(order[j], order[i]) {
				t.Errorf("%d is not better than %d", order[i], order[j])
			}
		}
	}
}

// A caller is told that the call is forwarded where nobody else is asked.
func TestForkAlone(t *testing.T) {
	for _, c := range []struct {
		name  string
		legs  []leg
		f     fork
		alone bool
	}{
		{"the only one", []leg{{state: ringing}}, fork{}, true},
		{"another rings", []leg{{state: ringing}, {state: ringing}}, fork{}, false},
		{"another is asked", []leg{{state: trying}, {state: trying}}, fork{}, false},
		{"another has said no", []leg{{state: ringing}, {state: ended, status: 486}}, fork{}, true},
		{"another may be asked later", []leg{{state: ringing}, {state: idle}}, fork{}, true},
		{"the caller has an answer", []leg{{state: ringing}}, fork{done: true}, false},
		{"the caller gave up", []leg{{state: ringing}}, fork{given: true}, false},
		{"nobody else is to be asked", []leg{{state: ringing}}, fork{stop: true}, false},
	} {
		c.f.legs = c.legs
		if got := c.f.alone(0); got != c.alone {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
