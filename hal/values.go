package hal

import "time"

// A Key is a key by its legend: '0' to '9', '*', '#', 'A' to 'D', VolumeUp and
// VolumeDown. What it does is a setting (board.keypad.functions), not its name.
type Key rune

const (
	VolumeUp   Key = '+'
	VolumeDown Key = '-'
)

// Valid reports whether k may be on a keypad at all: printable ASCII.
func (k Key) Valid() bool { return k > ' ' && k <= '~' }

// Size of a display in characters.
type Size struct{ Cols, Rows int }

// The displays that ui renders for.
var (
	Size16x2 = Size{16, 2}
	Size20x4 = Size{20, 4}
)

// MaxRows is the most rows a frame can have.
const MaxRows = 4

// A Frame is what a display shows: Size.Rows lines of exactly Size.Cols runes each.
// Runes are printable ASCII without '\' and '~' (not in the usual HD44780 ROM), Letters and
// the Glyph runes. Frames compare with ==.
type Frame struct {
	Size  Size
	Text  [MaxRows]string // lines at and past Size.Rows are ""
	Light bool            // backlight
}

// Glyphs that boards draw themselves: custom characters on an HD44780.
const (
	GlyphLock  rune = '\uE000' // media and signalling are secure
	GlyphBell  rune = '\uE001' // a call rings
	GlyphArrow rune = '\uE002' // more below
)

// A Lamp is an LED by its purpose.
type Lamp string

const (
	LampLine    Lamp = "line"    // lit in a call, blinking while one rings
	LampMessage Lamp = "message" // messages or missed calls wait
	LampMute    Lamp = "mute"    // the microphone is off
	LampWatch   Lamp = "watch"   // a colleague is busy, blinking while one's phone rings
	LampPower   Lamp = "power"   // the phone works, blinking while it can reach nobody
)

// LampNames lists the lamps in the order in which panels draw them.
var LampNames = []Lamp{LampLine, LampMessage, LampMute, LampWatch, LampPower}

// KeyLamp is the lamp beside a key: what the key does, or whom it calls, says how it is lit.
func KeyLamp(k Key) Lamp { return Lamp(string(rune(k))) }

// A Pattern is how a lamp is lit.
type Pattern uint8

const (
	Off Pattern = iota
	On
	Blink // 500 ms on, 500 ms off
	Flash // 100 ms on, 100 ms off
)

// A Cadence is a bell's rhythm, repeated until it is stopped: On and Off of each
// pulse in turn; pulses at and past the first with On zero are not there. The zero
// Cadence is silence.
type Cadence [3]Pulse

// A Pulse is one stroke of a cadence and the pause after it.
type Pulse struct{ On, Off time.Duration }
