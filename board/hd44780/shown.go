package hd44780

import (
	"github.com/offhook/offhook/board/font"
	"github.com/offhook/offhook/hal"
)

// maxCols is the most that a row of the display's memory holds (p. 10).
const maxCols = 40

// drawings is how many characters a display can be taught at a time (p. 13).
const drawings = 8

// Shown is what a display is known to show: a value. The zero Shown knows nothing, which is
// right after Wake.
type Shown struct {
	rom   ROM
	size  hal.Size                   // zero: nothing is known
	cells [hal.MaxRows][maxCols]byte // codes
	slots [drawings]rune             // what is drawn; 0: not known
}

// Unknown is a display of which nothing but its ROM is known.
func Unknown(m ROM) Shown { return Shown{rom: m} }

// span is a part of a row that lies in one piece of the display's memory.
type span struct {
	row, from, to int // columns
	address       byte
}

// spans are where a display's rows lie: those of four are two long ones cut in half (p. 12,
// and the datasheets of 20×4 modules). A single row of 16 is one, or on other modules two of
// 8: what is written to both is right on each.
func spans(s hal.Size) []span {
	var all []span
	for row := range min(s.Rows, hal.MaxRows) {
		at := byte(row%2*0x40 + row/2*s.Cols)
		all = append(all, span{row, 0, min(s.Cols, maxCols), at})
	}
	if s == (hal.Size{Cols: 16, Rows: 1}) {
		all = append(all, span{0, 8, 16, 0x40})
	}
	return all
}

// Draw returns what to write so that a display that shows s shows f, and what it shows then:
// the cells that differ, and drawings that it has not been taught. A display of which nothing
// is known is written whole, and switched on at the end. Nothing is written where nothing
// differs.
//
// Characters that are not in the ROM are drawn, up to eight at a time, those of the glyphs
// first; the rest are shown as what they look like.
func (s Shown) Draw(f hal.Frame) (Shown, []Write) {
	fresh := s.size != f.Size
	now := Shown{rom: s.rom, size: f.Size, slots: s.slots}
	if fresh {
		now.slots = [drawings]rune{}
	}
	now.assign(f)
	var all []Write
	for i, r := range now.slots {
		if r != 0 && (fresh || r != s.slots[i]) {
			d, _ := font.Of(r)
			all = append(all, instruct(insCG|byte(i)<<3, timeWrite))
			for _, row := range d {
				all = append(all, Write{Data: true, Value: row, Takes: timeWrite})
			}
		}
	}
	for i := range min(f.Size.Rows, hal.MaxRows) {
		col := 0
		for _, r := range f.Text[i] {
			if col == maxCols {
				break
			}
			now.cells[i][col] = now.codeOf(r)
			col++
		}
		for ; col < min(f.Size.Cols, maxCols); col++ {
			now.cells[i][col] = ' '
		}
	}
	for _, p := range spans(f.Size) {
		all = append(all, now.runs(s, p, fresh)...)
	}
	if fresh {
		all = append(all, instruct(insOn, timeWrite))
	}
	return now, all
}

// runs are the cells of a span that differ. A single cell that does not, between two that do,
// is written again: an address takes as long.
func (s Shown) runs(was Shown, p span, fresh bool) []Write {
	differs := func(col int) bool {
		return col < p.to && (fresh || s.cells[p.row][col] != was.cells[p.row][col])
	}
	var all []Write
	for col := p.from; col < p.to; col++ {
		if !differs(col) {
			continue
		}
		all = append(all, instruct(insDD|p.address+byte(col-p.from), timeWrite))
		for ; differs(col) || differs(col+1); col++ {
			all = append(all, Write{Data: true, Value: s.cells[p.row][col], Takes: timeWrite})
		}
	}
	return all
}

// codeOf is a character's code on this display, drawn ones included.
func (s Shown) codeOf(r rune) byte {
	for i, drawn := range s.slots {
		if drawn == r && r != 0 {
			return byte(i)
		}
	}
	if c, there := s.rom.code(r); there {
		return c
	}
	return s.rom.plain(r)
}

// assign gives what the frame needs drawn a place: one that is drawn keeps its own, a new one
// takes that of one that is not needed. Glyphs come before letters, which others may stand for.
func (s *Shown) assign(f hal.Frame) {
	var wanted [drawings]rune
	count := 0
	for _, glyphs := range []bool{true, false} {
		for i := range min(f.Size.Rows, hal.MaxRows) {
			for _, r := range f.Text[i] {
				_, inROM := s.rom.code(r)
				_, drawn := font.Of(r)
				if inROM || !drawn || glyphs != isGlyph(r) || count == drawings || has(wanted, r) {
					continue
				}
				wanted[count] = r
				count++
			}
		}
	}
	for _, r := range wanted[:count] {
		if has(s.slots, r) {
			continue
		}
		for i, old := range s.slots {
			if old == 0 || !has(wanted, old) {
				s.slots[i] = r
				break
			}
		}
	}
}

// isGlyph says that a character is hal's own, in Unicode's private use area.
func isGlyph(r rune) bool { return r >= '\uE000' && r <= '\uF8FF' }

func has(all [drawings]rune, r rune) bool {
	for _, one := range all {
		if one == r {
			return true
		}
	}
	return false
}
