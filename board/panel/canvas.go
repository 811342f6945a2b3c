package panel

import (
	"strconv"
	"strings"
)

// What a terminal is told first and last (ECMA-48, and xterm's private modes): the other
// screen, no cursor, pasted text in brackets.
const (
	enter = "\x1b[?1049h\x1b[?25l\x1b[?2004h"
	leave = "\x1b[?2004l\x1b[?25h\x1b[0m\x1b[?1049l"
)

// A canvas knows the rows that a terminal shows. The zero value knows nothing of it.
type canvas struct {
	rows  []string
	known bool
}

// paint returns what makes a terminal show these rows, and nothing else; anew: in place of
// whatever it shows now. Only rows that changed are written, each at its own
// place: so it does not matter what the line between does with tabs and line feeds, as long
// as no row is wider than the terminal. A row is cleared before it is written: after one that
// fills the terminal the cursor would still be on its last character.
func (c *canvas) paint(rows []string, anew bool) string {
	var b strings.Builder
	if !c.known || anew {
		b.WriteString("\x1b[0m\x1b[2J") // ED
		c.rows, c.known = nil, true
	}
	for i := range max(len(rows), len(c.rows)) {
		is, was := row(rows, i), row(c.rows, i)
		if is != was {
			b.WriteString("\x1b[" + strconv.Itoa(i+1) + ";1H\x1b[K" + is) // CUP, EL
		}
	}
	c.rows = rows
	return b.String()
}

func row(rows []string, i int) string {
	if i < len(rows) {
		return rows[i]
	}
	return ""
}
