// Package wiring is the specification of a board: which part hangs on which pin, and
// what may be wrong with that. It is pure; board opens what it describes.
package wiring

import "time"

// A Wiring is the [board] section of offhook.toml, presets filled in, checked.
type Wiring struct {
	Preset     string // "sim": the simulated board
	Chip       string // label of the GPIO chip that pins are lines of; "": a Raspberry Pi's header
	Keypad     Keypad
	Buttons    map[string]int // keys beside the matrix: legend to the pin that each closes to ground
	Dial       Dial
	Hook       Hook
	LCD        LCD
	Lamps      map[string]int // to its pin: lamp name, or the legend of the key that it is beside
	Brightness int            // of the lamps on PWM channels, in percent
	Ringer     Ringer
	Expander   Expander
	Functions  map[string]string // key legend to function name: "A" to "menu"
}

// Keypad is a key matrix, all of it on the header or all of it on the expander.
type Keypad struct {
	Rows, Cols []int             // pins
	Keys       []string          // one string per row, one key legend per column; ' ' where there is none
	Held       map[string]string // key legend to the one that it is when it is held for a while
	Debounce   time.Duration
}

// Hook is the hook switch.
type Hook struct {
	Pin      int
	Lifted   string // contact while the handset is lifted: "open" or "closed"
	FlashMin time.Duration
	FlashMax time.Duration
}
