package wiring

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// sizes of displays that are sold, and of text that OLEDs have room for.
var (
	sizes     = [][2]int{{8, 2}, {16, 1}, {16, 2}, {16, 4}, {20, 2}, {20, 4}, {40, 2}}
	oledSizes = [][2]int{{16, 2}, {20, 2}, {16, 4}, {20, 4}}
)

func (c *check) lcd(l LCD) {
	if l.Cols == 0 && l.Rows == 0 {
		return // no display
	}
	if l.Chip != "" && !slices.Contains(Chips, l.Chip) {
		c.add("board.lcd.chip", "there is no %q; there is %s", l.Chip, strings.Join(Chips, ", "))
	}
	switch size := [2]int{l.Cols, l.Rows}; {
	case l.OLED() && !slices.Contains(oledSizes, size):
		c.add("board.lcd.size", "an OLED of 128x64 dots shows 20x4 or 16x4 characters, one of 128x32 shows 20x2 or 16x2")
	case !slices.Contains(sizes, size):
		c.add("board.lcd.size", "no display has %dx%d characters; 16x2 and 20x4 are usual", l.Cols, l.Rows)
	}
	if len(l.Pins) > 0 {
		c.lcdPins(l)
	} else {
		c.lcdBus(l)
	}
	if l.ROM != "" && l.ROM != "a00" && l.ROM != "a02" {
		c.add("board.lcd.rom", "%q is neither a00 nor a02", l.ROM)
	}
	if _, _, err := l.Light(); err != nil {
		c.add("board.lcd.backlight", "%v", err)
	}
	c.dimming(l)
}

func (c *check) lcdBus(l LCD) {
	if l.Bus < 0 || l.Bus > 31 {
		c.add("board.lcd.bus", "there is no I2C bus %d; the header has bus 1", l.Bus)
	}
	switch a := l.Address; {
	case a == 0 || slices.Contains(l.Addresses(), a):
	case l.OLED():
		c.add("board.lcd.address", "0x%02x is no address of an OLED (0x3c or 0x3d); leave it out to search", a)
	default:
		c.add("board.lcd.address", "0x%02x is no address of a PCF8574 (0x20 to 0x27) or PCF8574A (0x38 to 0x3f); leave it out to search", a)
	}
	if _, ok := l.Order(); !ok && !l.OLED() {
		c.add("board.lcd.backpack", "%q is neither %s nor what P0 to P7 go to, like %q", l.Backpack, strings.Join(Backpacks, ", "), backpacks["usual"])
	}
}

func (c *check) lcdPins(l LCD) {
	if l.OLED() {
		c.add("board.lcd.pins", "an OLED is wired by I2C alone; take the pins out")
		return
	}
	var missing []string
	for _, name := range []string{"rs", "e", "d4", "d5", "d6", "d7"} {
		if _, there := l.Pins[name]; !there {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		c.add("board.lcd.pins", "a display on pins needs %s too", strings.Join(missing, ", "))
	}
	some := 0
	for _, name := range []string{"d0", "d1", "d2", "d3"} {
		if _, there := l.Pins[name]; there {
			some++
		}
	}
	if some%4 != 0 {
		c.add("board.lcd.pins", "d0 to d3 go together; without any of them four wires do")
	}
	for _, name := range sorted(l.Pins) {
		if !slices.Contains(LCDPins, name) {
			c.add("board.lcd.pins."+name, "a display has no pin %q; there is %s", name, strings.Join(LCDPins, ", "))
		}
	}
}

func (c *check) dimming(l LCD) {
	for _, one := range []struct {
		name    string
		percent int
	}{{"bright", l.Bright}, {"dim", l.Dim}} {
		if one.percent < 0 || one.percent > 100 {
			c.add("board.lcd."+one.name, "%d is outside of 0 to 100", one.percent)
		}
	}
	if l.OLED() && l.Lamp != 0 {
		c.add("board.lcd.light", "an OLED has no backlight; take it out")
	}
	if (l.Lit(true) != 100 || l.Dim != 0) && !l.Dims() {
		c.add("board.lcd.dim", `a backlight is on or off, unless its light is on a PWM channel, like "PWM0"`)
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
