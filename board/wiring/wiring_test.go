package wiring

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPresetsAreSound(t *testing.T) {
	for _, name := range Presets() {
		w, known := Preset(name)
		if !known || w.Preset != name {
			t.Errorf("%s is not to be had", name)
		}
		if problems := w.Check(); problems != nil {
			t.Errorf("%s: %v", name, problems)
		}
	}
	if _, known := Preset("pi-9000"); known {
		t.Error("there is a board that is not there")
	}
}

func TestPresetIsACopy(t *testing.T) {
	a, _ := Preset("pi-4x4-2004-i2c")
	a.Keypad.Rows[0], a.Keypad.Keys[0], a.Lamps["message"], a.Functions["A"] = 0, "", 0, ""
	b, _ := Preset("pi-4x4-2004-i2c")
	if b.Keypad.Rows[0] != 5 || b.Keypad.Keys[0] != "123A" || b.Lamps["message"] != 17 || b.Functions["A"] != "menu" {
		t.Error("a change of one preset changed the next")
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(w *Wiring)
		want   []Problem
	}{
		{"as it comes", func(*Wiring) {}, nil},
		{"unknown preset", func(w *Wiring) { w.Preset = "pie" }, []Problem{{"board.preset", `there is no "pie"; there is ` + strings.Join(Presets(), ", ")}}},
		{"a pin used twice", func(w *Wiring) { w.Hook.Pin = 19 }, []Problem{{"board.hook.pin", "GPIO 19 of hook switch is keypad row 4 already; free: 4 7-11 14 15 18 22-27"}}},
		{"the display's own pin", func(w *Wiring) { w.Lamps["mute"] = 2 }, []Problem{{"board.lamps.mute", "GPIO 2 of mute lamp is LCD data (SDA) already; free: 4 7-11 14 15 18 22-25 27"}}},
		{"that pin without a display", func(w *Wiring) { w.Lamps["mute"], w.LCD = 2, LCD{} }, nil},
		{"pins that are not there", func(w *Wiring) { w.Keypad.Rows[0], w.Keypad.Cols[1] = 1, 28 }, []Problem{
			{"board.keypad.rows", "GPIO 1 of keypad row 1 is not on the header for free use; free: 4 5 7-11 14-16 18 22-25 27"},
			{"board.keypad.cols", "GPIO 28 of keypad column 2 is not on the header for free use; free: 4 5 7-11 14-16 18 22-25 27"},
		}},
		{"keys that do not fit the pins", func(w *Wiring) { w.Keypad.Keys = []string{"123", "456B", "789C"} }, []Problem{
			{"board.keypad.keys", "3 rows of keys for 4 row pins"},
			{"board.keypad.keys", `row 1, "123", has 3 keys for 4 column pins`},
			{"board.keypad.functions", `there is no key "A"`},
			{"board.keypad.functions", `there is no key "D"`},
		}},
		{"impossible keys", func(w *Wiring) { w.Keypad.Keys[0] = "1 é1" }, []Problem{
			{"board.keypad.keys", `'é' cannot be on a key; use 0-9 * # A-D + -`},
			{"board.keypad.keys", `the key '1' is there twice`},
			{"board.keypad.functions", `there is no key "A"`},
		}},
		{"an unknown function", func(w *Wiring) { w.Functions["A"] = "meny" }, []Problem{{"board.keypad.functions", `A: there is no function "meny"; there is conference delete dnd flash headset hold mailbox menu mute none pickup record redial reject send speaker transfer volume_down volume_up, and call with a number`}}},
		{"volume keys of a remote panel", func(w *Wiring) { w.Functions["+"] = "volume_up" }, nil},
		{"debounce", func(w *Wiring) { w.Keypad.Debounce = time.Second }, []Problem{{"board.keypad.debounce", "1s is outside of 1ms to 100ms"}}},
		{"hook", func(w *Wiring) { w.Hook.Lifted, w.Hook.FlashMin = "up", time.Second }, []Problem{
			{"board.hook.lifted", `"up" is neither open nor closed`},
			{"board.hook.flash_min", "1s is not shorter than flash_max, 900ms"},
		}},
		{"display", func(w *Wiring) { w.LCD = LCD{Cols: 21, Rows: 4, Bus: 99, Address: 0x50, Backlight: "dim"} }, []Problem{
			{"board.lcd.size", "no display has 21x4 characters; 16x2 and 20x4 are usual"},
			{"board.lcd.bus", "there is no I2C bus 99; the header has bus 1"},
			{"board.lcd.address", "0x50 is no address of a PCF8574 (0x20 to 0x27) or PCF8574A (0x38 to 0x3f); leave it out to search"},
			{"board.lcd.backlight", `"dim" is not "on", "off" or a time like "30s"`},
		}},
		{"lamp", func(w *Wiring) { w.Lamps["disco"] = 4 }, []Problem{{"board.lamps.disco", "there is no such lamp; there is line, message, mute, watch, power, and each key's own by its legend"}}},
	} {
		w, _ := Preset("pi-4x4-2004-i2c")
		c.change(&w)
		if diff := cmp.Diff(c.want, w.Check()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestLight(t *testing.T) {
	for text, want := range map[string]struct {
		after time.Duration
		dark  bool
	}{"": {}, "on": {}, "off": {dark: true}, "30s": {after: 30 * time.Second}, "5m": {after: 5 * time.Minute}} {
		after, dark, err := LCD{Backlight: text}.Light()
		if err != nil || after != want.after || dark != want.dark {
			t.Errorf("%q: %v %v %v", text, after, dark, err)
		}
	}
}

func TestHeaderHasEachPinOnce(t *testing.T) {
	seen := map[int]bool{}
	for gpio := 2; gpio <= 27; gpio++ {
		pin := HeaderPin(gpio)
		if pin < 3 || pin > 40 || seen[pin] {
			t.Errorf("GPIO %d is on header pin %d", gpio, pin)
		}
		seen[pin] = true
	}
}
