package wiring

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPinsAreReadAsTheyAreWritten(t *testing.T) {
	for text, line := range map[string]int{
		"A0": 0, "A7": 7, "B0": 8, "B7": 15, "GPA3": 3, "GPB3": 11, "P0": 0, "P7": 7, "P00": 0, "P07": 7, "P10": 8, "P17": 15,
	} {
		if pin, ok := ParsePin(text); !ok || Line(pin) != line || PWM(pin) != -1 {
			t.Errorf("%s: pin %d, line %d", text, pin, Line(pin))
		}
	}
	for _, text := range []string{"", "A", "A8", "C0", "P8", "P18", "P20", "PWM4", "PWM", "a0", "A00", "A-1", "17", "PWM11"} {
		if pin, ok := ParsePin(text); ok {
			t.Errorf("%q is pin %d", text, pin)
		}
	}
	for pin := range 200 {
		text := PinText(pin)
		if again, ok := ParsePin(text); ok && again != pin || ok != (Line(pin) >= 0 || PWM(pin) >= 0) {
			t.Errorf("pin %d is written %s, which is pin %d", pin, text, again)
		}
		if Line(pin) >= 0 && PWM(pin) >= 0 {
			t.Errorf("pin %d is two things", pin)
		}
	}
	if pin, ok := ParsePin("PWM1"); !ok || PWM(pin) != 1 || PinText(pin) != "PWM1" {
		t.Errorf("PWM1 is pin %d", pin)
	}
}

func TestCallFunction(t *testing.T) {
	for function, want := range map[string]string{"call 202": "202", "call anna@pbx.home": "anna@pbx.home"} {
		if got, is := CallFunction(function); !is || got != want {
			t.Errorf("%q calls %q", function, got)
		}
	}
	for _, function := range []string{"call", "call ", "call 1 2", "call \x07", "hold", "call \xff", "call " + string(make([]byte, 70))} {
		if got, is := CallFunction(function); is {
			t.Errorf("%q calls %q", function, got)
		}
	}
}

func TestCheckParts(t *testing.T) {
	pin := func(text string) int {
		n, ok := ParsePin(text)
		if !ok {
			t.Fatal(text)
		}
		return n
	}
	for _, c := range []struct {
		name, preset string
		change       func(w *Wiring)
		want         []Problem
	}{
		{"half a keypad on the expander", "pi-6x4-2004-mcp23017", func(w *Wiring) { w.Keypad.Cols[0] = 5 }, []Problem{
			{"board.keypad.rows", "one part of the keypad is on the header and one on the expander; put all of it on either"}}},
		{"a line that the chip does not have", "pi-3x4-1602-pcf8574", func(w *Wiring) { w.Keypad.Rows[0] = pin("P10") }, []Problem{
			{"board.keypad.rows", "P10 is no line of the expander; there is P0 to P7"}}},
		{"another chip's name", "pi-3x4-1602-pcf8574", func(w *Wiring) { w.Lamps["mute"] = pin("A7") }, []Problem{
			{"board.lamps.mute", "A7 is no line of the expander; there is P0 to P7"}}},
		{"no expander", "pi-4x4-2004-i2c", func(w *Wiring) { w.Lamps["mute"] = pin("A7") }, []Problem{
			{"board.lamps.mute", "A7 is no line of the expander; there is none: board.expander.chip says which chip it is"}}},
		{"a line twice", "pi-6x4-2004-mcp23017", func(w *Wiring) { w.Lamps["mute"] = pin("B0") }, []Problem{
			{"board.lamps.mute", "expander line B0 of mute lamp is keypad column 1 already; free: 5-15 18-21 23 25 27"}}},
		{"an input that can only be an output", "pi-6x4-2004-mcp23017", func(w *Wiring) { w.Keypad.Cols[0], w.Lamps["F"] = pin("B7"), pin("B0") }, []Problem{
			{"board.keypad.cols", "B7 of keypad column 1 can only be an output of an MCP23017 (DS20001952D, table 1-1); A7 and B7 are for rows and lamps"}}},
		{"a hook switch on the expander", "pi-6x4-2004-mcp23017", func(w *Wiring) { w.Hook.Pin = pin("A6") }, []Problem{
			{"board.hook.pin", "hook switch must be on the header: the expander is too slow for it"}}},
		{"a key on a PWM channel", "pi-door", func(w *Wiring) { w.Buttons["D"] = pin("PWM0") }, []Problem{
			{"board.buttons.D", "a PWM channel can only be a lamp or a bell of one pin, not key D"}}},
		{"a lamp on a PWM channel", "pi-door", func(w *Wiring) { w.Lamps["line"] = pin("PWM0") }, nil},
		{"a bell on a PWM channel", "pi-rotary-bell", func(w *Wiring) { w.Ringer.Bell = []int{pin("PWM0")} }, nil},
		{"two coils on PWM channels", "pi-rotary-bell", func(w *Wiring) { w.Ringer.Bell = []int{pin("PWM0"), 24} }, []Problem{
			{"board.ringer.bell", "a PWM channel can only be a lamp or a bell of one pin, not bell coil 1"}}},
		{"brightness", "pi-door", func(w *Wiring) { w.Brightness = 101 }, []Problem{{"board.brightness", "101 is outside of 1 to 100 percent"}}},
		{"too large a keypad", "pi-4x4-2004-i2c", func(w *Wiring) {
			w.Keypad = Keypad{Rows: []int{4, 5, 6, 7, 8, 9, 10, 11, 12}, Cols: []int{13}, Keys: []string{"1", "2", "3", "A", "B", "C", "D", "5", "6"}, Debounce: w.Keypad.Debounce}
		}, []Problem{{"board.keypad.rows", "9 rows and 1 columns; 8 of each at most"}}},
		{"dial", "pi-rotary-bell", func(w *Wiring) { w.Dial.Digits, w.Dial.Rest = "123", "shut" }, []Problem{
			{"board.dial.digits", `"123" has 3 digits; write ten, from one pulse to ten`},
			{"board.dial.rest", `"shut" is neither open nor closed`}}},
		{"half a dial", "pi-rotary-bell", func(w *Wiring) { w.Dial.Pulse = 0 }, []Problem{{"board.dial.turned", "a dial needs its pulse contact too"}}},
		{"bell", "pi-rotary-bell", func(w *Wiring) {
			w.Ringer.Bell, w.Ringer.Buzzer, w.Ringer.Frequency = []int{23, 24}, 25, 400
		}, []Problem{
			{"board.ringer.buzzer", "there is a bell already; take one of them out"},
			{"board.ringer.frequency", "400 Hz is outside of 10 to 60; bells are made for 16 to 50"}}},
		{"three coils", "pi-rotary-bell", func(w *Wiring) { w.Ringer.Bell = []int{23, 24, 25} }, []Problem{{"board.ringer.bell", "3 pins; a bell has one or two coils"}}},
		{"keys that are held", "pi-3x4-1602-pcf8574", func(w *Wiring) { w.Keypad.Held = map[string]string{"A": "B", "*": "AB"} }, []Problem{
			{"board.keypad.functions", `there is no key "C"`},
			{"board.keypad.held", `*: "AB" cannot be on a key`},
			{"board.keypad.held", `there is no key "A"`}}},
		{"expander's address", "pi-3x4-1602-pcf8574", func(w *Wiring) { w.Expander.Address, w.Expander.Bus = 0x50, 99 }, []Problem{
			{"board.expander.address", "0x50 is no address of a PCF8574; there is 0x20 to 0x27, and 0x38 to 0x3f"},
			{"board.expander.bus", "there is no I2C bus 99; the header has bus 1"}}},
		{"the display's address", "pi-3x4-1602-pcf8574", func(w *Wiring) { w.Expander.Address = 0x27 }, []Problem{{"board.expander.address", "0x27 is the display's already"}}},
		{"the address that a display on pins would have", "pi-3x4-1602-pcf8574", func(w *Wiring) {
			w.Expander.Address, w.LCD.Pins = 0x27, map[string]int{"rs": 7, "e": 8, "d4": 25, "d5": 24, "d6": 23, "d7": 18}
		}, nil},
		{"an MCP23017 at a PCF8574A's", "pi-6x4-2004-mcp23017", func(w *Wiring) { w.Expander.Address = 0x38 }, []Problem{
			{"board.expander.address", "0x38 is no address of an MCP23017; there is 0x20 to 0x27"}}},
		{"a key that calls", "pi-door", func(w *Wiring) { w.Functions["D"] = "call 301" }, nil},
		{"a lamp beside a key", "pi-door", func(w *Wiring) { w.Lamps["D"] = 4 }, nil},
		{"two keys on one pin", "pi-door", func(w *Wiring) { w.Buttons["E"] = 17 }, []Problem{
			{"board.buttons.E", "GPIO 17 of key E is key D already; free: 2-16 18-21 24-26"}}},
	} {
		w, _ := Preset(c.preset)
		c.change(&w)
		if diff := cmp.Diff(c.want, w.Check()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestChipsLines(t *testing.T) {
	for _, chip := range ExpanderChips {
		e := Expander{Chip: chip}
		first, count := e.lines()
		if e.There() != (count > 0) || e.There() != (chip != "none") || Line(first) != map[bool]int{true: 0, false: -1}[e.There()] {
			t.Errorf("%s: %d lines from %d", chip, count, first)
		}
	}
}
