// Package plot draws figures as SVG: lines over a common axis, and bars beside each other.
// It writes text alone, the same for the same figures, and knows nothing of what they mean.
package plot

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// The sheet, in pixels.
const (
	width, height            = 860.0, 340.0
	left, right, above, foot = 62.0, 16.0, 54.0, 48.0
)

// colours tell series apart, also for those who see no red or green (Okabe and Ito).
var colours = [...]string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"}

// A sheet is the drawing so far, with where its axes are.
type sheet struct {
	strings.Builder
	x0, x1, y1 float64 // of the data; y begins at 0
}

// open draws the frame: title, names of the series, and the axis of y.
func open(title, y string, names []string, top float64) *sheet {
	s := &sheet{y1: top}
	fmt.Fprintf(s, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" font-family=\"sans-serif\" font-size=\"12\">\n", width, height)
	fmt.Fprintf(s, "<rect width=\"%.0f\" height=\"%.0f\" fill=\"white\"/>\n", width, height)
	s.text(left, 20, "start", 15, title)
	for i, name := range names {
		at := left + 130*float64(i)
		fmt.Fprintf(s, "<rect x=\"%.1f\" y=\"30\" width=\"12\" height=\"12\" fill=\"%s\"/>\n", at, colour(i))
		s.text(at+17, 41, "start", 12, name)
	}
	each := tick(top)
	for v := 0.0; v <= top*1.0001; v += each {
		fmt.Fprintf(s, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>\n", left, width-right, s.down(v), s.down(v))
		s.text(left-6, s.down(v)+4, "end", 11, short(v))
	}
	fmt.Fprintf(s, "<text x=\"14\" y=\"%.1f\" text-anchor=\"middle\" transform=\"rotate(-90 14 %.1f)\">%s</text>\n",
		(above+height-foot)/2, (above+height-foot)/2, html.EscapeString(y))
	return s
}

func (s *sheet) close() string {
	s.WriteString("</svg>\n")
	return s.String()
}

func (s *sheet) text(x, y float64, anchor string, size int, text string) {
	fmt.Fprintf(s, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\">%s</text>\n", x, y, anchor, size, html.EscapeString(text))
}

// across and down are where a value is on the sheet; beyond the axes is at their ends.
func (s *sheet) across(x float64) float64 {
	return left + (width-left-right)*max(0, min(1, (x-s.x0)/(s.x1-s.x0)))
}

func (s *sheet) down(y float64) float64 {
	return height - foot - (height-foot-above)*max(0, min(1, y/s.y1))
}

func colour(i int) string { return colours[i%len(colours)] }

// tick is a round distance at which an axis of length span has four to ten marks.
func tick(span float64) float64 {
	if !(span > 0) || math.IsInf(span, 0) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(span)))
	for _, times := range []float64{0.1, 0.2, 0.5, 1} {
		if span/(power*times) <= 10 {
			return power * times
		}
	}
	return 2 * power
}

// short is v without needless digits.
func short(v float64) string { return fmt.Sprintf("%.4g", math.Round(v*1e6)/1e6) }

// ceiling is the round number at or above all of them; 1 of none.
func ceiling(all []float64) float64 {
	most := 0.0
	for _, v := range all {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			most = max(most, v)
		}
	}
	if most == 0 {
		return 1
	}
	return math.Ceil(most/tick(most)-1e-9) * tick(most)
}
