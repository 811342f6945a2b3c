package config

import (
	"fmt"
	"strconv"

	"github.com/offhook/offhook/board/wiring"
)

// pin reads where something is wired to: a GPIO number, or the name of an expander's line or
// a PWM channel in quotes.
func (s *setting) pin(v value, bad report) (int, bool) {
	switch v.shape {
	case shapeNumber:
		if v.number < 0 || v.number > maxGPIO {
			bad(v.at, v.end, flaw{words: fmt.Sprintf("there is no GPIO %s; write its BCM number, 2 to 27", clip(v.text)), what: "no such GPIO:"})
			return 0, false
		}
		return int(v.number), true
	case shapeText:
		if pin, ok := wiring.ParsePin(v.text); ok {
			return pin, true
		}
		f := flaw{words: fmt.Sprintf(`%q is no pin; write a GPIO number, or "A0" to "B7", "P0" to "P17", "PWM0" to "PWM3"`, clip(v.text)), what: "is no pin:"}
		if n, err := strconv.Atoi(v.text); err == nil && n >= 0 && n <= maxGPIO {
			f = flaw{words: fmt.Sprintf("%q is text here; take the quotes away", v.text), fix: v.text, what: "needs no quotes:"}
		}
		bad(v.at, v.end, f)
		return 0, false
	}
	bad(v.at, v.end, flaw{words: `a pin is needed here: a GPIO number, or the name of an expander's line in quotes, like "A0"`, what: "needs a pin:"})
	return 0, false
}

// maxGPIO is more than any board has; which there are, the wiring checks.
const maxGPIO = 99

// pinText is a pin as it stands in the file.
func pinText(pin int) string {
	text := wiring.PinText(pin)
	if text != strconv.Itoa(pin) {
		return strconv.Quote(text)
	}
	return text
}
