// Package display is the display of a real board: an HD44780 on GPIO lines or behind a
// PCF8574, or an OLED. It owns that display, its bus and its lines while it runs: it finds it,
// wakes it, draws what differs, and starts anew after every failure. It refuses to know what
// is shown, and to hold up who shows it.
package display

import (
	"context"
	"errors"
	"time"

	"periph.io/x/conn/v3/gpio"

	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

const (
	// retryTime is how long a display that does not answer is left alone.
	retryTime = 2 * time.Second
	// lookTime is how often a display at rest is asked whether it is still there and was not
	// reset, where it can be asked.
	lookTime = 10 * time.Second
	// looksToRefresh is how many of these pass until it is told everything anew: noise, of a
	// bell's coil say, makes garbage that nobody can ask for.
	looksToRefresh = 6
)

// A Line is a GPIO line that is driven.
type Line interface{ Out(gpio.Level) error }

// A Bus is an I2C bus.
type Bus interface {
	Tx(address uint16, w, r []byte) error
	Close() error
}

// A Dimmer is a channel of PWM.
type Dimmer interface {
	Set(percent int) error // 0: dark
	Close()
}

// Hardware is where lines and buses come from.
type Hardware interface {
	Line(gpio int) (Line, error)
	Release(Line)
	Bus(number int) (Bus, error)
	Dimmer(channel int) (Dimmer, error)
	// Pause returns no sooner than after so long, and not much later.
	Pause(time.Duration)
}

// Display is the display that a wiring describes.
type Display struct {
	spec   wiring.LCD
	size   hal.Size
	latest chan hal.Frame // capacity 1
	frame  hal.Frame      // that is to be seen, kept over failures; Run's
}

// New makes the display of a specification without problems. Nothing is touched before Run.
func New(spec wiring.LCD) *Display {
	return &Display{spec: spec, size: hal.Size{Cols: spec.Cols, Rows: spec.Rows}, latest: make(chan hal.Frame, 1)}
}

// Size is the display's, in characters.
func (d *Display) Size() hal.Size { return d.size }

// Show has a frame drawn. It never blocks; the latest frame wins.
func (d *Display) Show(f hal.Frame) {
	f = f.Fit(d.size)
	for {
		select {
		case d.latest <- f:
			return
		default:
		}
		select {
		case <-d.latest: // an older frame that nobody will see
		default:
		}
	}
}

// errReset is a display that lost what it was told, and answers.
var errReset = errors.New("the display was reset")

// A glass is one kind of display, opened.
type glass interface {
	wake() error            // from whatever state; what it shows is drawn anew then
	draw(f hal.Frame) error // what differs
	look() error            // whether it is still there; errReset: and knows nothing
	close()
}

// Run draws until ctx ends, and leaves the display dark. fault is told of a display that
// fails, in words, once for the same words; and nil when it works again.
func (d *Display) Run(ctx context.Context, from Hardware, fault func(error)) {
	told := ""
	tell := func(err error) {
		words := ""
		if err != nil {
			words = err.Error()
		}
		if words != told {
			told = words
			fault(err)
		}
	}
	for ctx.Err() == nil {
		if err := d.work(ctx, from, tell); err != nil {
			tell(err)
		}
		select {
		case <-time.After(retryTime):
		case <-ctx.Done():
		}
	}
}

// work opens the display and draws until it fails or ctx ends. A backlight that fails is told
// of and tried again at each look, and leaves the text as it is.
func (d *Display) work(ctx context.Context, from Hardware, tell func(error)) error {
	g, err := open(d.spec, from)
	if err != nil {
		return err
	}
	defer g.close()
	lamp := openLamp(d.spec, from)
	defer func() { lamp.close() }()
	if err := g.wake(); err != nil {
		return err
	}
	look := time.NewTicker(lookTime)
	defer look.Stop()
	for looks := 0; ; {
		if d.frame.Size == d.size {
			if err := g.draw(d.frame); err != nil {
				return err
			}
			lamp.light(d.frame.Light)
		}
		tell(lamp.err)
		select {
		case d.frame = <-d.latest:
		case <-look.C:
			looks++
			if lamp.err != nil {
				lamp.close()
				lamp = openLamp(d.spec, from)
			}
			err := g.look()
			if err == nil && looks%looksToRefresh == 0 {
				err = errReset
			}
			if errors.Is(err, errReset) {
				err = g.wake()
			}
			if err != nil {
				return err
			}
		case <-ctx.Done():
			g.draw(hal.Frame{}.Fit(d.size)) // else it shows a clock that stands
			return nil
		}
	}
}

// open opens the display of a specification.
func open(spec wiring.LCD, from Hardware) (glass, error) {
	if len(spec.Pins) > 0 {
		return openParallel(spec, from)
	}
	b, err := from.Bus(spec.Bus)
	if err != nil {
		return nil, err
	}
	address, err := find(b, spec)
	if err != nil {
		b.Close()
		return nil, err
	}
	at := wire{b, address}
	if spec.OLED() {
		return openOLED(spec, at), nil
	}
	return openBackpack(spec, from, at), nil
}
