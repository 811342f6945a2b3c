// Package hd44780test is an HD44780 character display for tests, and the PCF8574 that stands
// before one on a backpack: what moves on its wires becomes what a person reads, and wires
// that move too soon become complaints. It is made from Hitachi's datasheet (ADE-207-272, its
// pages are named) and knows nothing of the code that it judges.
package hd44780test

import (
	"fmt"
	"time"
)

// Options are what displays differ in.
type Options struct {
	Cols, Rows int
	A02        bool // the European ROM; else A00
	Slow       bool // an oscillator of 190 kHz in place of 270 kHz: the slowest that its resistor may make of it (p. 49)
	Wires      int  // data wires that are connected: 4 (D4 to D7) or 8
}

// Pins are how the wires stand.
type Pins struct {
	RS, RW, E bool
	D         byte // D7 is its highest bit
}

// Put moves the wire of a name, "rs", "rw", "e" or "d0" to "d7"; another name is no wire of the
// display.
func (p *Pins) Put(name string, high bool) {
	switch {
	case name == "rs":
		p.RS = high
	case name == "rw":
		p.RW = high
	case name == "e":
		p.E = high
	case len(name) == 2 && name[0] == 'd' && name[1] >= '0' && name[1] <= '7':
		bit := byte(1) << (name[1] - '0')
		p.D &^= bit
		if high {
			p.D |= bit
		}
	}
}

// Least times of a write at 2.7 to 4.5 V (bus timing characteristics and figure 25, p. 49); in
// brackets what a display at 4.5 to 5.5 V is content with. Compared on 28 November 2026 with
// what others have copied from that page; the page's own text was not to be had.
const (
	cycle     = 1000 * time.Nanosecond // tcycE (500)
	pulse     = 450 * time.Nanosecond  // PWEH (230)
	before    = 60 * time.Nanosecond   // tAS: RS and RW before E rises (40)
	after     = 20 * time.Nanosecond   // tAH: and after it falls (10)
	dataSetup = 195 * time.Nanosecond  // tDSW (80)
	dataHold  = 10 * time.Nanosecond   // tH (10)
)

// powerTime is how long a display takes after its power came (figures 23 and 24, p. 45 and 46:
// 40 ms from 2.7 V on; 15 ms from 4.5 V on).
const powerTime = 40 * time.Millisecond

// Chip is a display. Times are since any moment, and never go back.
type Chip struct {
	o    Options
	pins Pins

	rose, fell, steered, changed time.Duration // E, E, RS or RW, D

	eight     bool // the interface has 8 bits
	half      bool // the upper four bits have come
	high      byte
	busyUntil time.Duration

	two               bool // lines
	on, cursor, blink bool
	left, follows     bool // the cursor moves left; the display shifts with it
	shift             int
	dd                [80]byte // lines of 40
	cg                [64]byte
	at                int // in dd, or cg
	inCG              bool

	complaints []string
}

// New makes a display that has no power yet.
func New(o Options) *Chip {
	return &Chip{o: o, rose: -cycle, fell: -cycle, steered: -cycle, changed: -cycle}
}

// Power brings power, and with it the state of p. 23: 8 bits, one line, off, empty. The wires
// stand like pins by then.
func (c *Chip) Power(at time.Duration, pins Pins) {
	complaints := c.complaints
	*c = *New(c.o)
	c.pins, c.complaints, c.eight, c.busyUntil = c.pulled(pins), complaints, true, at+powerTime
	for i := range c.dd {
		c.dd[i] = ' '
	}
}

// Brown is power that fell too far and came back, without the reset of p. 23: any state at
// all, by seed.
func (c *Chip) Brown(at time.Duration, seed uint64) {
	any := func(n int) int { // splitmix64
		seed += 0x9e3779b97f4a7c15
		z := (seed ^ seed>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		return int((z ^ z>>31) % uint64(n))
	}
	flip := func() bool { return any(2) == 0 }
	c.eight, c.half, c.high = flip(), flip(), byte(any(256))
	c.two, c.on, c.cursor, c.blink, c.left, c.follows = flip(), flip(), flip(), flip(), flip(), flip()
	c.shift, c.inCG, c.at, c.busyUntil = any(40), flip(), any(64), at+powerTime
	for i := range c.dd {
		c.dd[i] = byte(any(256))
	}
	for i := range c.cg {
		c.cg[i] = byte(any(32))
	}
}

// Complaints are what was wrong since Forgive, in order.
func (c *Chip) Complaints() []string { return c.complaints }

// Forgive forgets the complaints.
func (c *Chip) Forgive() { c.complaints = nil }

func (c *Chip) complain(at time.Duration, words string, more ...any) {
	if len(c.complaints) < 20 {
		c.complaints = append(c.complaints, fmt.Sprintf("%v: %s", at, fmt.Sprintf(words, more...)))
	}
}

// pulled is how the wires stand at the chip: those that go nowhere are pulled up (p. 48).
func (c *Chip) pulled(p Pins) Pins {
	if c.o.Wires == 4 {
		p.D |= 0x0f
	}
	return p
}

// Set moves the wires.
func (c *Chip) Set(at time.Duration, p Pins) {
	p = c.pulled(p)
	was := c.pins
	c.pins = p
	steers, data := was.RS != p.RS || was.RW != p.RW, was.D != p.D
	if steers {
		if was.E && p.E {
			c.complain(at, "RS or RW moves while E is high")
		}
		if at-c.fell < after {
			c.complain(at, "RS or RW moves %v after E fell, not %v", at-c.fell, after)
		}
		c.steered = at
	}
	if data && at-c.fell < dataHold {
		c.complain(at, "data move %v after E fell, not %v", at-c.fell, dataHold)
	}
	switch {
	case p.E && !was.E:
		c.rises(at)
	case was.E && !p.E:
		c.falls(at, was, steers, data)
	}
	if data {
		c.changed = at
	}
}

func (c *Chip) rises(at time.Duration) {
	if at-c.steered < before {
		c.complain(at, "E rises %v after RS or RW moved, not %v", at-c.steered, before)
	}
	if at-c.rose < cycle {
		c.complain(at, "E rises %v after it rose, not %v", at-c.rose, cycle)
	}
	c.rose = at
}

func (c *Chip) falls(at time.Duration, was Pins, steers, data bool) {
	switch {
	case at-c.rose < pulse:
		c.complain(at, "E is high for %v, not %v", at-c.rose, pulse)
	case at-c.changed < dataSetup:
		c.complain(at, "data stand %v before E falls, not %v", at-c.changed, dataSetup)
	case steers || data:
		c.complain(at, "wires move together with E falling")
	}
	c.fell = at
	if was.RW {
		return // it was read, and moved nothing here
	}
	if at < c.busyUntil {
		c.complain(at, "written to while it works on what came before, for %v more", c.busyUntil-at)
		return
	}
	switch {
	case c.eight:
		c.take(at, was.D, was.RS)
	case !c.half:
		c.high, c.half = was.D&0xf0, true
	default:
		c.half = false
		c.take(at, c.high|was.D>>4, was.RS)
	}
}
