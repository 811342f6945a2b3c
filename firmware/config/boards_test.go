package config

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/board/wiring"
)

func TestBoardIsThePresetChanged(t *testing.T) {
	c, ms := Parse("o", []byte(`[board]
preset = "pi-4x4-2004-i2c"
[board.keypad]
functions = { D = "dnd" }
debounce = "20ms"
[board.hook]
pin = 4
lifted = "closed"
[board.lcd]
size = "16x2"
address = 0x27
backpack = "mjkdz"
rom = "a02"
pins = { rs = 7, e = 8, d4 = 25, d5 = 24, d6 = 23, d7 = 18 }
backlight = "on"
[board.lamps]
mute = 22
`), Options{})
	if len(ms) > 0 {
		t.Fatal(ms)
	}
	want, _ := wiring.Preset("pi-4x4-2004-i2c")
	want.Functions["D"] = "dnd"
	want.Keypad.Debounce = 20 * time.Millisecond
	want.Hook.Pin, want.Hook.Lifted = 4, "closed"
	want.LCD.Cols, want.LCD.Rows, want.LCD.Address, want.LCD.Backlight = 16, 2, 0x27, "on"
	want.LCD.Backpack, want.LCD.ROM = "mjkdz", "a02"
	want.LCD.Pins = map[string]int{"rs": 7, "e": 8, "d4": 25, "d5": 24, "d6": 23, "d7": 18}
	want.Lamps["mute"] = 22
	if diff := cmp.Diff(want, c.Wiring); diff != "" {
		t.Error(diff)
	}
}

// What a preset says of keys that somebody else's keypad has not, and of what is taken out, is
// no mistake of theirs.
func TestBoardWithLessThanThePreset(t *testing.T) {
	for name, c := range map[string]struct {
		text      string
		functions map[string]string
		held      map[string]string
		lamps     map[string]int
	}{
		"a telephone's keypad": {`preset = "pi-4x4-2004-i2c"
[board.keypad]
cols = [12, 16, 20]
keys = ["123", "456", "789", "*0#"]
held = { "*" = "A" }
`, map[string]string{"A": "menu"}, map[string]string{"*": "A"}, map[string]int{"message": 17}},
		"no lamp, its pin for a button": {`preset = "pi-4x4-2004-i2c"
lamps = { message = 0 }
buttons = { E = 17 }
`, map[string]string{"A": "menu", "B": "hold", "C": "redial", "D": "mute"}, map[string]string{}, map[string]int{}},
		"no button": {`preset = "pi-rotary-bell"
buttons = { B = 0 }
`, map[string]string{}, map[string]string{}, map[string]int{"message": 17}},
		"a keypad without #": {`preset = "pi-3x4-1602-pcf8574"
[board.keypad]
keys = ["123", "456", "789", "*0 "]
`, map[string]string{"A": "menu", "B": "hold"}, map[string]string{"*": "A", "0": "B"}, map[string]int{"message": 17}},
	} {
		parsed, ms := Parse("o", []byte("[board]\n"+c.text), Options{})
		if len(ms) > 0 {
			t.Errorf("%s: %v", name, ms)
		}
		w := parsed.Wiring
		if diff := cmp.Diff([]any{c.functions, c.held, c.lamps}, []any{w.Functions, w.Keypad.Held, w.Lamps}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	_, ms := Parse("o", []byte("[board]\npreset = \"pi-rotary-bell\"\n[board.keypad]\nfunctions = { E = \"menu\" }\nheld = { \"x\" = \"A\" }\n"), Options{})
	if len(ms) != 2 {
		t.Errorf("keys of one's own that are not there: %v", ms)
	}
}

func TestBoardMistakes(t *testing.T) {
	text := `[board]
preset = "pi-4x4-2004-i2c"
lamps = { line = 18, mute = 19 }
[board.hook]
pin = 19
[board.lcd]
size = "4x20"
address = 5
[board.keypad]
functions = { A = "redail", E = "hold" }
`
	want := `o:3:29: board.lamps.mute: GPIO 19 of mute lamp is keypad row 4 already; free: 4 7-11 14 15 22-27
o:5:7: board.hook.pin: GPIO 19 of hook switch is keypad row 4 already; free: 4 7-11 14 15 22-27
o:7:8: board.lcd.size: no display has 4x20 characters; 16x2 and 20x4 are usual
o:8:11: board.lcd.address: 0x05 is no address of a PCF8574 (0x20 to 0x27) or PCF8574A (0x38 to 0x3f); leave it out to search
o:10:19: board.keypad.functions: "redail" is none of conference, delete, dnd, flash, headset, hold, mailbox, menu, mute, none, pickup, record, redial, reject, send, speaker, transfer, volume_down, volume_up, call and a number`
	_, ms := Parse("o", []byte(text), Options{})
	var got []string
	for _, m := range ms {
		got = append(got, m.String())
	}
	if diff := cmp.Diff(want, strings.Join(got, "\n")); diff != "" {
		t.Error(diff)
	}
}

func TestBellOfTheBoard(t *testing.T) {
	with := func(preset, ringer string) (Config, []Mistake) {
		return Parse("o", []byte("[board]\npreset = \""+preset+"\"\n[sound]\nringer = \""+ringer+"\"\n"), Options{})
	}
	for _, preset := range []string{"sim", "pi-rotary-bell", "pi-door"} {
		if c, ms := with(preset, "bell"); len(ms) > 0 || !c.Sound.Bell || c.Sound.Ringer != "handset" {
			t.Errorf("%s: %v %+v", preset, ms, c.Sound)
		}
	}
	if c, ms := with("pi-rotary-bell", "speaker"); len(ms) > 0 || c.Sound.Bell {
		t.Errorf("%v: the bell rings alone", ms)
	}
	if _, ms := with("pi-4x4-2004-i2c", "bell"); len(ms) != 1 || ms[0].String() != "o:4:10: sound.ringer: the board has no bell; board.ringer says where there is one" {
		t.Errorf("%v", ms)
	}
}

// Pins of every kind, and what is wrong with those that are none.
func TestPins(t *testing.T) {
	text := `[board]
preset = "pi-6x4-2004-mcp23017"
brightness = 40
[board.keypad]
rows = ["A0", "A1", "A2", "A3", "A4", 5]
held = { "*" = "A" }
functions = { E = "call 203", F = "call", "+" = "none" }
[board.buttons]
X = "A6"
XY = 9
[board.lamps]
mute = "PWM1"
X = "17"
power = 100
[board.hook]
pin = "26"
[board.ringer]
bell = [1.5]
`
	want := `o:5:8: board.keypad.rows: one part of the keypad is on the header and one on the expander; put all of it on either
o:7:35: board.keypad.functions: "call" is none of conference, delete, dnd, flash, headset, hold, mailbox, menu, mute, none, pickup, record, redial, reject, send, speaker, transfer, volume_down, volume_up, call and a number
o:10:1: board.buttons: "XY" is not one letter or digit
o:13:5: board.lamps: "17" is text here; take the quotes away
o:14:9: board.lamps: there is no GPIO 100; write its BCM number, 2 to 27
o:16:7: board.hook.pin: "26" is text here; take the quotes away
o:18:9: board.ringer.bell: a pin is needed here: a GPIO number, or the name of an expander's line in quotes, like "A0"`
	_, ms := Parse("o", []byte(text), Options{})
	var got []string
	for _, m := range ms {
		got = append(got, m.String())
	}
	if diff := cmp.Diff(want, strings.Join(got, "\n")); diff != "" {
		t.Error(diff)
	}
}

func TestPinsAreShownAsTheyAreWritten(t *testing.T) {
	c, ms := Parse("o", []byte("[board]\npreset = \"pi-6x4-2004-mcp23017\"\nlamps = { mute = \"PWM1\" }\n"), Options{})
	if len(ms) > 0 {
		t.Fatal(ms)
	}
	for key, want := range map[string]string{
		"board.keypad.rows": `["A0", "A1", "A2", "A3", "A4", "A5"]`,
		"board.lamps":       `{ E = "A7", F = "B7", S = 22, line = 16, message = 17, mute = "PWM1", power = 24 }`,
		"board.hook.pin":    "26",
		"board.buttons":     "{}",
	} {
		if got := values(c)[key]; got != want {
			t.Errorf("%s = %s, want %s", key, got, want)
		}
	}
}

func TestDisplaySizes(t *testing.T) {
	for text, wrong := range map[string]bool{"16x2": false, "20x4": false, "none": false, "x": true, "16x2x": true, "016x2": true, "-1x2": true, "": true} {
		_, ms := Parse("o", []byte("[board.lcd]\nsize = \""+text+"\"\n"), Options{})
		if (len(ms) > 0) != wrong {
			t.Errorf("%q: %v", text, ms)
		}
	}
}
