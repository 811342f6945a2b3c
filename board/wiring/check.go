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
	LampNames     = []string{"line", "message", "mute", "watch", "power"}
	FunctionNames = []string{"conference", "delete", "dnd", "flash", "headset", "hold", "mailbox", "menu", "mute", "none", "pickup", "record", "redial", "reject", "send", "speaker", "transfer", "volume_down", "volume_up"}
)

// maxSide is how many rows or columns a keypad has at most.
const maxSide = 8

// Check returns all that is wrong, in the order of the settings; nil: nothing.
func (w Wiring) Check() []Problem {
	c := &check{}
	if !slices.Contains(Presets(), w.Preset) {
		c.add("board.preset", "there is no %q; there is %s", w.Preset, strings.Join(Presets(), ", "))
	}
	c.keypad(w)
	if w.Preset != Sim {
		c.connected(w)
	}
	c.hook(w.Hook)
	c.lcd(w.LCD)
	c.parts(w)
	for _, name := range sorted(w.Lamps) {
		if !Lamp(name) {
			c.add("board.lamps."+name, "there is no such lamp; there is %s, and each key's own by its legend", strings.Join(LampNames, ", "))
		}
	}
	return c.problems
}

type check struct{ problems []Problem }

func (c *check) add(key, words string, more ...any) {
	c.problems = append(c.problems, Problem{key, fmt.Sprintf(words, more...)})
}

// pins are lines that exist, each used once.
func (c *check) pins(w Wiring) {
	all, used := w.Connections(), map[int]string{}
	for _, one := range all {
		if used[one.GPIO] == "" {
			used[one.GPIO] = one.Part
		}
	}
	seen := map[int]bool{}
	for _, one := range all {
		switch {
		case Line(one.GPIO) >= 0 && !w.exists(one.GPIO):
			c.add(one.Key, "%s is no line of the expander; there is %s", PinText(one.GPIO), w.Expander.words())
		case !w.exists(one.GPIO):
			c.add(one.Key, "GPIO %d of %s is not on the header for free use; free: %s", one.GPIO, one.Part, free(used))
		case seen[one.GPIO]:
			c.add(one.Key, "%s of %s is %s already; free: %s", PinWords(one.GPIO), one.Part, used[one.GPIO], free(used))
		}
		seen[one.GPIO] = true
	}
}

func (c *check) keypad(w Wiring) {
	k := w.Keypad
	if w.Preset != Sim && len(k.Keys) > 0 {
		if len(k.Rows) > maxSide || len(k.Cols) > maxSide {
			c.add("board.keypad.rows", "%d rows and %d columns; %d of each at most", len(k.Rows), len(k.Cols), maxSide)
		}
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
	if d := k.Debounce; len(k.Keys)+len(w.Buttons) > 0 && (d < time.Millisecond || d > 100*time.Millisecond) {
		c.add("board.keypad.debounce", "%v is outside of 1ms to 100ms", d)
	}
	for _, legend := range sorted(w.Functions) {
		if utf8.RuneCountInString(legend) != 1 || !w.Has(legend) {
			c.add("board.keypad.functions", "there is no key %q", legend)
		}
		name := w.Functions[legend]
		if _, calls := CallFunction(name); !calls && !slices.Contains(FunctionNames, name) {
			c.add("board.keypad.functions", "%s: there is no function %q; there is %s, and call with a number", legend, name, strings.Join(FunctionNames, " "))
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
