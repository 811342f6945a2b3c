package plot

import (
	"fmt"
	"math"
)

// Bars are groups of bars: in each, one for each name.
type Bars struct {
	Title  string
	Y      string // what is told, with its unit
	Names  []string
	Groups []Group
	Most   float64 // of the axis; zero: as much as the longest bar needs
}

// A Group is what is told of one case, a value for each name; NaN: none.
type Group struct {
	Name   string
	Values []float64
}

// SVG is the drawing. A value beyond the axis is written above its bar.
func (b Bars) SVG() string {
	var all []float64
	for _, g := range b.Groups {
		all = append(all, g.Values...)
	}
	top := b.Most
	if top <= 0 {
		top = ceiling(all)
	}
	s := open(b.Title, b.Y, b.Names, top)
	room := (width - left - right) / float64(max(1, len(b.Groups)))
	each := 0.8 * room / float64(max(1, len(b.Names)))
	for i, g := range b.Groups {
		from := left + room*(float64(i)+0.1)
		// Names take turns between two lines, so that long ones fit.
		s.text(from+0.4*room, height-foot+16+14*float64(i%2), "middle", 11, g.Name)
		for k, v := range g.Values {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				continue
			}
			x, y := from+each*float64(k), s.down(v)
			fmt.Fprintf(s, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"><title>%s</title></rect>\n",
				x, y, each*0.92, height-foot-y, colour(k), short(v))
			if v > top {
				s.text(x+each/2, above-2, "middle", 10, short(v))
			}
		}
	}
	return s.close()
}
