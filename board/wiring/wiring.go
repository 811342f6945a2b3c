// Package wiring is the specification of a board: which part hangs on which pin, and
// what may be wrong with that. It is pure; board opens what it describes.
package wiring

import "time"

// A Wiring is the [board] section of offhook.toml, presets filled in, checked.
type Wiring struct {
	Preset    string // "sim": the simulated board
	Keypad    Keypad
	Hook      Hook
	LCD       LCD
	Lamps     map[string]int    // lamp name to GPIO (BCM) number
	Functions map[string]string // key legend to function name: "A" to "menu"
}

// Keypad is a key matrix on GPIO lines.
type Keypad struct {
	Rows, Cols []int    // GPIO (BCM) numbers
	Keys       []string // one string per row, one key legend per column
	Debounce   time.Duration
}

// Hook is the hook switch.
type Hook struct {
	Pin      int
	Lifted   string // contact while the handset is lifted: "open" or "closed"
	FlashMin time.Duration
	FlashMax time.Duration
}
