package wiring

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func parallel() map[string]int {
	return map[string]int{"rs": 7, "e": 8, "d4": 25, "d5": 24, "d6": 23, "d7": 18}
}

func TestCheckOfTheDisplay(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(l *LCD)
		want   []Problem
	}{
		{"on pins", func(l *LCD) { l.Pins, l.Bus = parallel(), 0 }, nil},
		{"on eight, backlight too", func(l *LCD) {
			l.Pins = parallel()
			for name, pin := range map[string]int{"d0": 9, "d1": 10, "d2": 11, "d3": 22, "rw": 4} {
				l.Pins[name] = pin
			}
			l.Lamp = 27
		}, nil},
		{"none, whatever else is said", func(l *LCD) { *l = LCD{Bus: 99, Backpack: "?"} }, nil},
		{"wires missing", func(l *LCD) { l.Pins = parallel(); delete(l.Pins, "e"); delete(l.Pins, "d7") }, []Problem{
			{"board.lcd.pins", "a display on pins needs e, d7 too"}}},
		{"half of the eight", func(l *LCD) { l.Pins = parallel(); l.Pins["d0"] = 9 }, []Problem{
			{"board.lcd.pins", "d0 to d3 go together; without any of them four wires do"}}},
		{"a pin that is no pin of it", func(l *LCD) { l.Pins = parallel(); l.Pins["vo"] = 9 }, []Problem{
			{"board.lcd.pins.vo", `a display has no pin "vo"; there is rs, rw, e, d0, d1, d2, d3, d4, d5, d6, d7`}}},
		{"the keypad's pin", func(l *LCD) { l.Pins = parallel(); l.Pins["e"] = 19 }, []Problem{
			{"board.lcd.pins.e", "GPIO 19 of LCD E is keypad row 4 already; free: 2-4 8-11 14 15 22 27"}}},
		{"an own order", func(l *LCD) { l.Backpack = "d7 d6 d5 d4 !light - e rs" }, nil},
		{"an order that is none", func(l *LCD) { l.Backpack = "rs rw" }, []Problem{
			{"board.lcd.backpack", `"rs rw" is neither usual, mjkdz nor what P0 to P7 go to, like "rs rw e light d4 d5 d6 d7"`}}},
		{"an OLED", func(l *LCD) { l.Chip, l.Address, l.Dim, l.Bright, l.Backpack = "sh1106", 0x3d, 5, 40, "" }, nil},
		{"what no OLED has", func(l *LCD) { l.Chip, l.Cols, l.Rows, l.Address, l.Pins = "ssd1306", 40, 2, 0x27, nil }, []Problem{
			{"board.lcd.size", "an OLED of 128x64 dots shows 20x4 or 16x4 characters, one of 128x32 shows 20x2 or 16x2"},
			{"board.lcd.address", "0x27 is no address of an OLED (0x3c or 0x3d); leave it out to search"}}},
		{"an OLED on pins", func(l *LCD) { l.Chip, l.Pins = "ssd1306", parallel() }, []Problem{
			{"board.lcd.pins", "an OLED is wired by I2C alone; take the pins out"}}},
		{"a chip that is none", func(l *LCD) { l.Chip = "st7789" }, []Problem{{"board.lcd.chip", `there is no "st7789"; there is hd44780, ssd1306, sh1106`}}},
		{"a backlight that is dimmed", func(l *LCD) { l.Dim = 5 }, []Problem{{"board.lcd.dim", `a backlight is on or off, unless its light is on a PWM channel, like "PWM0"`}}},
		{"a backlight on a PWM channel", func(l *LCD) { l.Lamp, l.Dim, l.Bright = 140, 5, 80 }, nil},
		{"a backlight on the keypad's pin", func(l *LCD) { l.Lamp = 19 }, []Problem{{"board.lcd.light", "GPIO 19 of LCD backlight is keypad row 4 already; free: 4 7-11 14 15 18 22-25 27"}}},
		{"a backlight on an expander", func(l *LCD) { l.Lamp = 100 }, []Problem{
			{"board.lcd.light", "A0 is no line of the expander; there is none: board.expander.chip says which chip it is"},
			{"board.lcd.light", "LCD backlight must be on the header: the expander is too slow for it"}}},
		{"an OLED's backlight", func(l *LCD) { l.Chip, l.Lamp = "ssd1306", 4 }, []Problem{{"board.lcd.light", "an OLED has no backlight; take it out"}}},
		{"too bright", func(l *LCD) { l.Chip, l.Bright, l.Dim = "ssd1306", 101, -1 }, []Problem{
			{"board.lcd.bright", "101 is outside of 0 to 100"}, {"board.lcd.dim", "-1 is outside of 0 to 100"}}},
		{"ROM", func(l *LCD) { l.ROM = "a01" }, []Problem{{"board.lcd.rom", `"a01" is neither a00 nor a02`}}},
	} {
		w, _ := Preset("pi-4x4-2004-i2c")
		c.change(&w.LCD)
		if diff := cmp.Diff(c.want, w.Check()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestOrder(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "rs rw e light d4 d5 d6 d7",
		"usual":                      "rs rw e light d4 d5 d6 d7",
		"mjkdz":                      "d4 d5 d6 d7 e rw rs !light",
		" e rs  d4 d5 d6 d7 - - ":    "e rs d4 d5 d6 d7 - -",
		"rs rw e light d4 d5 d6":     "",
		"rs rw e light d4 d5 d6 d6":  "",
		"!rs rw e light d4 d5 d6 d7": "",
		"rs rw e light d4 d5 d6 d0":  "",
		"rs rw - light d4 d5 d6 d7":  "",
	} {
		order, ok := LCD{Backpack: text}.Order()
		if got := strings.Join(order[:], " "); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %v", text, got, ok)
		}
	}
}

func TestAddressesAreAllOnce(t *testing.T) {
	all := LCD{}.Addresses()
	if all[0] != 0x27 || all[1] != 0x3f || len(all) != 16 {
		t.Errorf("%#x", all)
	}
	slices.Sort(all)
	if len(slices.Compact(all)) != 16 || all[0] != 0x20 || all[15] != 0x3f {
		t.Errorf("%#x", all)
	}
}

// Each of the display's pins goes somewhere, and those to GPIO lines are its connections.
func TestWires(t *testing.T) {
	for name, l := range map[string]LCD{
		"backpack":    {Cols: 20, Rows: 4, Bus: 1},
		"another bus": {Cols: 20, Rows: 4, Bus: 3},
		"on pins":     {Cols: 16, Rows: 2, Pins: parallel()},
		"OLED":        {Chip: "ssd1306", Cols: 20, Rows: 4, Bus: 1},
		"lit by us":   {Cols: 16, Rows: 2, Pins: map[string]int{"rs": 7, "rw": 9, "e": 8, "d4": 25, "d5": 24, "d6": 23, "d7": 18}, Lamp: 4},
		"dimmed":      {Cols: 16, Rows: 2, Bus: 1, Lamp: 140},
	} {
		text := ""
		for _, w := range l.Wires() {
			text += w.Pin + ": " + w.To + "\n"
		}
		for _, c := range (Wiring{Preset: "x", LCD: l}).Connections() {
			if pin := HeaderPin(c.GPIO); pin == 0 && PWM(c.GPIO) < 0 || !strings.Contains(text, "header pin ") || !strings.Contains(text, "GPIO") {
				t.Errorf("%s: %s is missing in\n%s", name, c.Part, text)
			}
		}
		if name == "lit by us" && (!strings.Contains(text, "16 K: ground through an NPN transistor, its base through 1 kOhm from GPIO 4, header pin 7") ||
			!strings.Contains(text, "5 RW: GPIO 9, header pin 21") || !strings.Contains(text, "7 D0: nothing") || !strings.Contains(text, "6 E: GPIO 8, header pin 24")) {
			t.Errorf("%s:\n%s", name, text)
		}
		if name == "dimmed" && !strings.Contains(text, "LED: jumper off; the pin at the display's side to ground through an NPN transistor, its base through 1 kOhm from the pin of PWM0\n") {
			t.Errorf("%s:\n%s", name, text)
		}
		if name == "on pins" && !strings.Contains(text, "5 RW: ground: nothing is ever read\n") {
			t.Errorf("%s:\n%s", name, text)
		}
		if name == "another bus" && !strings.Contains(text, "SDA: SDA of I2C bus 3") {
			t.Errorf("%s:\n%s", name, text)
		}
	}
	if (LCD{}).Wires() != nil {
		t.Error("no display has wires")
	}
}
