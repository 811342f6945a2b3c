package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/offhook/offhook/scripts/measure"
	"github.com/offhook/offhook/scripts/trial"
)

// kinds are those whose calls are measured, hurried those that are started and called.
var (
	kinds   = [...]trial.Kind{trial.Offhook, trial.Baresip}
	hurried = trial.Kinds
)

// results are all that one run has found.
type results struct {
	nice      int
	period    string // of Offhook's card, where it is not its own
	about     []string
	peers     []string
	frames    []frameCost
	quickness [len(hurried)]quickness
	calls     []call
}

// figures are what a pair of phones of one kind did in one call.
type figures struct {
	uses    []trial.Usage // of the window, one for each phone
	cards   []trial.Card
	xruns   int
	reports []measure.Report // of each ear
}

// tooBusy is the share of all CPUs that others may take before the figures say more of
// them than of the phones.
const tooBusy = 0.25

// The first aims.
const (
	aimCPU       = 1.2 // times baresip's
	aimResident  = 30 << 20
	aimMouthEar  = 100 * time.Millisecond
	aimAnswer    = time.Millisecond
	minuteOfCall = 60
)

func (r results) allocatesNothing() bool {
	return len(r.frames) > 0 && !slices.ContainsFunc(r.frames, func(f frameCost) bool { return f.allocs != 0 })
}

// each is f of every use, their mean.
func (f figures) each(of func(trial.Usage) float64) float64 {
	if len(f.uses) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for _, u := range f.uses {
		sum += of(u)
	}
	return sum / float64(len(f.uses))
}

// cpu is CPU seconds of one phone in 60 s of call, when lasted were measured.
func (f figures) cpu(lasted time.Duration) float64 {
	return f.each(func(u trial.Usage) float64 { return u.CPU.Seconds() }) / lasted.Seconds() * minuteOfCall
}

// peak is the most that a phone of the pair ever held, in bytes.
func (f figures) peak() (most int64) {
	for _, u := range f.uses {
		most = max(most, u.Peak)
	}
	return most
}

// delays are those of every second in which speech was recognised, at both ears.
func (f figures) delays() (all []time.Duration) {
	for _, r := range f.reports {
		for _, w := range r.Windows {
			if w.Speech && w.Alike > 0.3 {
				all = append(all, w.Delay)
			}
		}
	}
	return all
}

// heard sums up what the ears of the pair got.
func (f figures) heard() (median, late time.Duration, distance, gap float64, seconds int) {
	frames := 0.0
	for _, r := range f.reports {
		seconds += r.Speech
		for _, w := range r.Windows {
			if w.Speech {
				frames += float64(w.Frames)
				distance += w.Distance * float64(w.Frames)
				gap += w.Gap * float64(w.Frames)
			}
		}
	}
	if frames > 0 {
		distance, gap = distance/frames, gap/frames
	}
	all := f.delays()
	return measure.Percentile(all, 50), measure.Percentile(all, 95), distance, gap, seconds
}

// document is the whole table.
func (r results) document() trial.Document {
	d := trial.Document{{Title: "What a call costs", Lines: r.about}}
	d = append(d, r.frameTable(), r.quickTable())
	for _, c := range r.calls {
		d = append(d, c.table())
	}
	how := append(slices.Clone(notes), r.peers...)
	if r.nice != 0 {
		how = append(how, fmt.Sprintf("The phones, both kinds, ran at priority (nice) %d.", r.nice))
	}
	if r.period != "" {
		how = append(how, "Offhook's card_period was "+r.period+".")
	}
	return append(d, r.aims(), trial.Part{Title: "How it was measured", Lines: how})
}

func (r results) frameTable() trial.Part {
	t := [][]string{{"20 ms of a call, both directions", "ns", "bytes", "allocations"}}
	for _, f := range r.frames {
		t = append(t, []string{f.name, fmt.Sprintf("%.0f", f.ns), fmt.Sprint(f.bytes), fmt.Sprint(f.allocs)})
	}
	return trial.Part{Title: "The media path", Table: t}
}

func (r results) quickTable() trial.Part {
	head := []string{"median (worst), ms"}
	for _, k := range hurried {
		head = append(head, k.String())
	}
	t := [][]string{append(head, "to baresip")}
	for _, row := range []struct {
		name string
		of   func(quickness) []time.Duration
	}{
		{"process start to 200 of REGISTER", func(q quickness) []time.Duration { return q.registered }},
		{"INVITE to 180", func(q quickness) []time.Duration { return q.ringing }},
		{"INVITE to 200", func(q quickness) []time.Duration { return q.answered }},
	} {
		cells := []string{row.name}
		var medians [len(hurried)]float64
		for _, k := range hurried {
			all := row.of(r.quickness[k])
			cells = append(cells, medianOf(all))
			medians[k] = float64(measure.Percentile(all, 50))
		}
		t = append(t, append(cells, ratio(medians[trial.Offhook], medians[trial.Baresip])))
	}
	return trial.Part{Title: "Quickness", Table: t}
}

// medianOf is "12.3 (15.0)", or a dash where nothing was measured.
func medianOf(all []time.Duration) string {
	if len(all) == 0 {
		return "-"
	}
	return fmt.Sprintf("%s (%s)", fine(measure.Percentile(all, 50)), fine(slices.Max(all)))
}

// fine is d in ms, below ten of them to the hundredth.
func fine(d time.Duration) string {
	if d < 10*time.Millisecond {
		return fmt.Sprintf("%.2f", ms(d))
	}
	return fmt.Sprintf("%.1f", ms(d))
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// ratio is ours to theirs; a dash where there is none.
func ratio(ours, theirs float64) string {
	if theirs == 0 || math.IsNaN(ours) || math.IsNaN(theirs) || ours == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", ours/theirs)
}

// mega is bytes in MB of 2^20, as top(1) has them.
func mega(bytes float64) float64 { return bytes / (1 << 20) }

func (c call) table() trial.Part {
	head := []string{"each phone of a pair"}
	for _, k := range kinds {
		head = append(head, k.String())
	}
	t := [][]string{append(head, "ratio")}
	seconds := c.lasted.Seconds()
	row := func(name, format string, of func(figures) float64) {
		ours, theirs := of(c.pairs[trial.Offhook]), of(c.pairs[trial.Baresip])
		t = append(t, []string{name, fmt.Sprintf(format, ours), fmt.Sprintf(format, theirs), ratio(ours, theirs)})
	}
	perMinute := func(of func(trial.Usage) time.Duration) func(figures) float64 {
		return func(f figures) float64 {
			return f.each(func(u trial.Usage) float64 { return of(u).Seconds() }) / seconds * minuteOfCall
		}
	}
	perSecond := func(of func(trial.Usage) int64) func(figures) float64 {
		return func(f figures) float64 {
			return f.each(func(u trial.Usage) float64 { return float64(of(u)) }) / seconds
		}
	}
	row("CPU s per 60 s call", "%.3f", func(f figures) float64 { return f.cpu(c.lasted) })
	row("  user", "%.2f", perMinute(func(u trial.Usage) time.Duration { return u.User }))
	row("  system", "%.2f", perMinute(func(u trial.Usage) time.Duration { return u.Sys }))
	row("wake-ups per s", "%.0f", perSecond(func(u trial.Usage) int64 { return u.Waits }))
	row("preempted per s", "%.1f", perSecond(func(u trial.Usage) int64 { return u.Forced }))
	row("resident MB, peak (VmHWM)", "%.1f", func(f figures) float64 { return mega(float64(f.peak())) })
	row("resident MB, in the call", "%.1f", func(f figures) float64 {
		return mega(f.each(func(u trial.Usage) float64 { return float64(u.Resident) }))
	})
	row("  of it its own (anonymous)", "%.1f", func(f figures) float64 { return mega(f.each(func(u trial.Usage) float64 { return float64(u.Own) })) })
	row("threads", "%.0f", func(f figures) float64 { return f.each(func(u trial.Usage) float64 { return float64(u.Threads) }) })
	row("mouth to ear ms, median", "%.0f", func(f figures) float64 { m, _, _, _, _ := f.heard(); return ms(m) })
	row("mouth to ear ms, 95 %", "%.0f", func(f figures) float64 { _, m, _, _, _ := f.heard(); return ms(m) })
	row("log-spectral distance dB", "%.2f", func(f figures) float64 { _, _, d, _, _ := f.heard(); return d })
	row("gaps, % of speech", "%.2f", func(f figures) float64 { _, _, _, g, _ := f.heard(); return 100 * g })
	row("xruns of the cards", "%.0f", func(f figures) float64 { return float64(f.xruns) })
	lines := []string{fmt.Sprintf("%.1f s measured; the machine was %.0f %% busy with other things", seconds, 100*c.others)}
	if c.others > tooBusy {
		lines = append(lines, "TOO BUSY for figures to be quoted: other programs took the CPU from both kinds; run it again alone")
	}
	for _, k := range kinds {
		f := c.pairs[k]
		_, _, _, _, n := f.heard()
		lines = append(lines, fmt.Sprintf("%s: %s; %d seconds of speech at two ears", k, cardsOf(f.cards), n))
	}
	return trial.Part{Title: "A call in " + c.codec.Name, Table: t, Lines: lines}
}

// cardsOf is how the phones of a pair have opened their cards, in words.
func cardsOf(all []trial.Card) string {
	var words []string
	for _, c := range all {
		inMS := func(frames int) string { return fmt.Sprintf("%.4g", float64(frames)/float64(c.Rate)*1000) }
		s := fmt.Sprintf("card at %d Hz, period %s ms, buffers %s ms to play and %s ms to record", c.Rate, inMS(c.Period), inMS(c.Buffer), inMS(c.Record))
		if !slices.Contains(words, s) {
			words = append(words, s)
		}
	}
	return strings.Join(words, "; ")
}

// aims says which of the first aims hold.
func (r results) aims() trial.Part {
	t := [][]string{{"first aim", "measured", ""}}
	aim := func(name, measured string, holds bool) {
		verdict := "MISSED"
		if holds {
			verdict = "holds"
		}
		t = append(t, []string{name, measured, verdict})
	}
	most := int64(0)
	for _, f := range r.frames {
		most = max(most, f.allocs)
	}
	aim("no allocation in a frame", fmt.Sprint(most), r.allocatesNothing())
	for _, row := range []struct {
		name string
		all  []time.Duration
	}{{"180", r.quickness[trial.Offhook].ringing}, {"200", r.quickness[trial.Offhook].answered}} {
		median := measure.Percentile(row.all, 50)
		aim("INVITE to "+row.name+" within 1 ms", fine(median)+" ms", len(row.all) > 0 && median <= aimAnswer)
	}
	for _, c := range r.calls {
		ours, theirs := c.pairs[trial.Offhook], c.pairs[trial.Baresip]
		times := ours.cpu(c.lasted) / theirs.cpu(c.lasted)
		aim(fmt.Sprintf("%s: CPU within %.1f times baresip's", c.codec.Name, aimCPU), fmt.Sprintf("%.2f", times), times <= aimCPU)
		aim(c.codec.Name+": resident under 30 MB", fmt.Sprintf("%.1f MB", mega(float64(ours.peak()))), ours.peak() < aimResident)
		median, _, _, _, seconds := ours.heard()
		aim(c.codec.Name+": mouth to ear under 100 ms", fmt.Sprintf("%.0f ms", ms(median)), seconds > 0 && len(ours.delays()) > 0 && median < aimMouthEar)
	}
	return trial.Part{Title: "The first aims", Table: t}
}

// notes say what the figures mean; docs/bench/README.md says it at length.
var notes = []string{
	"Both kinds at the same time, with their default settings, at Debian's Kamailio, over loopback; each figure is of one phone, the mean of the pair.",
	"INVITE to 180 is the phone alone: the caller sends it the INVITE from where its proxy is, and the kernel stamps the answers.",
	"For INVITE to 200 all answer by themselves: Offhook by phone.auto_answer, hands-free; in the calls its handset is lifted. Linphone is only started and called, and says nothing of itself without a log, which it writes.",
	"Nobody watches the panel while the call is measured.",
	"The virtual cards are the same and share one clock; rate, period and buffer are what each program asks for by itself.",
}
