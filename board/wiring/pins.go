package wiring

import (
	"fmt"
	"strconv"
)

// A pin is a number: of the header's GPIO lines their BCM number, else a line of the expander
// or a PWM channel, by these. In offhook.toml the latter are texts: "A0", "P3", "PWM1".
const (
	firstPort = 100 // A0 to A7, B0 to B7 of an MCP23017
	firstP    = 120 // P0 to P7, or P00 to P07 and P10 to P17, of a PCF8574 or PCF8575
	firstPWM  = 140 // channels of the kernel's PWM chip
	endPWM    = firstPWM + 4
	lines     = 16 // of an expander at most
)

// ParsePin reads the name of an expander's line or of a PWM channel.
func ParsePin(text string) (pin int, ok bool) {
	if channel, is := number(text, "PWM", 10); is && channel < endPWM-firstPWM {
		return firstPWM + channel, true
	}
	for name, first := range map[string]int{"A": firstPort, "GPA": firstPort, "B": firstPort + 8, "GPB": firstPort + 8, "P": firstP, "P0": firstP, "P1": firstP + 8} {
		if n, is := number(text, name, 8); is {
			return first + n, true
		}
	}
	return 0, false
}

// number is the one digit, below limit, that follows a name.
func number(text, name string, limit int) (int, bool) {
	if len(text) != len(name)+1 || text[:len(name)] != name {
		return 0, false
	}
	n := int(text[len(name)] - '0')
	return n, text[len(name)] >= '0' && n < limit
}

// PinText is a pin as it stands in offhook.toml, without quotes.
func PinText(pin int) string {
	switch {
	case pin >= firstPWM && pin < endPWM:
		return fmt.Sprint("PWM", pin-firstPWM)
	case pin >= firstP+8 && pin < firstP+lines:
		return fmt.Sprint("P1", pin-firstP-8)
	case pin >= firstP && pin < firstP+8:
		return fmt.Sprint("P", pin-firstP)
	case pin >= firstPort+8 && pin < firstPort+lines:
		return fmt.Sprint("B", pin-firstPort-8)
	case pin >= firstPort && pin < firstPort+8:
		return fmt.Sprint("A", pin-firstPort)
	}
	return strconv.Itoa(pin)
}

// PinWords names a pin in a sentence.
func PinWords(pin int) string {
	switch {
	case PWM(pin) >= 0:
		return "channel " + PinText(pin)
	case Line(pin) >= 0:
		return "expander line " + PinText(pin)
	}
	return "GPIO " + PinText(pin)
}

// Line is the number of the expander's line that a pin is, 0 to 15; -1: it is none of it.
func Line(pin int) int {
	switch {
	case pin >= firstPort && pin < firstPort+lines:
		return pin - firstPort
	case pin >= firstP && pin < firstP+lines:
		return pin - firstP
	}
	return -1
}

// PWM is the channel of the kernel's PWM chip that a pin is; -1: it is none.
func PWM(pin int) int {
	if pin >= firstPWM && pin < endPWM {
		return pin - firstPWM
	}
	return -1
}
