// Package ssd1306 is the language of small OLEDs, SSD1306 and SH1106, used as displays of
// text: what to write so that one shows a frame. It is pure, and owns commands, the place of
// each character in dots, and what a display is known to show. It refuses to touch a bus.
// Pages are those of Solomon Systech's SSD1306 datasheet (rev 1.1) and Sino Wealth's SH1106
// datasheet (V2.3).
package ssd1306

import (
	"github.com/offhook/offhook/board/font"
	"github.com/offhook/offhook/hal"
)

// A Kind is a controller.
type Kind uint8

const (
	SSD1306 Kind = iota // 128 columns
	SH1106              // 132 columns, of which the glass shows the middle ones
)

// Width is how many dots a row of the glass has; its height is 16 for each row of text.
const Width = 128

const (
	rowPages = 2  // of eight rows of dots each, for a row of text: characters are drawn twice as high
	maxCols  = 21 // characters of six columns
)

// Control bytes, before what follows them (SSD1306 p. 20): one command and more to come, only
// commands, only data.
const (
	oneCommand = 0x80
	commands   = 0x00
	data       = 0x40
)

// Commands (SSD1306 p. 28 to 32, SH1106 p. 19 to 26).
const (
	cmdOff      = 0xae
	cmdOn       = 0xaf
	cmdContrast = 0x81
	cmdNothing  = 0xe3
)

// Wake are the commands that take a display into a known state from any other. What it shows
// stays, on or off.
func Wake(k Kind, rows int) []byte {
	pins := byte(0x12) // rows of the glass go to alternate pins (p. 40)
	if rows*rowPages <= 4 {
		pins = 0x02 // one after the other: 32 rows of dots
	}
	all := []byte{commands,
		0xd5, 0x80, // clock
		0xa8, byte(rows*rowPages*8 - 1), // rows of dots
		0xd3, 0x00, 0x40, // from the first
		0xa1, 0xc8, // the cable is at the top
		0xda, pins,
		0xd9, 0xf1, // with its own voltage (p. 64)
		0xdb, 0x40,
		0xa4, 0xa6, // what is in memory, lit where it is set
	}
	if k == SH1106 {
		return append(all, 0xad, 0x8b) // its own voltage (SH1106 p. 22)
	}
	return append(all,
		0x2e,       // nothing moves
		0x20, 0x02, // one page at a time, as the other kind always does (p. 35)
		0x8d, 0x14) // its own voltage (p. 62)
}

// Look is a transfer that changes nothing.
func Look() []byte { return []byte{commands, cmdNothing} }

// Level is how bright a display is lit, in percent; 0: not at all.
type Level uint8

func (l Level) bytes() []byte {
	if l == 0 {
		return []byte{commands, cmdOff}
	}
	return []byte{commands, cmdContrast, byte(int(min(l, 100)) * 255 / 100), cmdOn}
}

// Shown is what a display is known to show: a value. The zero Shown knows nothing.
type Shown struct {
	kind  Kind
	size  hal.Size // zero: nothing is known
	cells [hal.MaxRows][maxCols]rune
	level Level
}

// Unknown is a display of which nothing but its kind is known.
func Unknown(k Kind) Shown { return Shown{kind: k} }

// Draw returns the transfers that make a display that shows s show f, lit by that level, and
// what it shows then: the cells that differ. A display of which nothing is known is written
// whole before it is lit.
func (s Shown) Draw(f hal.Frame, level Level) (Shown, [][]byte) {
	now := Shown{kind: s.kind, size: f.Size, level: level}
	fresh := s.size != f.Size
	var all [][]byte
	for i := range min(f.Size.Rows, hal.MaxRows) {
		col := 0
		for _, r := range f.Text[i] {
			if col < min(f.Size.Cols, maxCols) {
				now.cells[i][col] = r
				col++
			}
		}
		for page := range rowPages {
			all = append(all, now.page(s, i, page, fresh)...)
		}
	}
	if fresh || level != s.level {
		all = append(all, level.bytes())
	}
	return now, all
}

// mostCells bounds a transfer, so that others on the bus wait 5 ms and no longer.
const mostCells = 8

// page are the runs of a page that differ. Where all is fresh the margins are too.
func (s Shown) page(was Shown, row, page int, fresh bool) [][]byte {
	wide, left := grid(s.size.Cols)
	at := row*rowPages + page
	var all [][]byte
	if fresh {
		all = append(all, s.transfer(at, 0, make([]byte, left)), s.transfer(at, Width-left, make([]byte, left)))
	}
	for col := 0; col < min(s.size.Cols, maxCols); {
		var dots []byte
		from := col
		for ; col < min(s.size.Cols, maxCols) && col < from+mostCells && (fresh || s.cells[row][col] != was.cells[row][col]); col++ {
			dots = append(dots, columns(s.cells[row][col], page, wide)...)
		}
		if len(dots) == 0 {
			col++
			continue
		}
		all = append(all, s.transfer(at, left+from*wide, dots))
	}
	return all
}

// grid is how wide a character is, in dots, and the margin at either side.
func grid(cols int) (wide, left int) {
	wide = 6
	if cols <= 16 {
		wide = 8
	}
	return wide, (Width - min(cols, maxCols)*wide) / 2
}

// transfer is dots from a column of a page on: columns of eight dots, the lowest bit the top
// one (p. 25).
func (s Shown) transfer(page, col int, dots []byte) []byte {
	if s.kind == SH1106 {
		col += 2 // of 132 (SH1106 p. 14)
	}
	head := []byte{oneCommand, 0xb0 | byte(page), oneCommand, byte(col & 0x0f), oneCommand, 0x10 | byte(col>>4), data}
	return append(head, dots...)
}

// columns are the upper (page 0) or lower half of a character, each of its rows drawn twice.
func columns(r rune, page, wide int) []byte {
	d, drawn := font.Of(r)
	if !drawn {
		d, _ = font.Of(font.Plain(r))
	}
	out := make([]byte, wide)
	for x := range 5 {
		for y, row := range d[page*4 : page*4+4] {
			if row&(0x10>>x) != 0 {
				out[x+(wide-5)/2] |= 3 << (2 * y)
			}
		}
	}
	return out
}
