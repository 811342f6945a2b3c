package wiring

import "time"

// usual fills in what a preset does not say, so that a part that is added to it works.
func (w *Wiring) usual() {
	set := func(at *int, to int) {
		if *at == 0 {
			*at = to
		}
	}
	word := func(at *string, to string) {
		if *at == "" {
			*at = to
		}
	}
	set(&w.Brightness, 100)
	set(&w.Ringer.Frequency, 25)
	word(&w.Dial.Rest, "closed")
	word(&w.Dial.Digits, "1234567890")
	word(&w.Expander.Chip, "none")
	set(&w.Expander.Address, 0x20)
	word(&w.LCD.Backlight, "30s")
	word(&w.LCD.Backpack, "usual")
	word(&w.LCD.ROM, "a00")
	word(&w.LCD.Chip, "hd44780")
	set(&w.LCD.Bright, 100)
	if w.Preset != Sim {
		set(&w.Expander.Bus, 1)
		set(&w.LCD.Bus, 1)
	}
	if w.Keypad.Debounce == 0 {
		w.Keypad.Debounce = 15 * time.Millisecond
	}
}

// cradle is a hook switch that opens when the handset is lifted.
func cradle(pin int) Hook {
	return Hook{Pin: pin, Lifted: "open", FlashMin: 100 * time.Millisecond, FlashMax: 900 * time.Millisecond}
}

var twelve = []string{"123", "456", "789", "*0#"}

// bare is a board of which nothing is wired, to write one's own on.
func bare() Wiring {
	return Wiring{Preset: "pi", Hook: Hook{Lifted: "open", FlashMin: 100 * time.Millisecond, FlashMax: 900 * time.Millisecond}}
}

// small is the 4x4 keypad with the smaller display.
func small() Wiring {
	return Wiring{
		Preset: "pi-4x4-1602-i2c",
		Keypad: Keypad{
			Rows: []int{5, 6, 13, 19}, Cols: []int{12, 16, 20, 21},
			Keys: []string{"123A", "456B", "789C", "*0#D"},
		},
		Hook:      cradle(26),
		LCD:       LCD{Cols: 16, Rows: 2, Bus: 1, Backlight: "30s"},
		Lamps:     map[string]int{"message": 17},
		Functions: map[string]string{"A": "menu", "B": "hold", "C": "redial", "D": "mute"},
	}
}

// withExpander is a telephone's own keypad, all of it on two wires beside the display.
func withExpander() Wiring {
	return Wiring{
		Preset: "pi-3x4-1602-pcf8574",
		Keypad: Keypad{
			Rows: []int{firstP, firstP + 1, firstP + 2, firstP + 3}, Cols: []int{firstP + 4, firstP + 5, firstP + 6},
			Keys: twelve,
			Held: map[string]string{"*": "A", "0": "B", "#": "C"},
		},
		Hook:      cradle(26),
		LCD:       LCD{Cols: 16, Rows: 2, Bus: 1, Address: 0x27, Backlight: "30s"},
		Lamps:     map[string]int{"message": 17},
		Expander:  Expander{Chip: "pcf8574", Bus: 1, Address: 0x20, Interrupt: 4},
		Functions: map[string]string{"A": "menu", "B": "hold", "C": "redial"},
	}
}

// manyKeys is a desk telephone: a matrix of 6x4 with a key for everything, and lamps beside
// those that have a state.
func manyKeys() Wiring {
	return Wiring{
		Preset: "pi-6x4-2004-mcp23017",
		Keypad: Keypad{
			Rows: []int{firstPort, firstPort + 1, firstPort + 2, firstPort + 3, firstPort + 4, firstPort + 5},
			Cols: []int{firstPort + 8, firstPort + 9, firstPort + 10, firstPort + 11},
			Keys: []string{"123A", "456B", "789C", "*0#D", "SHTM", "+-EF"},
		},
		Hook:     cradle(26),
		LCD:      LCD{Cols: 20, Rows: 4, Bus: 1, Address: 0x27, Backlight: "30s"},
		Lamps:    map[string]int{"line": 16, "message": 17, "mute": 27, "S": 22, "E": firstPort + 7, "F": firstPort + 15, "power": 24},
		Expander: Expander{Chip: "mcp23017", Bus: 1, Address: 0x20, Interrupt: 4},
		Functions: map[string]string{
			"A": "menu", "B": "hold", "C": "redial", "D": "mute", "S": "speaker", "H": "headset", "T": "transfer", "M": "mailbox",
			"+": "volume_up", "-": "volume_down", "E": "call 600", "F": "call 601",
		},
	}
}

// rotary is an old telephone as it stands: dial, cradle and bell, and a button for the rest.
func rotary() Wiring {
	return Wiring{
		Preset:    "pi-rotary-bell",
		Buttons:   map[string]int{"B": 22},
		Dial:      Dial{Pulse: 5, Turned: 6},
		Hook:      cradle(26),
		Ringer:    Ringer{Bell: []int{23, 24}},
		Lamps:     map[string]int{"message": 17},
		Functions: map[string]string{"B": "hold"},
	}
}

// door is a door station: one button that calls, a loudspeaker, and a lamp that says so.
func door() Wiring {
	return Wiring{
		Preset:    "pi-door",
		Buttons:   map[string]int{"D": 17},
		Hook:      Hook{Lifted: "open", FlashMin: 100 * time.Millisecond, FlashMax: 900 * time.Millisecond},
		Lamps:     map[string]int{"line": 27, "power": 22},
		Ringer:    Ringer{Buzzer: 23},
		Functions: map[string]string{"D": "call 600"},
	}
}

// About says in one sentence what a preset is; "" for one that is not there.
func About(preset string) string {
	return map[string]string{
		Sim:                    "The simulated board: keys, display, lamps and bell on your terminal.",
		"pi":                   "A Raspberry Pi with nothing wired to it: write what you have, or let `offhook learn` find it.",
		"pi-4x4-2004-i2c":      "A membrane keypad of sixteen keys and a display of four rows: the phone that the other pages of this project show.",
		"pi-4x4-1602-i2c":      "The same with the smaller display that most people have in a drawer.",
		"pi-3x4-1602-pcf8574":  "The twelve keys of a telephone behind an expander: all of the keypad on four wires. Held keys stand for those that a telephone lacks.",
		"pi-6x4-2004-mcp23017": "A desk telephone with a key for everything, lamps beside those that have a state, and two keys that call.",
		"pi-rotary-bell":       "An old telephone as it stands: its dial, its cradle and its bell. No display; a lamp says that there is news.",
		"pi-door":              "A door station: one button that calls, a loudspeaker, a lamp that says that it does.",
	}[preset]
}
