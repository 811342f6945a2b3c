package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/offhook/offhook/scripts/measure"
	"github.com/offhook/offhook/scripts/plot"
	"github.com/offhook/offhook/scripts/trial"
)

// A drawing is a file of its own beside the page.
type drawing struct{ name, title, svg string }

// write writes the page to path, and the drawings beside it.
func (r results) write(path string, doc trial.Document) error {
	var b strings.Builder
	b.WriteString(doc.Markdown())
	base := strings.TrimSuffix(path, filepath.Ext(path))
	for i, d := range r.drawings() {
		if i == 0 {
			b.WriteString("\n## Drawn\n")
		}
		file := base + "-" + d.name + ".svg"
		if err := os.WriteFile(file, []byte(d.svg), 0o644); err != nil {
			return err
		}
		fmt.Fprintf(&b, "\n![%s](%s)\n", d.title, filepath.Base(file))
	}
	return os.WriteFile(path, []byte(b.String()), 0o644)
}

// drawings are the delay over time where it moves, and bars of what matters most.
func (r results) drawings() (all []drawing) {
	for _, c := range r.calls {
		if c.network.Jitter > 0 || c.trace != "" {
			title := fmt.Sprintf("%s, %s: mouth to ear", c.codec.Name, c.what)
			all = append(all, drawing{"delay-" + c.name + "-" + fileName(c.codec), title, c.delays(title).SVG()})
		}
	}
	for _, codec := range trial.Codecs {
		for _, what := range []struct {
			name, title, unit string
			of                func(summary) float64
		}{
			{"delay", "mouth to ear, median", "ms", func(s summary) float64 { return ms(s.delay) }},
			{"distance", "log-spectral distance", "dB", func(s summary) float64 { return s.distance }},
			{"stoi", "STOI, 1 is best", "", func(s summary) float64 { return s.stoi }},
		} {
			b := plot.Bars{Title: codec.Name + ": " + what.title, Y: what.unit}
			for _, k := range trial.Kinds {
				b.Names = append(b.Names, k.String())
			}
			for _, c := range r.calls {
				if c.codec.Name != codec.Name {
					continue
				}
				g := plot.Group{Name: c.name}
				for _, s := range c.of() {
					g.Values = append(g.Values, what.of(s))
				}
				b.Groups = append(b.Groups, g)
			}
			if len(b.Groups) > 0 {
				all = append(all, drawing{what.name + "-" + fileName(codec), b.Title, b.SVG()})
			}
		}
	}
	return all
}

// fileName is the codec's name in a file name.
func fileName(c trial.Codec) string { return strings.ToLower(strings.ReplaceAll(c.Name, ".", "")) }

// delays are those of one ear of each kind, from the beginning of the window on.
func (c call) delays(title string) plot.Lines {
	l := plot.Lines{Title: title, X: "s", Y: "ms", Gap: 0.3}
	for k, f := range c.pairs {
		s := plot.Series{Name: trial.Kinds[k].String()}
		for _, t := range []measure.Track{f.ears[0].Track, f.calm[0]} {
			for _, p := range t {
				if p.Alike > 0 {
					s.Points = append(s.Points, plot.Point{X: (p.At - f.from).Seconds(), Y: ms(p.Delay)})
				}
			}
		}
		l.Lines = append(l.Lines, s)
	}
	if c.calm {
		l.Marks = []plot.Mark{{X: c.lasted.Seconds(), Text: "calm"}}
	}
	return l
}
