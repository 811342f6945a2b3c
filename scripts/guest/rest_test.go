//go:build qemu

package guest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/hal"
)

// rests measures what the phone costs while nobody uses it, in per cent of the machine's
// processors, and prints what all else does.
func rests(t *testing.T, p phone) {
	const long, aim = 12, 1.0
	time.Sleep(5 * time.Second) // what a call leaves behind
	look := "head -1 /proc/stat; cat /proc/[0-9]*/stat 2>/dev/null; echo ."
	out := p.shell(fmt.Sprintf("%s; sleep %d; %s", look, long, look))
	before, after, ok := strings.Cut(out, "\n.\n")
	if !ok {
		t.Fatalf("%q", out)
	}
	was, is := readTimes(t, before), readTimes(t, after)
	all := is.all - was.all
	whole := 100 * (is.busy - was.busy) / all
	var lines []string
	every := 0.0 // the phone, and its panels on the consoles
	for name, n := range is.program {
		if strings.HasSuffix(name, "(offhook") {
			every += 100 * (n - was.program[name]) / all
		}
		if d := 100 * (n - was.program[name]) / all; d > 0 {
			lines = append(lines, fmt.Sprintf("%5.2f %% %s", d, name))
		}
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(b, a) })
	phone := p.shell("systemctl show -p MainPID --value offhook") + " (offhook"
	own := 100 * (is.program[phone] - was.program[phone]) / all
	t.Logf("at rest: the phone %.2f %% of the processors, with its panels %.2f %% (aim %v %%), all together %.2f %%\n%s", own, every, aim, whole, strings.Join(lines, "\n"))
	if every > 3*aim {
		t.Errorf("more than three times %v %%", aim)
	}
}

// times are what a machine's processors have done since its start, in the kernel's ticks.
type times struct {
	all, busy float64
	program   map[string]float64 // by number and name
}

// readTimes reads the first line of /proc/stat, and after it those of /proc/PID/stat: proc(5).
func readTimes(t *testing.T, text string) times {
	t.Helper()
	first, rest, _ := strings.Cut(text, "\n")
	s := times{program: map[string]float64{}}
	for i, f := range strings.Fields(first)[1:9] { // user nice system idle iowait irq softirq steal
		n := float64(number(t, f))
		s.all += n
		if i != 3 && i != 4 {
			s.busy += n
		}
	}
	for line := range strings.Lines(rest) {
		name, stat, ok := strings.Cut(line, ") ") // the fields from the third on
		if f := strings.Fields(stat); ok && len(f) > 12 {
			s.program[name] = float64(number(t, f[14-3]) + number(t, f[15-3]))
		}
	}
	return s
}

// showsKeys measures from the press of a key to the changed display, as a client of the panel
// sees both.
func showsKeys(t *testing.T, p phone) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	states, err := p.Subscribe(ctx)
	p.must(err)
	shows := (<-states).LCD.String()
	var took []time.Duration
	for i := range 12 {
		key := hal.Key('1' + byte(i%9))
		pressed := time.Now()
		p.must(p.Press(key))
		late := time.After(soon)
		for changed := false; !changed; {
			select {
			case s := <-states:
				changed = s.LCD.String() != shows
				shows = s.LCD.String()
			case <-late:
				t.Fatalf("key %s is never seen; the display shows\n%s", string(rune(key)), shows)
			}
		}
		took = append(took, time.Since(pressed))
		p.must(p.Release(key))
		time.Sleep(100 * time.Millisecond)
	}
	slices.Sort(took)
	const aim = 50 * time.Millisecond
	median := took[len(took)/2]
	t.Logf("from a key to the display: %v, the median of %d (aim %v)", median.Round(time.Millisecond), len(took), aim)
	if median > 3*aim {
		t.Errorf("more than three times %v", aim)
	}
	p.must(p.Hook(true))
	p.hangUp()
}

func number(t *testing.T, text string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
