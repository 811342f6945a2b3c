package hd44780

import "time"

// octet is how long one takes on an I2C bus at 100 kHz, the most that a PCF8574 is made for
// (its datasheet, section 5): nine bits.
const octet = 90 * time.Microsecond

// mostOctets bounds a transfer, so that others on the bus wait 5 ms and no longer.
const mostOctets = 56

// A Backpack is how the lines of a PCF8574 go to the display: the bit of each, as a mask; 0:
// not connected.
type Backpack struct {
	RS, RW, E, Light byte
	D                [4]byte // D4 to D7
	LightLow         bool    // lit when low
}

// A Transfer is bytes for the expander in one I2C transfer, and how long the bus must be left
// alone then.
type Transfer struct {
	Bytes []byte
	Pause time.Duration
}

// Octet is the lines as the expander's bits; what is not connected is low.
func (b Backpack) Octet(l Lines) byte {
	var o byte
	for i, bit := range b.D {
		if l&(0x10<<i) != 0 {
			o |= bit
		}
	}
	if l&RS != 0 {
		o |= b.RS
	}
	if l&RW != 0 {
		o |= b.RW
	}
	if l&E != 0 {
		o |= b.E
	}
	if l&Light != 0 != b.LightLow {
		o |= b.Light
	}
	return o
}

// WasReset reports whether what an expander reads back as its lines is how it stands after
// power came: all high. We leave E and RW low, and no display pulls those up.
func (b Backpack) WasReset(read byte) bool { return read&(b.E|b.RW) != 0 }

// Transfers are a wave over the expander. Every level lasts an octet at least, which is
// longer than any write but those that have a pause.
func (b Backpack) Transfers(w []Level) []Transfer {
	var all []Transfer
	var bytes []byte
	end := func(pause time.Duration) {
		if len(bytes) > 0 {
			all = append(all, Transfer{bytes, pause})
			bytes = nil
		}
	}
	for _, l := range w {
		bytes = append(bytes, b.Octet(l.Lines))
		switch {
		case l.For > octet:
			end(l.For)
		case l.Lines&E == 0 && len(bytes) >= mostOctets:
			end(0)
		}
	}
	end(0)
	return all
}
