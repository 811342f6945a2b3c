package sip

import (
	"fmt"
	"runtime/pprof"
	"slices"
	"strings"
	"testing"
)

// A footing is what this process holds when it is at rest: every transaction has ended, the
// collector has run.
type footing struct {
	calls      int // made so far
	goroutines int
	files      int
	tables     int   // rows of all tables: calls, dialogs, transactions, bindings
	heap       int64 // octets that live
	objects    int64 // that live

	stacks map[string]int // how many goroutines stand where
}

// stacks counts the goroutines of the process by where they stand.
func stacks() map[string]int {
	var b strings.Builder
	if err := pprof.Lookup("goroutine").WriteTo(&b, 1); err != nil {
		return nil
	}
	return standing(b.String())
}

// standing reads a goroutine profile of debug level 1.
func standing(profile string) map[string]int {
	all := map[string]int{}
	for block := range strings.SplitSeq(profile, "\n\n") {
		n := 0
		var where []string
		for line := range strings.Lines(block) {
			if fields := strings.Fields(line); len(fields) > 2 && fields[0] == "#" {
				name, _, _ := strings.Cut(fields[2], "+")
				where = append(where, name)
			} else if len(where) == 0 {
				fmt.Sscanf(line, "%d @", &n)
			}
		}
		if len(where) > 0 {
			all[strings.Join(where, " < ")] += n
		}
	}
	return all
}

// changed says where more goroutines stand than before, and where fewer.
func changed(before, now map[string]int) string {
	var lines []string
	for where, n := range now {
		if d := n - before[where]; d != 0 {
			lines = append(lines, fmt.Sprintf("%+d  %s", d, where))
		}
	}
	for where, n := range before {
		if now[where] == 0 {
			lines = append(lines, fmt.Sprintf("%+d  %s", -n, where))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// What may come and go. A pool of connections breathes, and maps never shrink; a leak grows
// with the calls. Objects are the finest measure: whatever a call leaves is one at least.
const (
	goroutinesMargin = 8
	filesMargin      = 8
	heapMargin       = 16   // the share is 1 in this
	heapLeast        = 1e6  // octets
	objectsShare     = 4    // one object in so many calls
	objectsLeast     = 3000 // of a short run
)

// judgeFootings says what grows. The first is after the warm-up, then one after each quarter
// of the calls. What is counted may be no more at the end than at the start; what lives is
// compared from the first quarter to the last.
func judgeFootings(all []footing) (wrong []string) {
	if len(all) < 3 {
		return []string{"nothing to compare"}
	}
	say := func(format string, a ...any) { wrong = append(wrong, fmt.Sprintf(format, a...)) }
	warm, first, last := all[0], all[1], all[len(all)-1]
	if last.goroutines > warm.goroutines+goroutinesMargin {
		say("goroutines grew from %d to %d", warm.goroutines, last.goroutines)
	}
	if last.files > warm.files+filesMargin {
		say("open files grew from %d to %d", warm.files, last.files)
	}
	if last.tables > warm.tables {
		say("tables grew from %d rows to %d", warm.tables, last.tables)
	}
	calls := max(1, last.calls-first.calls)
	if more := last.heap - first.heap; more > max(first.heap/heapMargin, heapLeast) {
		say("the heap grew from %d to %d octets, %d a call", first.heap, last.heap, more/int64(calls))
	}
	if more := last.objects - first.objects; more > max(objectsLeast, int64(calls/objectsShare)) {
		say("what lives grew from %d to %d objects, %.2f a call", first.objects, last.objects, float64(more)/float64(calls))
	}
	return wrong
}

// Each leak that a call can have is seen after 10,000, and breathing is not.
func TestFootingsThatGrow(t *testing.T) {
	for _, c := range []struct {
		name string
		leak footing // of a quarter
		say  string
	}{
		{"flat", footing{}, ""},
		{"shrinking", footing{heap: -100000, objects: -1000, goroutines: -1}, ""},
		{"a goroutine in 600 calls", footing{goroutines: 4}, "goroutines"},
		{"a file in 600 calls", footing{files: 4}, "files"},
		{"a row", footing{tables: 1}, "tables"},
		{"one object a call", footing{objects: 2500}, "objects"},
		{"200 octets a call", footing{heap: 500000}, "heap"},
	} {
		all := []footing{{calls: 300, goroutines: 500, files: 200, tables: 64, heap: 14e6, objects: 120e3}}
		for i := 1; i <= 4; i++ {
			next := all[i-1]
			next.calls += 2500
			next.goroutines += c.leak.goroutines + []int{2, -2, 1, -1}[i-1]
			next.files += c.leak.files + []int{-1, 1, 1, -1}[i-1]
			next.tables += c.leak.tables
			next.heap += c.leak.heap + []int64{150e3, -90e3, 120e3, -60e3}[i-1]
			next.objects += c.leak.objects + []int64{700, -500, 300, -200}[i-1]
			all = append(all, next)
		}
		wrong := strings.Join(judgeFootings(all), "; ")
		if (wrong == "") != (c.say == "") || !strings.Contains(wrong, c.say) {
			t.Errorf("%s: %q, want %q", c.name, wrong, c.say)
		}
	}
	if judgeFootings(make([]footing, 2)) == nil {
		t.Error("two footings show nothing")
	}
}

// A goroutine that stays is named by where it stands.
func TestStandingGoroutines(t *testing.T) {
	const before = "goroutine profile: total 3\n2 @ 0x1 0x2\n#\t0x1\tmain.wait+0x10\t/a.go:1\n#\t0x2\tmain.main+0x2\t/a.go:2\n\n" +
		"1 @ 0x3\n#\t0x3\tmain.read+0x1\t/b.go:1\n"
	const now = "goroutine profile: total 5\n5 @ 0x1 0x2\n#\t0x1\tmain.wait+0x11\t/a.go:3\n#\t0x2\tmain.main+0x2\t/a.go:2\n"
	if got, want := changed(standing(before), standing(now)), "+3  main.wait < main.main\n-1  main.read"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if n := stacks(); len(n) == 0 || changed(n, n) != "" {
		t.Errorf("of this process: %v", n)
	}
}
