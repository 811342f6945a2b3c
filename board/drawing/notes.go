package drawing

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/offhook/offhook/board/wiring"
)

// Notes are what a drawing of pins does not say: what lies between a pin and a part, and what
// the keys do.
func Notes(w wiring.Wiring) []string {
	var all []string
	add := func(words string, more ...any) { all = append(all, fmt.Sprintf(words, more...)) }
	if n := len(w.Keypad.Keys); n > 0 && len(w.Keypad.Rows) > 0 {
		add("Keypad, row by row: %s.", strings.Join(w.Keypad.Keys, "  "))
	}
	for _, legend := range slices.Sorted(maps.Keys(w.Buttons)) {
		add("Key %s: a push button between its pin and ground.", legend)
	}
	if w.Dial.Pulse != 0 {
		add("Dial: one leg of each contact to its pin, the other to ground. One pulse dials %c.", w.Dial.Digits[0])
	}
	if w.Hook.Pin != 0 {
		add("Hook switch: between its pin and ground, %s while the handset is lifted.", w.Hook.Lifted)
	}
	for _, c := range w.Connections() {
		if wiring.PWM(c.GPIO) >= 0 {
			add("%s of the kernel's PWM, whose pin the Pi's config.txt says: %s.", wiring.PinText(c.GPIO), c.Part)
		}
	}
	if len(w.Lamps) > 0 {
		if strings.HasPrefix(w.Expander.Chip, "pcf") && slices.ContainsFunc(slices.Collect(maps.Values(w.Lamps)), func(pin int) bool { return wiring.Line(pin) >= 0 }) {
			add("Lamps on the expander: from 3.3 V through 330 ohm and the LED to their line.")
		}
		add("Each lamp: from its pin through 330 ohm and the LED (long leg first) to ground.")
	}
	if len(w.Ringer.Bell) > 0 {
		add("Bell: the pins go to the inputs of a driver, never to the bell, each with 10 kOhm to ground; see telephones.md before you begin.")
	}
	if w.Ringer.Buzzer != 0 {
		add("Buzzer: one with a tone of its own, through an NPN transistor, its base through 1 kOhm from the pin.")
	}
	for _, wire := range w.LCD.Wires() {
		add("Display %s: %s.", wire.Pin, wire.To)
	}
	return append(all, keyNotes(w)...)
}

// keyNotes say what the keys do beside their digits.
func keyNotes(w wiring.Wiring) []string {
	var does, held []string
	for _, legend := range slices.Sorted(maps.Keys(w.Functions)) {
		if f := w.Functions[legend]; f != "none" {
			does = append(does, legend+" "+strings.ReplaceAll(f, "_", " "))
		}
	}
	for _, legend := range slices.Sorted(maps.Keys(w.Keypad.Held)) {
		held = append(held, fmt.Sprintf("%s is %s", legend, w.Keypad.Held[legend]))
	}
	var all []string
	if len(does) > 0 {
		all = append(all, "Keys: "+strings.Join(does, ", ")+".")
	}
	if len(held) > 0 {
		all = append(all, "Held for 0.8 s: "+strings.Join(held, ", ")+".")
	}
	return all
}

// voice is what one talks into. Who has neither hook switch nor number keys, but a button, talks
// into the air.
func voice(w wiring.Wiring) string {
	if w.Hook.Pin == 0 && len(w.Keypad.Rows) == 0 && w.Dial.Pulse == 0 && len(w.Buttons) > 0 {
		return "a small loudspeaker with an amplifier and an electret microphone, a hand's breadth apart"
	}
	return "a handset or what you make one of"
}

// Parts are what one buys.
func Parts(w wiring.Wiring) []string {
	all := []string{"Raspberry Pi Zero 2 W, 3, 4 or 5 with a 40-pin header, its power supply, a microSD card"}
	add := func(words string, more ...any) { all = append(all, fmt.Sprintf(words, more...)) }
	add("USB sound card with earphone and microphone sockets, and %s", voice(w))
	if rows := len(w.Keypad.Rows); rows > 0 {
		add("keypad of %d x %d keys, each a contact between a row and a column", rows, len(w.Keypad.Cols))
	}
	if n := len(w.Buttons); n > 0 {
		add("%s, closed while pressed", several(n, "push button"))
	}
	if w.Dial.Pulse != 0 {
		add("rotary dial with a pulse contact and one that closes while it is turned")
	}
	if w.Hook.Pin != 0 {
		add("hook switch: that of the telephone, or a microswitch under the handset")
	}
	switch l := w.LCD; {
	case l.OLED():
		add("OLED (%s) on I2C", strings.ToUpper(l.Chip))
	case l.Cols > 0 && len(l.Pins) == 0:
		add("HD44780 display of %dx%d characters with a PCF8574 backpack", l.Cols, l.Rows)
	case l.Cols > 0:
		add("HD44780 display of %dx%d characters, a 10 kOhm potentiometer", l.Cols, l.Rows)
	}
	if w.Expander.There() {
		add("%s", strings.ToUpper(w.Expander.Chip))
	}
	if n := len(w.Lamps); n > 0 {
		add("%s, %s of 330 ohm", several(n, "LED"), several(n, "resistor"))
	}
	if len(w.Ringer.Bell) > 0 {
		add("bell with its driver: see [telephones.md](telephones.md)")
	}
	if w.Ringer.Buzzer != 0 {
		add("buzzer with a tone of its own (3.3 to 5 V), an NPN transistor, 1 kOhm")
	}
	return all
}

func several(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprint(n, " ", what, "s")
}
