package hd44780test

import (
	"strings"
	"time"
)

// Octet is how long one takes on an I2C bus at 100 kHz, its acknowledgement included.
const Octet = 90 * time.Microsecond

// Backpack is a PCF8574 between a bus and a display.
type Backpack struct {
	Chip  *Chip
	Order string // what P0 to P7 go to: "rs rw e light d4 d5 d6 d7"; "-": nothing, "!light": lit when low
	Lit   bool
	port  byte
}

// Power brings power to both: the expander's lines are high then (its datasheet, section 7.1).
func (b *Backpack) Power(at time.Duration) {
	b.Chip.Power(at, b.pins(0xff))
}

// Write is one transfer that begins at a time, and returns when it ends. The lines move with
// the acknowledgement of each octet.
func (b *Backpack) Write(at time.Duration, bytes []byte) time.Duration {
	at += Octet // the address
	for _, v := range bytes {
		at += Octet
		b.Chip.Set(at, b.pins(v))
	}
	return at
}

// Read is what the expander reads back as its lines: as they stand, but for that of the
// backlight, which the base of a transistor holds low.
func (b *Backpack) Read() byte {
	for i, name := range strings.Fields(b.Order) {
		if strings.HasSuffix(name, "light") {
			return b.port &^ (1 << i)
		}
	}
	return b.port
}

// pins is how the display's wires stand where the expander's lines are so.
func (b *Backpack) pins(port byte) Pins {
	b.port = port
	p := Pins{}
	for i, name := range strings.Fields(b.Order) {
		high := port>>i&1 == 1
		switch name {
		case "light":
			b.Lit = high
		case "!light":
			b.Lit = !high
		default:
			p.Put(name, high)
		}
	}
	return p
}
