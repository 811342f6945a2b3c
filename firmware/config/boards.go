package config

import (
	"fmt"
	"maps"
	"strings"

	"github.com/offhook/offhook/board/wiring"
)

// board is the [board] section: the preset, changed by what is given.
func (b *builder) board() wiring.Wiring {
	w, known := wiring.Preset(b.text("board.preset"))
	if !known {
		w, _ = wiring.Preset(wiring.Sim) // reported; the rest is checked against this
	}
	w.Chip = b.text("board.chip")
	w.Brightness = or(b, "board.brightness", w.Brightness)
	w.Keypad.Rows = or(b, "board.keypad.rows", w.Keypad.Rows)
	w.Keypad.Cols = or(b, "board.keypad.cols", w.Keypad.Cols)
	w.Keypad.Keys = or(b, "board.keypad.keys", w.Keypad.Keys)
	w.Keypad.Debounce = or(b, "board.keypad.debounce", w.Keypad.Debounce)
	w.Hook.Pin = or(b, "board.hook.pin", w.Hook.Pin)
	w.Hook.Lifted = or(b, "board.hook.lifted", w.Hook.Lifted)
	w.Hook.FlashMin = or(b, "board.hook.flash_min", w.Hook.FlashMin)
	w.Hook.FlashMax = or(b, "board.hook.flash_max", w.Hook.FlashMax)
	w.LCD.Cols, w.LCD.Rows, _ = lcdSize(or(b, "board.lcd.size", sizeText(w.LCD)))
	w.LCD.Chip = or(b, "board.lcd.chip", w.LCD.Chip)
	w.LCD.Bright = or(b, "board.lcd.bright", w.LCD.Bright)
	w.LCD.Dim = or(b, "board.lcd.dim", w.LCD.Dim)
	w.LCD.Bus = or(b, "board.lcd.bus", w.LCD.Bus)
	w.LCD.Address = or(b, "board.lcd.address", w.LCD.Address)
	w.LCD.Backpack = or(b, "board.lcd.backpack", w.LCD.Backpack)
	w.LCD.Pins = or(b, "board.lcd.pins", w.LCD.Pins)
	w.LCD.Lamp = or(b, "board.lcd.light", w.LCD.Lamp)
	w.LCD.ROM = or(b, "board.lcd.rom", w.LCD.ROM)
	w.LCD.Backlight = or(b, "board.lcd.backlight", w.LCD.Backlight)
	b.contacts(&w)
	b.outputs(&w)
	own := or(b, "board.keypad.functions", map[string]string(nil))
	maps.DeleteFunc(w.Functions, func(legend, _ string) bool { return !w.Has(legend) }) // keys that the preset alone has
	w.Functions = join(w.Functions, own)
	b.stands("board.keypad.functions", w.Functions)
	for _, p := range w.Check() {
		b.complain(p.Key, flaw{words: p.Words})
	}
	return w
}

// contacts are the keys beside the matrix, and the dial.
func (b *builder) contacts(w *wiring.Wiring) {
	w.Buttons = wired(w.Buttons, or(b, "board.buttons", map[string]int(nil)))
	b.stands("board.buttons", w.Buttons)
	w.Dial.Pulse = or(b, "board.dial.pulse", w.Dial.Pulse)
	w.Dial.Turned = or(b, "board.dial.turned", w.Dial.Turned)
	w.Dial.Rest = or(b, "board.dial.rest", w.Dial.Rest)
	w.Dial.Digits = or(b, "board.dial.digits", w.Dial.Digits)
	own, keys := or(b, "board.keypad.held", map[string]string(nil)), w.KeyList()
	maps.DeleteFunc(w.Keypad.Held, func(legend, _ string) bool { return !strings.Contains(keys, legend) })
	w.Keypad.Held = join(w.Keypad.Held, own)
	b.stands("board.keypad.held", w.Keypad.Held)
}

// outputs are lamps, ringer and expander.
func (b *builder) outputs(w *wiring.Wiring) {
	w.Lamps = wired(w.Lamps, or(b, "board.lamps", map[string]int(nil)))
	b.stands("board.lamps", w.Lamps)
	w.Ringer.Bell = or(b, "board.ringer.bell", w.Ringer.Bell)
	w.Ringer.Buzzer = or(b, "board.ringer.buzzer", w.Ringer.Buzzer)
	w.Ringer.Frequency = or(b, "board.ringer.frequency", w.Ringer.Frequency)
	w.Expander.Chip = or(b, "board.expander.chip", w.Expander.Chip)
	w.Expander.Bus = or(b, "board.expander.bus", w.Expander.Bus)
	w.Expander.Address = or(b, "board.expander.address", w.Expander.Address)
	w.Expander.Interrupt = or(b, "board.expander.interrupt", w.Expander.Interrupt)
}

// calls says that a key's function is to call a number.
func calls(function string) bool {
	_, is := wiring.CallFunction(function)
	return is
}

// oneLetter says that a name is a key's legend.
func oneLetter(name string) bool { return len(name) == 1 && name[0] > ' ' && name[0] <= '~' }

func sizeText(l wiring.LCD) string {
	if l.Cols == 0 {
		return "none"
	}
	return fmt.Sprintf("%dx%d", l.Cols, l.Rows)
}

// lcdSize reads "20x4"; "none" is a phone without a display.
func lcdSize(s string) (cols, rows int, ok bool) {
	if s == "none" {
		return 0, 0, true
	}
	n, err := fmt.Sscanf(s, "%dx%d", &cols, &rows)
	return cols, rows, n == 2 && err == nil && s == fmt.Sprintf("%dx%d", cols, rows)
}

func size(s string) string {
	if _, _, ok := lcdSize(s); !ok || strings.HasPrefix(s, "0") {
		return fmt.Sprintf(`%q is no size of a display; write it like "20x4", or "none"`, clip(s))
	}
	return ""
}

// wired is a with what b adds, changes and, by the pin 0, takes out.
func wired(a, b map[string]int) map[string]int {
	all := join(a, b)
	maps.DeleteFunc(all, func(_ string, pin int) bool { return pin == 0 })
	return all
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
