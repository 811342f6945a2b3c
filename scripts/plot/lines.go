package plot

import (
	"fmt"
	"math"
	"strings"
)

// A Point is a value at an instant, or whatever x is.
type Point struct{ X, Y float64 }

// A Series is the points of one line, by rising X.
type Series struct {
	Name   string
	Points []Point
}

// Lines are series on common axes. Y begins at 0.
type Lines struct {
	Title string
	X, Y  string // what the axes are, with their units
	// Gap is the step of X from which on two points are not joined; zero: all are.
	Gap   float64
	Lines []Series
	// Marks are upright lines with a word: when something happened.
	Marks []Mark
}

// A Mark is an upright line.
type Mark struct {
	X    float64
	Text string
}

// SVG is the drawing. Points that are not numbers are left out.
func (l Lines) SVG() string {
	var names []string
	var all []float64
	x0, x1 := math.Inf(1), math.Inf(-1)
	for _, line := range l.Lines {
		names = append(names, line.Name)
		for _, p := range line.Points {
			all = append(all, p.Y)
			x0, x1 = min(x0, p.X), max(x1, p.X)
		}
	}
	if !(x1 > x0) {
		x0, x1 = 0, 1
	}
	s := open(l.Title, l.Y, names, ceiling(all))
	s.x0, s.x1 = x0, x1
	for each, v := tick(x1-x0), math.Ceil(x0/tick(x1-x0))*tick(x1-x0); v <= x1; v += each {
		s.text(s.across(v), height-foot+16, "middle", 11, short(v))
	}
	s.text((left+width-right)/2, height-10, "middle", 12, l.X)
	for _, m := range l.Marks {
		fmt.Fprintf(s, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#555\" stroke-dasharray=\"4 3\"/>\n", s.across(m.X), s.across(m.X), above, height-foot)
		s.text(s.across(m.X)+4, above+10, "start", 11, m.Text)
	}
	for i, line := range l.Lines {
		for _, run := range l.runs(line.Points) {
			var at []string
			for _, p := range run {
				at = append(at, fmt.Sprintf("%.1f,%.1f", s.across(p.X), s.down(p.Y)))
			}
			if len(at) == 1 { // a line of no length is not seen
				at = append(at, fmt.Sprintf("%.1f,%.1f", s.across(run[0].X)+1, s.down(run[0].Y)))
			}
			fmt.Fprintf(s, "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/>\n", strings.Join(at, " "), colour(i))
		}
	}
	return s.close()
}

// runs are the stretches of points that are joined.
func (l Lines) runs(points []Point) (all [][]Point) {
	var run []Point
	for _, p := range points {
		bad := math.IsNaN(p.X) || math.IsNaN(p.Y) || math.IsInf(p.X, 0) || math.IsInf(p.Y, 0)
		if len(run) > 0 && (bad || l.Gap > 0 && p.X-run[len(run)-1].X >= l.Gap) {
			all, run = append(all, run), nil
		}
		if !bad {
			run = append(run, p)
		}
	}
	if len(run) > 0 {
		all = append(all, run)
	}
	return all
}
