package main

import "github.com/offhook/offhook/scripts/plot"

// drawing is the delay of all policies on a network that comes to rest, as SVG.
func drawing(t trace, all []policy) string {
	l := plot.Lines{
		Title: "Playout delay: " + t.name, X: "s", Y: "ms",
		Marks: []plot.Mark{{X: t.sent(t.calm).Seconds(), Text: "calm"}},
	}
	for _, p := range all {
		line := plot.Series{Name: p.name}
		for k, m := range listen(t, p.make()).heard {
			if k%10 == 0 {
				line.Points = append(line.Points, plot.Point{X: m.at.Seconds(), Y: millis(m.delay)})
			}
		}
		l.Lines = append(l.Lines, line)
	}
	return l.SVG()
}
