package wiring

import (
	"slices"
	"strings"
)

// LCD is the display.
type LCD struct {
	Chip       string // one of Chips; "": hd44780
	Cols, Rows int
	Pins       map[string]int // GPIO by the display's own pin, one of LCDPins; none: it is on I2C
	Bus        int            // I2C bus number
	Address    int            // 0: searched for
	Taken      int            // address on its bus that is another part's; 0: none
	Backpack   string         // what the expander's lines go to: one of Backpacks, or an order
	ROM        string         // "a00" or "a02"
	Lamp       int            // pin of the backlight's transistor, a GPIO line or a PWM channel; 0: it is not ours
	Backlight  string
	Bright     int // percent, lit
	Dim        int // percent, at rest
}

// Chips are the controllers of displays that there are.
var Chips = []string{"hd44780", "ssd1306", "sh1106"}

// LCDPins are the pins of an HD44780 that may go to GPIO lines.
var LCDPins = []string{"rs", "rw", "e", "d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7"}

// backpacks are orders that are sold: what P0 to P7 of the expander go to.
var backpacks = map[string]string{
	"usual": "rs rw e light d4 d5 d6 d7",
	"mjkdz": "d4 d5 d6 d7 e rw rs !light",
}

// Backpacks are the names of orders.
var Backpacks = []string{"usual", "mjkdz"}

// OLED says whether the display is one, of dots that shine.
func (l LCD) OLED() bool { return l.Chip == "ssd1306" || l.Chip == "sh1106" }

// Dims reports whether the display has more than lit and dark: an OLED, or a backlight on PWM.
func (l LCD) Dims() bool { return l.OLED() || PWM(l.Lamp) >= 0 }

// Lit is how bright the display is while it is in use, and at rest, in percent.
func (l LCD) Lit(used bool) int {
	switch {
	case !used:
		return l.Dim
	case l.Bright == 0:
		return 100
	}
	return l.Bright
}

// Bits is over how many data wires an HD44780 gets its characters: 8 or 4.
func (l LCD) Bits() int {
	if _, wired := l.Pins["d0"]; wired && len(l.Pins) > 0 {
		return 8
	}
	return 4
}

// Order is what P0 to P7 of the expander go to: "rs", "rw", "e", "d4" to "d7", "light",
// "!light" where that is lit when low, and "-" for nothing. ok is false where the setting is
// neither a name nor an order in which a display works.
func (l LCD) Order() (order [8]string, ok bool) {
	text := l.Backpack
	if text == "" {
		text = "usual"
	}
	if named, known := backpacks[text]; known {
		text = named
	}
	words := strings.Fields(text)
	if len(words) != len(order) {
		return order, false
	}
	seen := map[string]bool{}
	for i, w := range words {
		name := strings.TrimPrefix(w, "!")
		switch {
		case w == "-":
		case w != name && name != "light", seen[name]:
			return order, false
		case name != "light" && !slices.Contains([]string{"rs", "rw", "e", "d4", "d5", "d6", "d7"}, name):
			return order, false
		}
		seen[name], order[i] = true, w
	}
	for _, needed := range []string{"rs", "e", "d4", "d5", "d6", "d7"} {
		if !seen[needed] {
			return order, false
		}
	}
	return order, true
}

// Addresses are where a display's expander or controller may answer, the usual first.
func (l LCD) Addresses() []int {
	if l.OLED() {
		return []int{0x3c, 0x3d}
	}
	all := []int{0x27, 0x3f}
	for _, first := range []int{0x20, 0x38} { // PCF8574 and PCF8574A
		for a := first; a < first+8; a++ {
			if !slices.Contains(all, a) {
				all = append(all, a)
			}
		}
	}
	if l.Taken != 0 {
		all = slices.DeleteFunc(all, func(a int) bool { return a == l.Taken })
	}
	return all
}
