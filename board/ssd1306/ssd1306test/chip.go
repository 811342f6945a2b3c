// Package ssd1306test is a small OLED for tests: what is written to it becomes dots, and the
// dots what a person reads; what its datasheet forbids becomes a complaint. It knows nothing
// of the code that it judges. Pages are those of the SSD1306's datasheet (rev 1.1).
package ssd1306test

import "fmt"

// Chip is a display, without power until Power.
type Chip struct {
	Rows   int  // of dots: 32 or 64
	SH1106 bool // 132 columns of memory, no addressing but by page

	ram                     [8][132]byte
	page, col               int
	on, pump, lit           bool // lit: shows its memory (A4), not all dots (A5)
	inverse                 bool
	remapped, upside        bool // A1, C8
	mode, high, pins        byte
	start, offset, contrast int
	complaints              []string
}

// Power brings power: the state after a reset (p. 59), with noise in the memory.
func (c *Chip) Power(noise byte) {
	*c = Chip{Rows: c.Rows, SH1106: c.SH1106, complaints: c.complaints, lit: true, mode: 2, high: 63, pins: 0x12, contrast: 0x7f}
	for page := range c.ram {
		for col := range c.ram[page] {
			c.ram[page][col] = noise * byte(3*page+7*col)
		}
	}
}

// Complaints are what was wrong, in order.
func (c *Chip) Complaints() []string { return c.complaints }

func (c *Chip) complain(words string, more ...any) {
	if len(c.complaints) < 20 {
		c.complaints = append(c.complaints, fmt.Sprintf(words, more...))
	}
}

// Write is one I2C transfer: control bytes, each before one byte of what it says or, the last
// one, before all that follow (p. 20).
func (c *Chip) Write(bytes []byte) {
	var command []byte // as far as it has come
	for len(bytes) > 0 {
		control := bytes[0]
		bytes = bytes[1:]
		if control&0x3f != 0 {
			c.complain("control byte %#02x", control)
		}
		n := len(bytes)
		if control&0x80 != 0 {
			n = min(1, n)
		}
		for _, v := range bytes[:n] {
			if control&0x40 != 0 {
				c.store(v)
				continue
			}
			if command = append(command, v); len(command) > arguments(command[0], c.SH1106) {
				c.command(command[0], command[1:])
				command = nil
			}
		}
		bytes = bytes[n:]
	}
	if len(command) > 0 {
		c.complain("command %#02x without its argument", command[0])
	}
}

func (c *Chip) width() int {
	if c.SH1106 {
		return 132
	}
	return 128
}

func (c *Chip) store(v byte) {
	if c.col >= c.width() {
		c.complain("data beyond the last column")
		return
	}
	if c.mode != 2 {
		c.complain("data, and the address moves in mode %d", c.mode)
	}
	c.ram[c.page][c.col] = v
	c.col++
}

// Dots are what shines: rows of Rows, columns of 128. The glass is mounted with its cable at
// the top, so that its first row is COM63 (or 31) and its first column SEG127.
func (c *Chip) Dots() [][]bool {
	all := make([][]bool, c.Rows)
	for y := range all {
		all[y] = make([]bool, 128)
		for x := range all[y] {
			all[y][x] = c.shines(x, y)
		}
	}
	return all
}

func (c *Chip) shines(x, y int) bool {
	switch {
	case !c.on, !c.pump, c.contrast == 0:
		return false
	case !c.lit:
		return true
	}
	if want := map[int]byte{64: 0x12, 32: 0x02}[c.Rows]; c.pins != want || int(c.high) != c.Rows-1 {
		y = y * 2 % c.Rows // rows of the glass are mixed up
	}
	if !c.upside {
		y = c.Rows - 1 - y
	}
	if !c.remapped {
		x = 127 - x
	}
	if c.SH1106 {
		x += 2
	}
	y = (y + c.start + c.offset) % 64
	return c.ram[y/8][x]>>(y%8)&1 == 1 != c.inverse
}

// Contrast is how bright it shines, 0 to 255; 0 when it is off.
func (c *Chip) Contrast() int {
	if !c.on {
		return 0
	}
	return c.contrast
}
