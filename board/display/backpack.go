package display

import (
	"github.com/offhook/offhook/board/hd44780"
	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

// character is what an HD44780 is known to show, whatever it hangs on, and how its wires stand.
type character struct {
	bits  int
	rom   hd44780.ROM
	shown hd44780.Shown
	stand hd44780.Lines
}

func newCharacter(spec wiring.LCD) character {
	c := character{bits: spec.Bits(), stand: hd44780.Light}
	if spec.ROM == "a02" {
		c.rom = hd44780.A02
	}
	return c
}

// woken is the wave that wakes the display, of which nothing is known then.
func (c *character) woken() []hd44780.Level {
	c.shown = hd44780.Unknown(c.rom)
	return c.moved(hd44780.WakeWave(c.bits, c.stand))
}

// differs is the wave that makes the display show f; empty: it does.
func (c *character) differs(f hal.Frame) []hd44780.Level {
	lit := hd44780.Lines(0)
	if f.Light {
		lit = hd44780.Light
	}
	var writes []hd44780.Write
	c.shown, writes = c.shown.Draw(f)
	if len(writes) == 0 && c.stand&hd44780.Light != lit {
		return c.moved([]hd44780.Level{{Lines: c.stand&^hd44780.Light | lit}})
	}
	return c.moved(hd44780.Wave(writes, c.bits, c.stand&^hd44780.Light|lit))
}

func (c *character) moved(w []hd44780.Level) []hd44780.Level {
	if len(w) > 0 {
		c.stand = w[len(w)-1].Lines
	}
	return w
}

// backpack is an HD44780 behind a PCF8574.
type backpack struct {
	character
	wire
	from  Hardware
	order hd44780.Backpack
}

func openBackpack(spec wiring.LCD, from Hardware, at wire) *backpack {
	return &backpack{newCharacter(spec), at, from, ordered(spec)}
}

// ordered is the backpack's order as bits.
func ordered(spec wiring.LCD) hd44780.Backpack {
	var b hd44780.Backpack
	order, _ := spec.Order() // checked
	for i, name := range order {
		bit := byte(1) << i
		switch name {
		case "rs":
			b.RS = bit
		case "rw":
			b.RW = bit
		case "e":
			b.E = bit
		case "light", "!light":
			b.Light, b.LightLow = bit, name == "!light"
		case "d4", "d5", "d6", "d7":
			b.D[name[1]-'4'] = bit
		}
	}
	return b
}

func (b *backpack) wake() error {
	if _, err := b.read(); err != nil {
		return err
	}
	b.from.Pause(hd44780.PowerTime)
	calm := hd44780.Level{Lines: hd44780.Calm}
	return b.send(append([]hd44780.Level{calm}, b.woken()...))
}

func (b *backpack) draw(f hal.Frame) error { return b.send(b.differs(f)) }

func (b *backpack) send(wave []hd44780.Level) error {
	for _, t := range b.order.Transfers(wave) {
		if err := b.write(t.Bytes); err != nil {
			return err
		}
		if t.Pause > 0 {
			b.from.Pause(t.Pause)
		}
	}
	return nil
}

// look asks the expander, which forgets with the display.
func (b *backpack) look() error {
	lines, err := b.read()
	if err == nil && b.order.WasReset(lines) {
		return errReset
	}
	return err
}

func (b *backpack) close() { b.Close() }
