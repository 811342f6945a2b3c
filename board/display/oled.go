package display

import (
	"github.com/offhook/offhook/board/ssd1306"
	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

// oled is a display of dots that shine. It cannot be asked whether it was reset.
type oled struct {
	wire
	kind        ssd1306.Kind
	rows        int
	bright, dim ssd1306.Level
	shown       ssd1306.Shown
}

func openOLED(spec wiring.LCD, at wire) *oled {
	o := &oled{wire: at, rows: spec.Rows, bright: ssd1306.Level(spec.Lit(true)), dim: ssd1306.Level(spec.Lit(false))}
	if spec.Chip == "sh1106" {
		o.kind = ssd1306.SH1106
	}
	return o
}

func (o *oled) wake() error {
	o.shown = ssd1306.Unknown(o.kind)
	return o.write(ssd1306.Wake(o.kind, o.rows))
}

func (o *oled) draw(f hal.Frame) error {
	level := o.dim
	if f.Light {
		level = o.bright
	}
	shown, all := o.shown.Draw(f, level)
	for _, bytes := range all {
		if err := o.write(bytes); err != nil {
			return err
		}
	}
	o.shown = shown
	return nil
}

func (o *oled) look() error { return o.write(ssd1306.Look()) }

func (o *oled) close() { o.Close() }
