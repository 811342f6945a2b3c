package wiring

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Sim is the preset of the simulated board.
const Sim = "sim"

// presets are boards that people build, wiring and all.
var presets = []Wiring{
	{
		Preset:    Sim,
		Keypad:    Keypad{Keys: []string{"123A", "456B", "789C", "*0#D"}, Debounce: 15 * time.Millisecond},
		Hook:      Hook{Lifted: "open", FlashMin: 100 * time.Millisecond, FlashMax: 900 * time.Millisecond},
		LCD:       LCD{Chip: "hd44780", Cols: 20, Rows: 4, Backpack: "usual", ROM: "a00", Backlight: "30s", Bright: 100},
		Functions: map[string]string{"A": "menu", "B": "hold", "C": "redial", "D": "mute"},
	},
	{ // docs/hardware: Raspberry Pi, membrane keypad, HD44780 on a PCF8574 backpack
		Preset: "pi-4x4-2004-i2c",
		Keypad: Keypad{
			Rows: []int{5, 6, 13, 19}, Cols: []int{12, 16, 20, 21},
			Keys: []string{"123A", "456B", "789C", "*0#D"}, Debounce: 15 * time.Millisecond,
		},
		Hook:      Hook{Pin: 26, Lifted: "open", FlashMin: 100 * time.Millisecond, FlashMax: 900 * time.Millisecond},
		LCD:       LCD{Chip: "hd44780", Cols: 20, Rows: 4, Bus: 1, Backpack: "usual", ROM: "a00", Backlight: "30s", Bright: 100},
		Lamps:     map[string]int{"message": 17},
		Functions: map[string]string{"A": "menu", "B": "hold", "C": "redial", "D": "mute"},
	},
	small(), withExpander(), manyKeys(), rotary(), door(), bare(),
}

// Presets are the names that board.preset may have, the simulated board first.
func Presets() []string {
	names := make([]string, len(presets))
	for i, p := range presets {
		names[i] = p.Preset
	}
	return names
}

// Preset returns a board by its name; its slices and maps are the caller's own.
func Preset(name string) (Wiring, bool) {
	for _, p := range presets {
		if p.Preset == name {
			w := p.clone()
			w.usual()
			return w, true
		}
	}
	return Wiring{}, false
}

func (w Wiring) clone() Wiring {
	w.Keypad.Rows, w.Keypad.Cols, w.Keypad.Keys = slices.Clone(w.Keypad.Rows), slices.Clone(w.Keypad.Cols), slices.Clone(w.Keypad.Keys)
	w.Keypad.Held, w.Ringer.Bell = copied(w.Keypad.Held), slices.Clone(w.Ringer.Bell)
	w.Buttons, w.Lamps, w.Functions = copied(w.Buttons), copied(w.Lamps), copied(w.Functions)
	w.LCD.Pins = maps.Clone(w.LCD.Pins)
	return w
}

// copied is a map of one's own, never nil.
func copied[V any](m map[string]V) map[string]V {
	own := make(map[string]V, len(m))
	maps.Copy(own, m)
	return own
}

// KeyList is every key legend there is: the keypad's row by row, the buttons, the digits of
// the dial.
func (w Wiring) KeyList() string {
	all := strings.ReplaceAll(strings.Join(w.Keypad.Keys, ""), " ", "") + strings.Join(sorted(w.Buttons), "")
	if w.Dial.Pulse != 0 {
		all += w.Dial.Digits
	}
	return all
}

// Has says that there is a key: on its own, as another one that is held, or, for the volume, on a
// remote panel.
func (w Wiring) Has(legend string) bool {
	keys := w.KeyList() + "+-" + strings.Join(slices.Collect(maps.Values(w.Keypad.Held)), "")
	return legend != "" && strings.Contains(keys, legend)
}
