package config

import (
	"fmt"
	"maps"
	"time"

	"github.com/offhook/offhook/board/wiring"
)

// presets are the wirings that board.preset names.
func presets() []string { return []string{"sim"} }

func preset(name string) wiring.Wiring {
	return wiring.Wiring{
		Preset:    name,
		Keypad:    wiring.Keypad{Keys: []string{"123A", "456B", "789C", "*0#D"}, Debounce: 15 * time.Millisecond},
		Hook:      wiring.Hook{Lifted: "open"},
		LCD:       wiring.LCD{Cols: 20, Rows: 4},
		Functions: map[string]string{"A": "menu", "B": "hold", "C": "redial", "D": "mute"},
	}
}

// board is the [board] section: the preset, changed by what is given.
func (b *builder) board() wiring.Wiring {
	w := preset(b.text("board.preset"))
	w.Keypad.Rows = or(b, "board.keypad.rows", w.Keypad.Rows)
	w.Keypad.Cols = or(b, "board.keypad.cols", w.Keypad.Cols)
	w.Keypad.Keys = or(b, "board.keypad.keys", w.Keypad.Keys)
	w.Keypad.Debounce = or(b, "board.keypad.debounce", w.Keypad.Debounce)
	w.Hook.Pin = or(b, "board.hook.pin", w.Hook.Pin)
	w.Hook.Lifted = or(b, "board.hook.lifted", w.Hook.Lifted)
	w.Hook.FlashMin = b.span("board.hook.flash_min")
	w.Hook.FlashMax = b.span("board.hook.flash_max")
	size := fmt.Sprintf("%dx%d", w.LCD.Cols, w.LCD.Rows)
	if _, err := fmt.Sscanf(or(b, "board.lcd.size", size), "%dx%d", &w.LCD.Cols, &w.LCD.Rows); err != nil {
		w.LCD.Cols, w.LCD.Rows = 20, 4
	}
	w.LCD.Bus = or(b, "board.lcd.bus", w.LCD.Bus)
	w.LCD.Address = or(b, "board.lcd.address", w.LCD.Address)
	w.Functions = join(w.Functions, or(b, "board.keypad.functions", map[string]string(nil)))
	b.stands("board.keypad.functions", w.Functions)
	w.Lamps = join(w.Lamps, or(b, "board.lamps", map[string]int(nil)))
	b.stands("board.lamps", w.Lamps)
	if w.Hook.FlashMin >= w.Hook.FlashMax {
		b.complain("board.hook.flash_max", flaw{words: fmt.Sprintf("not longer than flash_min, %s", w.Hook.FlashMin), what: "too short"})
	}
	return w
}

// join is a with what b adds and changes.
func join[T any](a, b map[string]T) map[string]T {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]T{}
	}
	maps.Copy(all, b)
	return all
}
