package main

import (
	"fmt"
	"math"
	"time"

	"github.com/offhook/offhook/scripts/trial"
)

// The aims: of the voice path, in the units of a summary.
const (
	aimClean    = 60 * time.Millisecond
	aimJitter   = 150 * time.Millisecond
	aimShort    = 80 * time.Millisecond // that the delay comes back to once the network is calm,
	aimRecovery = 5 * time.Second       // so soon
	aimCPU      = 0.8                   // of the best peer in the same run
)

// aims says which of the aims hold for what was measured.
func (r results) aims() trial.Part {
	t := [][]string{{"aim", "measured", ""}}
	add := func(c call, name, measured string, holds bool) {
		verdict := "MISSED"
		if holds {
			verdict = "holds"
		}
		t = append(t, []string{fmt.Sprintf("%s, %s: %s", c.codec.Name, c.what, name), measured, verdict})
	}
	for _, c := range r.calls {
		all := c.of()
		ours := all[trial.Offhook]
		heard := ours.known > 0
		switch c.name {
		case "clean":
			add(c, "mouth to ear 60 ms", fmt.Sprintf("%.0f ms", ms(ours.delay)), heard && ours.delay <= aimClean)
			best := best(all, func(s summary) float64 { return s.cpu })
			add(c, "CPU 0.8 of the best peer's", fmt.Sprintf("%.2f of %.2f", ours.cpu, best), ours.cpu <= aimCPU*best)
		case "jitter":
			add(c, "mouth to ear below 150 ms", fmt.Sprintf("%.0f ms", ms(ours.delay)), heard && ours.delay < aimJitter)
			measured := fmt.Sprintf("%.1f s", ours.recovery.Seconds())
			if !ours.recovered {
				measured = "not at all"
			}
			add(c, "back under 80 ms within 5 s of calm", measured, ours.recovered && ours.recovery <= aimRecovery)
		}
		if c.network.Loss > 0 {
			distance, gap := best(all, func(s summary) float64 { return s.distance }), best(all, func(s summary) float64 { return s.gap })
			add(c, "distance below both peers'", fmt.Sprintf("%.2f to %.2f dB", ours.distance, distance), heard && ours.distance < distance)
			add(c, "gaps no more than both peers'", fmt.Sprintf("%.2f to %.2f %%", 100*ours.gap, 100*gap), heard && ours.gap <= gap)
		}
		stoi := -best(all, func(s summary) float64 { return -s.stoi })
		if math.IsInf(stoi, 0) {
			continue // nobody to compare with
		}
		add(c, "STOI as good as both peers'", fmt.Sprintf("%.3f to %.3f", ours.stoi, stoi), heard && ours.stoi >= stoi-sameSTOI)
	}
	return trial.Part{Title: "The aims", Table: t}
}

// sameSTOI is a difference that nobody hears: a fifth of what one more word in a hundred
// makes where half are understood.
const sameSTOI = 0.0005

// best is the least of the peers; +Inf where none was heard.
func best(all [len(trial.Kinds)]summary, of func(summary) float64) float64 {
	least := math.Inf(1)
	for k, s := range all {
		if trial.Kind(k) != trial.Offhook && s.known > 0 && !math.IsNaN(of(s)) {
			least = min(least, of(s))
		}
	}
	return least
}
