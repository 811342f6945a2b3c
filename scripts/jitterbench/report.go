package main

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// A page is lines and tables.
type page []section

type section struct {
	title string
	rows  [][]string // the first is the head
	lines []string
}

// report plays every trace through every policy.
func report(traces []trace, all []policy) page {
	results := playAll(traces, all)
	p := page{{title: "Playout: the same networks, four policies", lines: legend()}}
	for _, judge := range []bool{false, true} {
		s := section{title: "Tuned on these"}
		if judge {
			s.title = "Judged by these"
		}
		s.rows = append(s.rows, head(all))
		sums := make([]result, len(all))
		n := 0
		for i, t := range traces {
			if t.judge != judge {
				continue
			}
			n++
			row := []string{t.name}
			for k, r := range results[i] {
				row = append(row, r.cells()...)
				sums[k].delay += r.delay
				sums[k].delay95 += r.delay95
				sums[k].concealed += r.concealed
				sums[k].stretched += r.stretched
				sums[k].rating += r.rating
			}
			s.rows = append(s.rows, row)
		}
		if n == 0 {
			continue
		}
		mean := []string{"mean"}
		for _, r := range sums {
			share := float64(n)
			mean = append(mean, result{
				delay: r.delay / time.Duration(n), delay95: r.delay95 / time.Duration(n),
				concealed: r.concealed / share, stretched: r.stretched / share, rating: r.rating / share,
			}.cells()...)
		}
		s.rows = append(s.rows, mean)
		p = append(p, s)
	}
	return append(p, calms(traces, all, results))
}

// playAll uses every processor: the results do not depend on the order.
func playAll(traces []trace, all []policy) [][]result {
	results := make([][]result, len(traces))
	var wg sync.WaitGroup
	gate := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, t := range traces {
		results[i] = make([]result, len(all))
		wg.Go(func() {
			gate <- struct{}{}
			for k, p := range all {
				results[i][k] = listen(t, p.make())
			}
			<-gate
		})
	}
	wg.Wait()
	return results
}

func legend() []string {
	return []string{
		"Each cell group: mean delay and its 95th percentile in ms over the earliest moment possible; share in % made up or thrown away; share in % cut out or put in; R of ITU-T G.107 with 60 ms for the rest of the way.",
		"Packets of 20 ms; the listener's card asks for 10 ms at a time, out of step with the sender.",
		"Seeded: every run gives the same figures. The two halves differ in seeds and in what the network does.",
	}
}

func head(all []policy) []string {
	row := []string{"network"}
	for _, p := range all {
		row = append(row, p.name+": ms", "p95", "made up", "stretch", "R")
	}
	return row
}

func (r result) cells() []string {
	return []string{
		fmt.Sprintf("%.0f", millis(r.delay)), fmt.Sprintf("%.0f", millis(r.delay95)),
		fmt.Sprintf("%.2f", 100*r.concealed), fmt.Sprintf("%.2f", 100*r.stretched), fmt.Sprintf("%.1f", r.rating),
	}
}

func millis(d time.Duration) float64 { return float64(d) / float64(ms) }

// calms says how soon the delay is back after the network came to rest.
func calms(traces []trace, all []policy, results [][]result) section {
	s := section{title: "Seconds from the calm until the delay stays below 20 ms"}
	row := []string{"network"}
	for _, p := range all {
		row = append(row, p.name)
	}
	s.rows = [][]string{row}
	for i, t := range traces {
		if t.calm == 0 {
			continue
		}
		row := []string{t.name}
		for _, r := range results[i] {
			if r.settled < 0 {
				row = append(row, "never")
			} else {
				row = append(row, fmt.Sprintf("%.1f", r.settled.Seconds()))
			}
		}
		s.rows = append(s.rows, row)
	}
	return s
}

// text is the page for a terminal: columns aligned, numbers to the right.
func (p page) text() string {
	var b strings.Builder
	for _, s := range p {
		fmt.Fprintf(&b, "\n%s\n", s.title)
		var widths []int
		for _, row := range s.rows {
			for i, cell := range row {
				if i == len(widths) {
					widths = append(widths, 0)
				}
				widths[i] = max(widths[i], utf8.RuneCountInString(cell))
			}
		}
		for _, row := range s.rows {
			for i, cell := range row {
				pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
				if i == 0 {
					b.WriteString("  " + cell + pad)
				} else {
					b.WriteString("  " + pad + cell)
				}
			}
			b.WriteByte('\n')
		}
		for _, line := range s.lines {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	return b.String()
}

// markdown is the page for docs/bench.
func (p page) markdown() string {
	var b strings.Builder
	for i, s := range p {
		fmt.Fprintf(&b, "%s %s\n\n", strings.Repeat("#", min(i+1, 2)), s.title)
		for k, row := range s.rows {
			fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
			if k == 0 {
				fmt.Fprintf(&b, "|---|%s\n", strings.Repeat("---:|", len(row)-1))
			}
		}
		for _, line := range s.lines {
			fmt.Fprintf(&b, "- %s\n", line)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
