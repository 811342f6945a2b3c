// Package hd44780 is the language of HD44780 character displays: what to write so that one
// shows a frame, and how that goes over its wires. It is pure: it owns instructions, times,
// character codes and what a display is known to show. It refuses to touch a bus, a pin or a
// clock. Pages are those of Hitachi's HD44780U datasheet (ADE-207-272).
package hd44780

import "time"

// Instructions (table 6, p. 24).
const (
	insHome      = 0x02 // and takes a shift back
	insEntry     = 0x06 // the cursor moves right, the text stands
	insOn        = 0x0c // without a cursor
	insFunction4 = 0x28 // 4 bits, 2 lines, 5×8 dots
	insFunction8 = 0x38 // the same with 8 bits
	insCG        = 0x40 // address of a character's drawing
	insDD        = 0x80 // address of what is displayed
)

// Times that an instruction takes (table 6, p. 24 and 25) and that the start waits (figures 23
// and 24, p. 45 and 46). The datasheet gives them at 270 kHz; a display whose oscillator runs at
// 190 kHz, the least that its resistor may make of it (p. 49), takes 270/190 of that. Nothing
// here clears the display: the table has no time for that.
const (
	timeWrite = 60 * time.Microsecond   // 37 µs, and 4 µs until the address has moved on (tADD, p. 25)
	timeHome  = 2160 * time.Microsecond // 1.52 ms (return home, p. 24)
	timeFirst = 5830 * time.Microsecond // 4.1 ms after the first function set
	timeAgain = 143 * time.Microsecond  // 100 µs after the second
)

// A Write is one write to the display, and how long it works on it: nothing else may be
// written meanwhile.
type Write struct {
	Data   bool // a character or a row of its drawing; else an instruction
	Nibble bool // only the upper four bits, as the start needs where there are four wires
	Value  byte
	Takes  time.Duration
}

func instruct(v byte, takes time.Duration) Write { return Write{Value: v, Takes: takes} }

// PowerTime is how long after its power came a display may not be written to (figures 23 and
// 24, p. 45 and 46: 40 ms from 2.7 V on).
const PowerTime = 40 * time.Millisecond

// Wake takes a display into a known state with wires of 4 or 8 bits, from whatever state it
// was in: just powered, half of a byte written, shifted, reset by a voltage that fell too far
// for it but not for the computer. What is displayed stays, so that a display that was well
// shows no flicker.
//
// It is the start by instruction of figures 23 and 24 (p. 45 and 46), with "return home" in
// place of "clear", and the display left on or off as it is: Draw switches it on when its
// text is there. All three waits are the longest one, since the first half may end a byte
// that was begun before, as another instruction.
func Wake(bits int) []Write {
	four := bits == 4
	all := []Write{{Nibble: four, Value: 0x30, Takes: timeFirst}, {Nibble: four, Value: 0x30, Takes: timeFirst}, {Nibble: four, Value: 0x30, Takes: timeFirst}}
	if four {
		all = append(all, Write{Nibble: true, Value: 0x20, Takes: timeAgain}, instruct(insFunction4, timeWrite))
	} else {
		all = append(all, instruct(insFunction8, timeWrite))
	}
	return append(all, instruct(insEntry, timeWrite), instruct(insHome, timeHome))
}
