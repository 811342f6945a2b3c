package display

import (
	"fmt"

	"periph.io/x/conn/v3/gpio"

	"github.com/offhook/offhook/board/wiring"
)

// lamp is a backlight on a pin of its own: on a line it is lit or dark, on a PWM channel what
// the wiring says.
type lamp struct {
	spec  wiring.LCD
	from  Hardware
	line  Line   // nil: none
	dim   Dimmer // nil: none
	level int    // percent, as set last; -1: not yet
	err   error  // what is wrong with it
}

func openLamp(spec wiring.LCD, from Hardware) *lamp {
	l := &lamp{spec: spec, from: from, level: -1}
	channel := wiring.PWM(spec.Lamp)
	switch {
	case spec.Lamp == 0:
	case channel >= 0:
		l.dim, l.err = from.Dimmer(channel)
	default:
		l.line, l.err = from.Line(spec.Lamp)
	}
	l.failed()
	return l
}

// light sets it to what it is in use, or at rest.
func (l *lamp) light(used bool) {
	percent := l.spec.Lit(used)
	if l.err != nil || percent == l.level {
		return
	}
	switch l.level = percent; {
	case l.dim != nil:
		l.err = l.dim.Set(percent)
	case l.line != nil:
		l.err = l.line.Out(gpio.Level(percent > 0))
	}
	l.failed()
}

func (l *lamp) failed() {
	if l.err != nil {
		l.err = fmt.Errorf("the backlight on %s does not work: %w", wiring.PinText(l.spec.Lamp), l.err)
	}
}

// close leaves it dark.
func (l *lamp) close() {
	l.light(false)
	if l.dim != nil {
		l.dim.Close()
	}
	if l.line != nil {
		l.line.Out(gpio.Low) // what fails now is past mending
		l.from.Release(l.line)
	}
}
