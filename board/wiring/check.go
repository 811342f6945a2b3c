package wiring

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// A Problem is one mistake: the setting that has it, by its full name ("board.hook.pin"),
// and a plain sentence without the name and the full stop.
type Problem struct{ Key, Words string }

// Lamps and functions that there are.
var (
	LampNames     = []string{"line", "message", "mute", "watch"}
	FunctionNames = []string{"conference", "delete", "dnd", "flash", "headset", "hold", "mailbox", "menu", "mute", "none", "pickup", "record", "redial", "reject", "send", "speaker", "transfer", "volume_down", "volume_up"}
)

// sizes of displays that are sold.
var sizes = [][2]int{{8, 2}, {16, 1}, {16, 2}, {16, 4}, {20, 2}, {20, 4}, {40, 2}}

// Check returns all that is wrong, in the order of the settings; nil: nothing.
func (w Wiring) Check() []Problem {
	c := &check{}
	if !slices.Contains(Presets(), w.Preset) {
		c.add("board.preset", "there is no %q; there is %s", w.Preset, strings.Join(Presets(), ", "))
	}
	c.keypad(w)
	if w.Preset != Sim {
		c.pins(w.Connections())
	}
	c.hook(w.Hook)
	c.lcd(w.LCD)
	for _, name := range sorted(w.Lamps) {
		if !slices.Contains(LampNames, name) {
			c.add("board.lamps."+name, "there is no such lamp; there is %s", strings.Join(LampNames, ", "))
		}
	}
	return c.problems
}

type check struct{ problems []Problem }

func (c *check) add(key, words string, more ...any) {
	c.problems = append(c.problems, Problem{key, fmt.Sprintf(words, more...)})
}

// pins are lines that exist, each used once.
func (c *check) pins(all []Connection) {
	used := map[int]string{}
	for _, one := range all {
		if used[one.GPIO] == "" {
			used[one.GPIO] = one.Part
		}
	}
	seen := map[int]bool{}
	for _, one := range all {
		switch {
		case HeaderPin(one.GPIO) == 0:
			c.add(one.Key, "GPIO %d of %s is not on the header for free use; free: %s", one.GPIO, one.Part, free(used))
		case seen[one.GPIO]:
			c.add(one.Key, "GPIO %d of %s is %s already; free: %s", one.GPIO, one.Part, used[one.GPIO], free(used))
		}
		seen[one.GPIO] = true
	}
}

func (c *check) keypad(w Wiring) {
	k := w.Keypad
	if w.Preset != Sim && len(k.Keys) > 0 {
		if len(k.Keys) != len(k.Rows) {
			c.add("board.keypad.keys", "%d rows of keys for %d row pins", len(k.Keys), len(k.Rows))
		}
		for i, row := range k.Keys {
			if n := utf8.RuneCountInString(row); n != len(k.Cols) {
				c.add("board.keypad.keys", "row %d, %q, has %d keys for %d column pins", i+1, row, n, len(k.Cols))
			}
		}
	}
	seen := map[rune]bool{}
	for _, key := range w.KeyList() {
		switch {
		case key <= ' ' || key > '~':
			c.add("board.keypad.keys", "%q cannot be on a key; use 0-9 * # A-D + -", key)
		case seen[key]:
			c.add("board.keypad.keys", "the key %q is there twice", key)
		}
		seen[key] = true
	}
	if d := k.Debounce; len(k.Keys) > 0 && (d < time.Millisecond || d > 100*time.Millisecond) {
		c.add("board.keypad.debounce", "%v is outside of 1ms to 100ms", d)
	}
	for _, legend := range sorted(w.Functions) {
		if r := []rune(legend); len(r) != 1 || !seen[r[0]] && legend != "+" && legend != "-" {
			c.add("board.keypad.functions", "there is no key %q", legend)
		}
		if name := w.Functions[legend]; !slices.Contains(FunctionNames, name) {
			c.add("board.keypad.functions", "%s: there is no function %q; there is %s", legend, name, strings.Join(FunctionNames, " "))
		}
	}
}

func (c *check) hook(h Hook) {
	if h.Lifted != "open" && h.Lifted != "closed" {
		c.add("board.hook.lifted", "%q is neither open nor closed", h.Lifted)
	}
	if h.FlashMin >= h.FlashMax {
		c.add("board.hook.flash_min", "%v is not shorter than flash_max, %v", h.FlashMin, h.FlashMax)
	}
}

func (c *check) lcd(l LCD) {
	if l.Cols == 0 && l.Rows == 0 {
		return // no display
	}
	if !slices.Contains(sizes, [2]int{l.Cols, l.Rows}) {
		c.add("board.lcd.size", "no display has %dx%d characters; 16x2 and 20x4 are usual", l.Cols, l.Rows)
	}
	if l.Bus < 0 || l.Bus > 31 {
		c.add("board.lcd.bus", "there is no I2C bus %d; the header has bus 1", l.Bus)
	}
	if a := l.Address; a != 0 && (a < 0x20 || a > 0x27) && (a < 0x38 || a > 0x3f) {
		c.add("board.lcd.address", "0x%02x is no address of a PCF8574 (0x20 to 0x27) or PCF8574A (0x38 to 0x3f); leave it out to search", a)
	}
	if _, _, err := l.Light(); err != nil {
		c.add("board.lcd.backlight", "%v", err)
	}
}

// Light says how the backlight behaves: dark is never lit, after 0 is always lit, else it
// goes dark when nothing was touched for so long.
func (l LCD) Light() (after time.Duration, dark bool, err error) {
	switch l.Backlight {
	case "on", "":
		return 0, false, nil
	case "off":
		return 0, true, nil
	}
	after, err = time.ParseDuration(l.Backlight)
	if err != nil || after < time.Second || after > 24*time.Hour {
		return 0, false, fmt.Errorf(`%q is not "on", "off" or a time like "30s"`, l.Backlight)
	}
	return after, false, nil
}
