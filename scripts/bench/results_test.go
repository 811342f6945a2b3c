package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/measure"
	"github.com/offhook/offhook/scripts/trial"
)

// report has one second for each of the delays, all recognised but the last.
func report(delays ...time.Duration) (r measure.Report) {
	for i, d := range delays {
		w := measure.Window{Speech: true, Delay: d, Alike: 0.9, Frames: 50, Distance: 2, Gap: 0.02}
		if i == len(delays)-1 {
			w.Alike = 0.1
		}
		r.Windows = append(r.Windows, w)
		r.Speech++
	}
	r.Windows = append(r.Windows, measure.Window{Delay: time.Hour}) // a pause
	return r
}

// run is a run in which Offhook used so many ms of CPU in 30 s and held so many MB.
func run(cpu time.Duration, resident int64, delay time.Duration) results {
	ours := figures{
		uses:    []trial.Usage{{CPU: cpu, Peak: resident << 20, Threads: 9}, {CPU: cpu, Peak: 1 << 20, Threads: 9}},
		reports: []measure.Report{report(delay, delay+2*time.Millisecond, 900*time.Millisecond), report(delay-time.Millisecond, delay, 0)},
		cards:   []trial.Card{{Rate: 48000, Period: 480, Buffer: 960, Record: 960}, {Rate: 48000, Period: 480, Buffer: 960, Record: 960}},
	}
	theirs := figures{uses: []trial.Usage{{CPU: 200 * time.Millisecond, Peak: 9 << 20}}, reports: []measure.Report{report(250*time.Millisecond, 0)}, cards: []trial.Card{{Rate: 8000, Period: 160, Buffer: 640, Record: 640}}}
	return results{
		frames: []frameCost{{"G711", 10556, 0, 0}},
		quickness: [...]quickness{
			{registered: []time.Duration{30e6, 20e6, 100e6}, ringing: []time.Duration{5e5}, answered: []time.Duration{2e6}},
			{registered: []time.Duration{10e6}, ringing: []time.Duration{25e4}, answered: []time.Duration{1e6}},
			{registered: []time.Duration{120e6}, ringing: []time.Duration{10e6}, answered: []time.Duration{12e6}},
		},
		calls: []call{{codec: trial.Codecs[0], lasted: 30 * time.Second, pairs: [...]figures{ours, theirs}}},
	}
}

func TestTheTableSaysWhatWasMeasured(t *testing.T) {
	text := run(220*time.Millisecond, 20, 75*time.Millisecond).document().Text()
	for _, line := range []string{
		"G711                              10556      0            0",
		"process start to 200 of REGISTER  30.0 (100.0)  10.0 (10.0)  120.0 (120.0)        3.00",
		"INVITE to 180                      0.50 (0.50)  0.25 (0.25)    10.0 (10.0)        2.00",
		"CPU s per 60 s call            0.440    0.400   1.10",
		"resident MB, peak (VmHWM)       20.0      9.0   2.22",
		"mouth to ear ms, median           75      250   0.30",
		"mouth to ear ms, 95 %             77      250   0.31",
		"gaps, % of speech               2.00     2.00   1.00",
		"Offhook: card at 48000 Hz, period 10 ms, buffers 20 ms to play and 20 ms to record; 6 seconds of speech at two ears",
		"baresip: card at 8000 Hz, period 20 ms, buffers 80 ms to play and 80 ms to record; 2 seconds",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("not there: %s", line)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestAims(t *testing.T) {
	deaf := run(220*time.Millisecond, 20, 75*time.Millisecond)
	for i := range deaf.calls[0].pairs[trial.Offhook].reports {
		deaf.calls[0].pairs[trial.Offhook].reports[i].Windows = nil
	}
	leaky := run(220*time.Millisecond, 20, 75*time.Millisecond)
	leaky.frames = append(leaky.frames, frameCost{"Opus", 1000, 16, 1})
	for _, c := range []struct {
		name  string
		r     results
		holds [4]bool // allocations, CPU, memory, delay; 180 in 0.5 ms holds, 200 in 2 ms does not
	}{
		{"all hold", run(240*time.Millisecond, 29, 99*time.Millisecond), [...]bool{true, true, true, true}},
		{"CPU", run(242*time.Millisecond, 29, 99*time.Millisecond), [...]bool{true, false, true, true}},
		{"memory", run(220*time.Millisecond, 30, 75*time.Millisecond), [...]bool{true, true, false, true}},
		{"delay", run(220*time.Millisecond, 20, 100*time.Millisecond), [...]bool{true, true, true, false}},
		{"nothing heard", deaf, [...]bool{true, true, true, false}},
		{"allocations", leaky, [...]bool{false, true, true, true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows := c.r.aims().Table[1:]
			if len(rows) != 6 || rows[1][2] != "holds" || rows[2][2] != "MISSED" {
				t.Fatalf("%d aims: %v", len(rows), rows)
			}
			rows = append(rows[:1:1], rows[3:]...)
			for i, row := range rows {
				if want := map[bool]string{true: "holds", false: "MISSED"}[c.holds[i]]; row[2] != want {
					t.Errorf("%s: %s is %s, want %s", row[0], row[1], row[2], want)
				}
			}
			if c.r.allocatesNothing() != c.holds[0] {
				t.Error("the exit status is another")
			}
		})
	}
	if (results{}).allocatesNothing() {
		t.Error("no benchmark counts as no allocation")
	}
}

// Figures from a machine that was busy say so.
func TestTooBusy(t *testing.T) {
	r := run(220*time.Millisecond, 20, 75*time.Millisecond)
	if strings.Contains(r.document().Text(), "TOO BUSY") {
		t.Error("an idle machine is called busy")
	}
	r.calls[0].others = 0.5
	if !strings.Contains(r.document().Text(), "TOO BUSY") {
		t.Error("a busy machine is not told")
	}
}

func TestRatio(t *testing.T) {
	for _, c := range []struct {
		ours, theirs float64
		want         string
	}{{1, 2, "0.50"}, {3, 2, "1.50"}, {1, 0, "-"}, {0, 1, "-"}, {math.NaN(), 1, "-"}, {1, math.NaN(), "-"}} {
		if got := ratio(c.ours, c.theirs); got != c.want {
			t.Errorf("%v to %v is %s, want %s", c.ours, c.theirs, got, c.want)
		}
	}
}
