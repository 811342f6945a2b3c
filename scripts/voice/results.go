package main

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/offhook/offhook/scripts/measure"
	"github.com/offhook/offhook/scripts/trial"
)

// results are all that one run has found.
type results struct {
	about, peers []string
	failed       []string // cases that could not be measured
	calls        []call
	nice         int
	seed         uint64
	seconds      int
}

// A summary is the figures of a pair in a few numbers; both ways counted as one.
type summary struct {
	delay, late   time.Duration
	distance, gap float64 // dB; share
	stoi          float64
	cpu           float64 // s per 60 s of call
	system        float64 // of it, in the kernel
	wakes         float64 // per s
	memory        float64 // MB
	faults        int64   // major page faults
	known         int     // pieces of what was said that were recognised; 0: nothing was heard
	recovery      time.Duration
	recovered     bool
}

// sum adds the two phones of a pair up.
func (c call) sum(f figures) (s summary) {
	var delays []time.Duration
	for _, v := range f.ears {
		delays = append(delays, v.Track.Delays()...)
		s.distance += v.Distance / 2
		s.gap += v.Gap / 2
		s.stoi += v.STOI / 2
	}
	s.known = len(delays)
	s.delay, s.late = measure.Percentile(delays, 50), measure.Percentile(delays, 95)
	for _, u := range f.uses {
		s.cpu += u.CPU.Seconds() / c.lasted.Seconds() * 60 / 2
		s.system += u.Sys.Seconds() / c.lasted.Seconds() * 60 / 2
		s.faults += u.Faults
		s.wakes += float64(u.Waits) / c.lasted.Seconds() / 2
		s.memory = max(s.memory, float64(u.Peak)/(1<<20))
	}
	s.recovered = c.calm
	for _, t := range f.calm { // the later of the two
		back, ok := t.Under(aimShort, f.from+c.lasted)
		s.recovery, s.recovered = max(s.recovery, back), s.recovered && ok
	}
	return s
}

// of is the summary of each kind.
func (c call) of() (all [len(trial.Kinds)]summary) {
	for i, f := range c.pairs {
		all[i] = c.sum(f)
	}
	return all
}

// tooBusy is the share of all CPUs that others may take before the figures say more of
// them than of the phones.
const tooBusy = 0.25

// mostFaults is how many major page faults a pair may have in a call before it is told.
const mostFaults = 5

// document is the whole page.
func (r results) document() trial.Document {
	d := trial.Document{{Title: "The voice path on bad networks", Lines: r.about}}
	d = append(d, r.table(), r.aims())
	lines := slices.Clone(notes)
	lines = append(lines, fmt.Sprintf("%d s of each call are measured, from %d s after the answer on; seed %d", r.seconds, int(settle.Seconds()), r.seed))
	if r.nice != 0 {
		lines = append(lines, fmt.Sprintf("the phones, all kinds, ran at priority (nice) %d", r.nice))
	}
	return append(d, trial.Part{Title: "How it was measured", Lines: append(lines, r.peers...)})
}

// table has a line for each case, codec and kind.
func (r results) table() trial.Part {
	t := [][]string{{"case", "mouth to ear ms", "95 %", "distance dB", "gaps %", "STOI", "back under 80 ms, s", "CPU s per 60 s", "system", "wake-ups per s", "MB", "xruns"}}
	var lines []string
	for _, c := range r.calls {
		for i, s := range c.of() {
			t = append(t, append([]string{c.codec.Name + ", " + c.what + ": " + trial.Kinds[i].String()}, s.cells(c.calm, c.pairs[i].xruns)...))
			if n := c.pairs[i].opened; n > 0 {
				lines = append(lines, fmt.Sprintf("%s, %s: %s gave its card up and opened it anew, %d times", c.codec.Name, c.what, trial.Kinds[i], n))
			}
			if s.system > 2 && s.system > 2*(s.cpu-s.system) {
				lines = append(lines, fmt.Sprintf("%s, %s: %s spends %.1f s per 60 s in the kernel: it polls its card in vain", c.codec.Name, c.what, trial.Kinds[i], s.system))
			}
			if s.faults > mostFaults {
				lines = append(lines, fmt.Sprintf("%s, %s: the machine took memory from %s, which waited %d times for a disk: its xruns and delays are not its own", c.codec.Name, c.what, trial.Kinds[i], s.faults))
			}
		}
		if c.others > tooBusy {
			lines = append(lines, fmt.Sprintf("%s, %s: TOO BUSY for figures to be quoted: others took %.0f %% of the machine", c.codec.Name, c.what, 100*c.others))
		}
		if want := c.network.Loss; want > 0 && math.Abs(c.lost-want) > want/3 {
			lines = append(lines, fmt.Sprintf("%s, %s: the network lost %.1f %%", c.codec.Name, c.what, 100*c.lost))
		}
	}
	return trial.Part{Title: "What is heard, and what it costs", Table: t, Lines: append(lines, r.failed...)}
}

// cells are the columns of the table.
func (s summary) cells(calm bool, xruns int) []string {
	if s.known == 0 {
		return []string{"nothing heard", "-", "-", "-", "-", "-", number("%.2f", s.cpu), number("%.2f", s.system), number("%.0f", s.wakes), number("%.1f", s.memory), fmt.Sprint(xruns)}
	}
	back := "-"
	if calm {
		back = fmt.Sprintf("not in %.0f", after.Seconds())
		if s.recovered {
			back = fmt.Sprintf("%.1f", s.recovery.Seconds())
		}
	}
	return []string{
		number("%.0f", ms(s.delay)), number("%.0f", ms(s.late)), number("%.2f", s.distance), number("%.2f", 100*s.gap), number("%.3f", s.stoi), back,
		number("%.2f", s.cpu), number("%.2f", s.system), number("%.0f", s.wakes), number("%.1f", s.memory), fmt.Sprint(xruns),
	}
}

// number is v; a dash for none.
func number(format string, v float64) string {
	if math.IsNaN(v) {
		return "-"
	}
	return fmt.Sprintf(format, v)
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// notes say what the figures mean; docs/bench/README.md says it at length.
var notes = []string{
	"two phones of each kind call each other, all kinds at the same time, with their default settings",
	"media goes through one relay, which loses and delays the same packets of every call; the signalling does not",
	"mouth to ear, distance, gaps and STOI are both ways together, each 128 ms aligned by itself (scripts/measure)",
	"back under 80 ms: from the moment that the network is calm again, the slower way of the two",
	"CPU and wake-ups are of one phone, the mean of the pair; MB is the most that the larger one ever held",
	"linphone writes a log, which costs it some CPU: without one it does not say what it does",
}
