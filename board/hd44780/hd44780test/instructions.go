package hd44780test

import "time"

// Times of instructions at 270 kHz (table 6, p. 24 and 25): going home, and the rest, of which
// writing data ends 4 µs later (tADD, figure 10, p. 25: 1.5 periods after it is busy no more).
// All of them stretch with the period of the oscillator (p. 25). The table has no time for
// clearing (compared with p. 24 and 25 on 28 November 2026); it is held to take as long as going home. People have measured 1.6 to 2.4 ms of
// displays whose oscillator nobody knew, so do not clear by this model.
const (
	longTime  = 1520 * time.Microsecond
	shortTime = 37 * time.Microsecond
	dataTime  = shortTime + 4*time.Microsecond
)

func (c *Chip) busy(at, time time.Duration) {
	if c.o.Slow {
		time = time * 270 / 190
	}
	c.busyUntil = at + time
}

// take is one instruction, or data, of 8 bits (table 6, p. 24).
func (c *Chip) take(at time.Duration, v byte, data bool) {
	c.busy(at, shortTime)
	switch {
	case data:
		c.busy(at, dataTime)
		c.write(v)
	case v&0x80 != 0: // an address of what is displayed
		c.inCG, c.at = false, int(v&0x7f)
		if c.two { // lines of 40 at 0x00 and 0x40
			c.at = int(v&0x3f)%40 + int(v>>6&1)*40
		}
		c.at %= len(c.dd)
	case v&0x40 != 0: // an address of drawings
		c.inCG, c.at = true, int(v&0x3f)
	case v&0x20 != 0: // function set
		c.eight, c.two, c.half = v&0x10 != 0, v&0x08 != 0, false
	case v&0x10 != 0: // the cursor moves, or the display shifts
		by := -1
		if v&0x04 != 0 {
			by = 1
		}
		if v&0x08 != 0 {
			c.shift = (c.shift - by + 40) % 40
		} else {
			c.move(by)
		}
	case v&0x08 != 0:
		c.on, c.cursor, c.blink = v&0x04 != 0, v&0x02 != 0, v&0x01 != 0
	case v&0x04 != 0: // entry mode
		c.left, c.follows = v&0x02 == 0, v&0x01 != 0
	case v&0x02 != 0: // home
		c.inCG, c.at, c.shift = false, 0, 0
		c.busy(at, longTime)
	case v == 0x01: // clear
		for i := range c.dd {
			c.dd[i] = ' '
		}
		c.inCG, c.at, c.shift, c.left = false, 0, 0, false
		c.busy(at, longTime)
	}
}

func (c *Chip) write(v byte) {
	by := 1
	if c.left {
		by = -1
	}
	if c.inCG {
		c.cg[c.at] = v & 0x1f
	} else {
		c.dd[c.at] = v
		if c.follows {
			c.shift = (c.shift + by + 40) % 40
		}
	}
	c.move(by)
}

// move takes the address on, from the end of a line to the next one's beginning.
func (c *Chip) move(by int) {
	size := len(c.dd)
	if c.inCG {
		size = len(c.cg)
	}
	c.at = (c.at + by + size) % size
}
