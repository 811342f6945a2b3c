package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/offhook/offhook/board/drawing"
	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/firmware/config"
)

// drawWiring draws the board of the settings file, or of a preset, in text or as SVG.
func drawWiring(_ context.Context, s streams, args []string) error {
	f := flags(s, "wiring", "")
	file := f.String("config", defaultSettings(), "settings `file`")
	preset := f.String("preset", "", "draw this `preset` in place of the file's board: "+strings.Join(wiring.Presets()[1:], ", "))
	svg := f.Bool("svg", false, "as SVG, for a browser or a printer")
	if err := parse(f, args, 0); err != nil {
		return err
	}
	if *preset == "" && *file == "" {
		*preset = wiring.Sim // what runs without settings
	}
	w, known := wiring.Preset(*preset)
	if *preset == "" {
		c, mistakes := config.Load(*file, config.Options{})
		if len(mistakes) > 0 {
			config.Print(s.err, mistakes)
			return errSilent
		}
		w, known = c.Wiring, true
	}
	if !known {
		return fmt.Errorf("there is no preset %q; there is %s", *preset, strings.Join(wiring.Presets(), ", "))
	}
	text := drawing.Text(w)
	if *svg {
		if text = drawing.SVG(w); text == "" {
			return fmt.Errorf("the simulated board has no wires; -preset says which board you mean")
		}
	}
	_, err := fmt.Fprint(s.out, text)
	return err
}
