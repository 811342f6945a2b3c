package main

import (
	"fmt"
	"strings"
	"time"
)

// The drawing: the delay of each packet over the time it sounds, a line for each policy.
const (
	plotWide, plotHigh = 760, 320
	plotLeft, plotTop  = 50, 30
	plotMost           = 160 * ms
)

var colours = []string{"#c0392b", "#2471a3", "#7d8c3b", "#888888"}

// drawing is the delay of all policies on a network that comes to rest, as SVG.
func drawing(t trace, all []policy) string {
	var b strings.Builder
	end := t.sent(len(t.transit))
	x := func(at time.Duration) float64 {
		return plotLeft + float64(plotWide-plotLeft-10)*float64(at)/float64(end)
	}
	y := func(d time.Duration) float64 {
		return plotTop + float64(plotHigh-plotTop-30)*(1-float64(min(d, plotMost))/float64(plotMost))
	}
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", plotWide, plotHigh)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="white"/><text x="%d" y="16">Playout delay (ms) over time (s): %s</text>`+"\n", plotWide, plotHigh, plotLeft, t.name)
	for d := time.Duration(0); d <= plotMost; d += 20 * ms {
		fmt.Fprintf(&b, `<path d="M%d %.1fH%d" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%.0f</text>`+"\n",
			plotLeft, y(d), plotWide-10, plotLeft-6, y(d)+4, millis(d))
	}
	for at := time.Duration(0); at <= end; at += 10 * time.Second {
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle">%.0f</text>`+"\n", x(at), plotHigh-10, at.Seconds())
	}
	for i, p := range all {
		colour := colours[i%len(colours)]
		fmt.Fprintf(&b, `<text x="%d" y="%d" fill="%s">%s</text>`+"\n", plotWide-90, 16+14*i, colour, p.name)
		fmt.Fprintf(&b, `<polyline fill="none" stroke="%s" points="`, colour)
		for k, m := range listen(t, p.make()).heard {
			if k%10 == 0 {
				fmt.Fprintf(&b, "%.1f,%.1f ", x(m.at), y(m.delay))
			}
		}
		b.WriteString("\"/>\n")
	}
	return b.String() + "</svg>\n"
}
