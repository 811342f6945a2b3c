package wiring

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// CallPrefix begins a function that calls a number: "call 202".
const CallPrefix = "call "

// MaxCalls is how many keys can call a number.
const MaxCalls = 24

// longestNumber bounds what a key can call.
const longestNumber = 64

// CallFunction says that a function calls a number, and which.
func CallFunction(function string) (number string, is bool) {
	number, is = strings.CutPrefix(function, CallPrefix)
	is = is && number != "" && len(number) <= longestNumber && !strings.ContainsAny(number, " \t<>\"") && utf8.ValidString(number)
	return number, is && !strings.ContainsFunc(number, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// Lamp says that there is a lamp of this name: one of LampNames, or a key's own.
func Lamp(name string) bool {
	return slices.Contains(LampNames, name) || len(name) == 1 && name[0] > ' ' && name[0] <= '~'
}

// connected holds every wire to a line that there is, and no two wires to one.
func (c *check) connected(w Wiring) {
	c.pins(w)
	k := w.Keypad
	onHeader := func(pin int) bool { return Line(pin) < 0 && PWM(pin) < 0 }
	for _, pin := range slices.Concat(k.Rows, k.Cols) {
		if first := slices.Concat(k.Rows, k.Cols)[0]; onHeader(pin) != onHeader(first) {
			c.add("board.keypad.rows", "one part of the keypad is on the header and one on the expander; put all of it on either")
			break
		}
	}
	if w.Expander.Chip == "mcp23017" {
		for _, one := range w.inputs() {
			if n := Line(one.GPIO); n == 7 || n == 15 {
				c.add(one.Key, "%s of %s can only be an output of an MCP23017 (DS20001952D, table 1-1); A7 and B7 are for rows and lamps", PinText(one.GPIO), one.Part)
			}
		}
	}
	for _, one := range w.Connections() {
		switch {
		case PWM(one.GPIO) >= 0 && one.Key == "board.ringer.bell" && len(w.Ringer.Bell) == 1:
		case PWM(one.GPIO) >= 0 && !strings.HasPrefix(one.Key, "board.lamps.") && one.Key != "board.lcd.light":
			c.add(one.Key, "a PWM channel can only be a lamp or a bell of one pin, not %s", one.Part)
		case Line(one.GPIO) >= 0 && !expandable(one.Key):
			c.add(one.Key, "%s must be on the header: the expander is too slow for it", one.Part)
		}
	}
}

// expandable says that a setting's wires may go to the expander.
func expandable(key string) bool {
	return strings.HasPrefix(key, "board.keypad.") || strings.HasPrefix(key, "board.buttons.") || strings.HasPrefix(key, "board.lamps.")
}

func (c *check) parts(w Wiring) {
	if w.Dial.Pulse != 0 {
		if n := utf8.RuneCountInString(w.Dial.Digits); n != 10 {
			c.add("board.dial.digits", "%q has %d digits; write ten, from one pulse to ten", w.Dial.Digits, n)
		}
		if w.Dial.Rest != "open" && w.Dial.Rest != "closed" {
			c.add("board.dial.rest", "%q is neither open nor closed", w.Dial.Rest)
		}
	} else if w.Dial.Turned != 0 {
		c.add("board.dial.turned", "a dial needs its pulse contact too")
	}
	if n := len(w.Ringer.Bell); n > 2 {
		c.add("board.ringer.bell", "%d pins; a bell has one or two coils", n)
	} else if n > 0 && w.Ringer.Buzzer != 0 {
		c.add("board.ringer.buzzer", "there is a bell already; take one of them out")
	}
	if f := w.Ringer.Frequency; len(w.Ringer.Bell) > 0 && (f < 10 || f > 60) {
		c.add("board.ringer.frequency", "%d Hz is outside of 10 to 60; bells are made for 16 to 50", f)
	}
	if len(w.Lamps) > 0 && (w.Brightness < 1 || w.Brightness > 100) {
		c.add("board.brightness", "%d is outside of 1 to 100 percent", w.Brightness)
	}
	calling := 0
	for _, function := range w.Functions {
		if _, calls := CallFunction(function); calls {
			calling++
		}
	}
	if calling > MaxCalls {
		c.add("board.keypad.functions", "%d keys call a number; %d at most", calling, MaxCalls)
	}
	keys := w.KeyList()
	for _, legend := range sorted(w.Keypad.Held) {
		if len(legend) != 1 || !strings.Contains(keys, legend) {
			c.add("board.keypad.held", "there is no key %q", legend)
		}
		if as := w.Keypad.Held[legend]; len(as) != 1 || as[0] <= ' ' || as[0] > '~' {
			c.add("board.keypad.held", "%s: %q cannot be on a key", legend, as)
		}
	}
	c.expander(w)
}

func (c *check) expander(w Wiring) {
	e := w.Expander
	if !e.There() {
		return
	}
	pcf := e.Chip != "mcp23017"
	switch a := e.Address; {
	case a >= 0x20 && a <= 0x27, pcf && a >= 0x38 && a <= 0x3f:
	case pcf:
		c.add("board.expander.address", "0x%02x is no address of a %s; there is 0x20 to 0x27, and 0x38 to 0x3f", a, strings.ToUpper(e.Chip))
	default:
		c.add("board.expander.address", "0x%02x is no address of an MCP23017; there is 0x20 to 0x27", a)
	}
	if e.Bus < 0 || e.Bus > 31 {
		c.add("board.expander.bus", "there is no I2C bus %d; the header has bus 1", e.Bus)
	}
	if w.LCD.Cols > 0 && len(w.LCD.Pins) == 0 && w.LCD.Bus == e.Bus && w.LCD.Address == e.Address {
		c.add("board.expander.address", "0x%02x is the display's already", e.Address)
	}
}
