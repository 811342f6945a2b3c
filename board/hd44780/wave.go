package hd44780

import "time"

// Lines are the display's wires that can be driven, one bit each.
type Lines uint16

// D0 to D7 are bits 0 to 7.
const (
	RS    Lines = 1 << 8  // high: data, low: an instruction
	RW    Lines = 1 << 9  // low: write. Nothing is ever read
	E     Lines = 1 << 10 // what stands on the others is taken when it falls
	Light Lines = 1 << 11 // the backlight, lit when high
)

// Least times between edges at 2.7 to 4.5 V, where they are longest (bus timing characteristics
// and figure 25, p. 49).
const (
	pulse  = time.Microsecond // 450 ns that E is high, 195 ns before it falls that data stand
	settle = time.Microsecond // 60 ns before E rises that RS stands, 1000 ns between two rises
)

// A Level is how the lines stand, for so long at least.
type Level struct {
	Lines Lines
	For   time.Duration
}

// Wave is how the wires move for these writes: over D4 to D7 with 4 bits, over all with 8.
// rest is how they stand before, with E low; what it says of the backlight holds on.
func Wave(all []Write, bits int, rest Lines) []Level {
	rest &= Light | RS
	var w []Level
	put := func(value byte, rs Lines, takes time.Duration) {
		lines := Lines(value) | rest&Light | rs
		if rest&RS != rs {
			w = append(w, Level{lines, settle})
		}
		w = append(w, Level{lines | E, pulse}, Level{lines, max(takes, settle)})
		rest = lines & (Light | RS)
	}
	for _, one := range all {
		rs := Lines(0)
		if one.Data {
			rs = RS
		}
		switch {
		case bits == 8:
			put(one.Value, rs, one.Takes)
		case one.Nibble:
			put(one.Value&0xf0, rs, one.Takes)
		default:
			put(one.Value&0xf0, rs, 0)
			put(one.Value<<4, rs, one.Takes)
		}
	}
	return w
}

// Calm is how an expander's lines stand when it gets its power, but for E, which must fall
// before the others move (p. 49): what wakes a display behind one begins with it.
const Calm = RS | RW | Light | 0xff

// WakeWave is the wave of Wake, with E low before. A write that was cut short may end with E
// falling, and the display work on it: it is let finish.
func WakeWave(bits int, light Lines) []Level {
	calm := Level{light & Light, timeHome}
	return append([]Level{calm}, Wave(Wake(bits), bits, light&Light)...)
}
