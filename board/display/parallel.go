package display

import (
	"fmt"

	"periph.io/x/conn/v3/gpio"

	"github.com/offhook/offhook/board/hd44780"
	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

// parallel is an HD44780 on GPIO lines. Nothing tells whether one is there.
type parallel struct {
	character
	from  Hardware
	lines []driven
	are   hd44780.Lines // as driven last
}

// driven is a line of the display on one of the board.
type driven struct {
	line Line
	is   hd44780.Lines
	gpio int
}

// pins are the display's lines by the names of wiring.LCDPins. E is the last, since what
// stands on the others is taken when it falls.
var pins = []struct {
	name string
	is   hd44780.Lines
}{
	{"rs", hd44780.RS}, {"rw", hd44780.RW}, {"d0", 1}, {"d1", 2}, {"d2", 4}, {"d3", 8},
	{"d4", 0x10}, {"d5", 0x20}, {"d6", 0x40}, {"d7", 0x80}, {"e", hd44780.E},
}

func openParallel(spec wiring.LCD, from Hardware) (glass, error) {
	p := &parallel{character: newCharacter(spec), from: from}
	for _, pin := range pins {
		number, wired := spec.Pins[pin.name]
		if !wired {
			continue
		}
		l, err := from.Line(number)
		if err != nil {
			p.close()
			return nil, fmt.Errorf("GPIO %d, its %s, does not work: %w", number, pin.name, err)
		}
		p.lines = append(p.lines, driven{l, pin.is, number})
	}
	return p, nil
}

// wake drives every line first, E down before the others move.
func (p *parallel) wake() error {
	p.from.Pause(hd44780.PowerTime)
	p.are = hd44780.E
	if err := p.set(0); err != nil {
		return err
	}
	p.are = ^p.stand &^ hd44780.E
	if err := p.set(p.stand &^ hd44780.E); err != nil {
		return err
	}
	return p.send(p.woken())
}

func (p *parallel) draw(f hal.Frame) error { return p.send(p.differs(f)) }

func (p *parallel) send(wave []hd44780.Level) error {
	for _, l := range wave {
		if err := p.set(l.Lines); err != nil {
			return err
		}
		p.from.Pause(l.For)
	}
	return nil
}

// set moves the lines that stand otherwise.
func (p *parallel) set(to hd44780.Lines) error {
	for _, d := range p.lines {
		if (p.are^to)&d.is == 0 {
			continue
		}
		if err := d.line.Out(gpio.Level(to&d.is != 0)); err != nil {
			return fmt.Errorf("GPIO %d of the display cannot be driven: %w", d.gpio, err)
		}
	}
	p.are = to
	return nil
}

func (p *parallel) look() error { return nil }

func (p *parallel) close() {
	for _, d := range p.lines {
		p.from.Release(d.line)
	}
}
