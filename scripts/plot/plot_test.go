package plot

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/offhook/offhook/scripts/golden"
)

// drawing compares with testdata, and sees that it is XML.
func drawing(t *testing.T, name, got string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(got)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%s is no XML: %v", name, err)
		}
	}
	golden.File(t, filepath.Join("testdata", name), got)
}

func TestLines(t *testing.T) {
	l := Lines{
		Title: "Delay & <time>", X: "time, s", Y: "delay, ms", Gap: 1.5,
		Lines: []Series{
			{"one", []Point{{0, 60}, {1, 80}, {2, math.NaN()}, {3, 120}, {5, 70}}},
			{"another", []Point{{0, 240}, {5, 240}}},
		},
		Marks: []Mark{{3, "calm"}},
	}
	svg := l.SVG()
	drawing(t, "lines.svg", svg)
	// The first line breaks where there is no number, and where a step is too long; so does
	// the other.
	if n := strings.Count(svg, "<polyline"); n != 5 {
		t.Errorf("%d lines", n)
	}
	for _, words := range []string{"Delay &amp; &lt;time&gt;", ">calm<", ">another<", ">250<"} {
		if !strings.Contains(svg, words) {
			t.Errorf("no %s", words)
		}
	}
}

func TestBars(t *testing.T) {
	b := Bars{
		Title: "Delay", Y: "ms", Names: []string{"one", "another"}, Most: 200,
		Groups: []Group{{"clean", []float64{60, 150}}, {"jitter", []float64{math.NaN(), 480}}},
	}
	svg := b.SVG()
	drawing(t, "bars.svg", svg)
	if n := strings.Count(svg, "<title>"); n != 3 {
		t.Errorf("%d bars", n)
	}
	if !strings.Contains(svg, ">480</text>") {
		t.Error("a bar beyond the axis does not say its value")
	}
}

func TestNothingIsDrawn(t *testing.T) {
	for _, svg := range []string{Lines{}.SVG(), Bars{}.SVG(), Lines{Lines: []Series{{"a", []Point{{1, 1}}}}}.SVG(), Bars{Groups: []Group{{"a", nil}}}.SVG()} {
		if !strings.HasPrefix(svg, "<svg ") || !strings.HasSuffix(svg, "</svg>\n") || strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Errorf("%s", svg)
		}
	}
}

func TestCeilingAndTick(t *testing.T) {
	for _, c := range []struct{ most, top, tick float64 }{
		{0, 1, 0.1}, {1, 1, 0.1}, {0.97, 1, 0.1}, {7.57, 8, 1}, {61, 70, 10}, {243, 250, 50}, {480, 480, 50}, {1234, 1400, 200},
	} {
		if got := ceiling([]float64{c.most, -3, math.NaN(), math.Inf(1)}); math.Abs(got-c.top) > c.tick {
			t.Errorf("an axis for %v ends at %v", c.most, got)
		} else if got < c.most {
			t.Errorf("an axis for %v ends at %v", c.most, got)
		}
		if n := c.top / tick(c.top); n < 4 || n > 10.001 {
			t.Errorf("an axis to %v has %v marks", c.top, n)
		}
	}
}
