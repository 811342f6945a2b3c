package ssd1306test

import "strings"

// Unknown is what Text has for dots that are no character.
const Unknown = '\uFFFD'

// Text is what a person reads in a grid of characters, wide dots apart and 16 high, in the
// middle of the glass: each is five dots in eight rows, every row of it twice. drawn names a
// character by its dots.
func (c *Chip) Text(cols, wide int, drawn func(dots [8]byte) rune) []string {
	all := c.Dots()
	left := (128 - cols*wide) / 2
	rows := make([]string, c.Rows/16)
	for i := range rows {
		var b strings.Builder
		for col := range cols {
			b.WriteRune(char(all[i*16:i*16+16], left+col*wide, wide, drawn))
		}
		rows[i] = b.String()
	}
	for y := range all { // nothing may shine beside the text
		for x := range 128 {
			if all[y][x] && (x < left || x >= left+cols*wide) {
				rows[y/16] = "(noise)"
			}
		}
	}
	return rows
}

func char(rows [][]bool, left, wide int, drawn func([8]byte) rune) rune {
	var dots [8]byte
	at := left + (wide-5)/2
	for y := range rows {
		for x := left; x < left+wide; x++ {
			switch {
			case !rows[y][x]:
			case x < at || x >= at+5 || !rows[y^1][x]:
				return Unknown
			default:
				dots[y/2] |= 0x10 >> (x - at)
			}
		}
	}
	return drawn(dots)
}
