package rpi

import (
	"time"

	"github.com/offhook/offhook/hal"
)

// The usual PCF8574 backpack wires the expander's eight lines like this:
//
//	P7 P6 P5 P4   P3         P2   P1   P0
//	D7 D6 D5 D4   backlight  E    R/W  RS
const (
	bitRS    = 1 << 0 // high: data, low: command
	bitE     = 1 << 2 // the display takes the nibble when it falls
	bitLight = 1 << 3
)

// Commands (HD44780U datasheet, table 6, p. 24).
const (
	cmdClear     = 0x01
	cmdEntry     = 0x06 // the cursor moves right
	cmdOn        = 0x0c // no cursor
	cmdOff       = 0x08
	cmdFunction  = 0x28 // 4 bits, 2 lines, 5×8 dots
	cmdCharacter = 0x40 // address of a character's drawing
	cmdAddress   = 0x80 // address of what is displayed
)

// Times (HD44780U datasheet, p. 24 and figure 24, p. 46). Every other command takes 37 µs,
// which two bytes on a 100 kHz bus (180 µs) outlast.
const (
	timePower = 40 * time.Millisecond
	timeFirst = 4100 * time.Microsecond
	timeClear = 1520 * time.Microsecond
)

// A transfer is bytes for the expander in one I2C transfer, and the pause that must follow.
type transfer struct {
	bytes []byte
	pause time.Duration
}

// encoder makes the bytes of transfers.
type encoder struct {
	bytes []byte
	light byte
	rs    byte // as it stands on the expander
}

func newEncoder(light bool) *encoder {
	e := &encoder{rs: 0xff} // unknown
	if light {
		e.light = bitLight
	}
	return e
}

// nibble puts the upper four bits of value on the display. RS must stand before E rises
// (address set-up time, p. 49), so where RS changes it is set first.
func (e *encoder) nibble(value, rs byte) {
	lines := value&0xf0 | e.light | rs
	if e.rs != rs {
		e.bytes = append(e.bytes, lines)
		e.rs = rs
	}
	e.bytes = append(e.bytes, lines|bitE, lines)
}

func (e *encoder) command(c byte) { e.nibble(c, 0); e.nibble(c<<4, 0) }
func (e *encoder) data(d byte)    { e.nibble(d, bitRS); e.nibble(d<<4, bitRS) }

// glyphs are the characters that the display is taught: 5×8 dots, codes 0, 1 and 2.
var glyphs = []struct {
	rune rune
	dots [8]byte
}{
	{hal.GlyphLock, [8]byte{0b01110, 0b10001, 0b10001, 0b11111, 0b11011, 0b11011, 0b11111, 0}},
	{hal.GlyphBell, [8]byte{0b00100, 0b01110, 0b01110, 0b01110, 0b11111, 0b00000, 0b00100, 0}},
	{hal.GlyphArrow, [8]byte{0, 0, 0, 0b00100, 0b10101, 0b01110, 0b00100, 0}},
}

// wake is the display's start, whatever state it was in (figure 24), its glyphs taught.
func wake() []transfer {
	nibble := func(value byte, pause time.Duration) transfer {
		e := newEncoder(true)
		e.nibble(value, 0)
		return transfer{e.bytes, pause}
	}
	e := newEncoder(true)
	e.command(cmdFunction)
	e.command(cmdOff)
	for code, g := range glyphs {
		e.command(cmdCharacter | byte(code)<<3)
		for _, row := range g.dots {
			e.data(row)
		}
	}
	e.command(cmdEntry)
	e.command(cmdOn)
	e.command(cmdClear)
	return []transfer{
		{nil, timePower},
		nibble(0x30, timeFirst), nibble(0x30, timeFirst), nibble(0x30, timeFirst), nibble(0x20, timeFirst),
		{e.bytes, timeClear},
	}
}

// draw is what makes a display that shows was show f, in one transfer: the rows that
// differ. An empty was (of no size) draws every row. It is empty where nothing differs.
func draw(was, f hal.Frame) []byte {
	e := newEncoder(f.Light)
	for i := range min(f.Size.Rows, hal.MaxRows) {
		if was.Size == f.Size && was.Text[i] == f.Text[i] {
			continue
		}
		e.command(cmdAddress | rowAddress(i, f.Size.Cols))
		for _, r := range f.Text[i] {
			e.data(code(r))
		}
	}
	if len(e.bytes) == 0 && was.Light != f.Light {
		e.bytes = append(e.bytes, e.light)
	}
	return e.bytes
}

// rowAddress is where a row begins: rows 3 and 4 continue rows 1 and 2 (p. 12).
func rowAddress(row, cols int) byte {
	return [hal.MaxRows]byte{0x00, 0x40, byte(cols), 0x40 + byte(cols)}[row]
}

// code is a rune in the display's ROM, A00 or A02 alike.
func code(r rune) byte {
	for i, g := range glyphs {
		if r == g.rune {
			return byte(i)
		}
	}
	if r < ' ' || r > '}' || r == '\\' {
		return '?'
	}
	return byte(r)
}
