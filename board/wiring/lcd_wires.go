package wiring

import (
	"fmt"
	"strings"
)

// lcdConnections are the display's wires to GPIO lines.
func (w Wiring) lcdConnections() []Connection {
	l := w.LCD
	if l.Cols == 0 {
		return nil
	}
	var all []Connection
	for _, name := range LCDPins {
		if pin, there := l.Pins[name]; there {
			all = append(all, Connection{"board.lcd.pins." + name, "LCD " + strings.ToUpper(name), pin})
		}
	}
	if l.Lamp != 0 {
		all = append(all, Connection{"board.lcd.light", "LCD backlight", l.Lamp})
	}
	if len(l.Pins) == 0 && l.Bus == 1 {
		all = append(all, Connection{"board.lcd.bus", "LCD data (SDA)", 2}, Connection{"board.lcd.bus", "LCD clock (SCL)", 3})
	}
	return all
}

// A Wire is one wire of the display: the pin that it leaves, as printed beside it, and where
// it goes.
type Wire struct{ Pin, To string }

// Wires are all of the display's wires, power included, in the order of its pins.
func (l LCD) Wires() []Wire {
	switch {
	case l.Cols == 0:
		return nil
	case l.OLED():
		return append([]Wire{{"GND", "ground, header pin 6"}, {"VCC", "3.3 V, header pin 1"}}, l.busWires()...)
	case len(l.Pins) == 0:
		all := append([]Wire{{"GND", "ground, header pin 6"}, {"VCC", "5 V, header pin 2; SDA and SCL then through a level shifter, or 3.3 V, header pin 1"}}, l.busWires()...)
		if l.Lamp != 0 {
			all = append(all, Wire{"LED", "jumper off; the pin at the display's side to " + l.lightWire("")})
		}
		return all
	}
	all := []Wire{
		{"1 VSS", "ground, header pin 6"},
		{"2 VDD", "5 V, header pin 2 (3.3 V, pin 1, for a module of 3.3 V)"},
		{"3 VO", "middle of a 10 kOhm potentiometer between 1 and 2: the contrast"},
		{"4 RS", l.goesTo("rs", "")},
		{"5 RW", l.goesTo("rw", "ground: nothing is ever read")},
		{"6 E", l.goesTo("e", "")},
	}
	for i := range 8 {
		name := fmt.Sprint("d", i)
		all = append(all, Wire{fmt.Sprint(7+i, " D", i), l.goesTo(name, "nothing")})
	}
	return append(all, Wire{"15 A", "5 V, header pin 2; through 100 ohm if the module has no resistor"}, Wire{"16 K", l.lightWire("ground")})
}

// lightWire is where the backlight's cathode goes.
func (l LCD) lightWire(otherwise string) string {
	switch {
	case l.Lamp == 0:
		return otherwise
	case PWM(l.Lamp) >= 0:
		return "ground through an NPN transistor, its base through 1 kOhm from the pin of " + PinText(l.Lamp)
	}
	return fmt.Sprintf("ground through an NPN transistor, its base through 1 kOhm from GPIO %d, header pin %d", l.Lamp, HeaderPin(l.Lamp))
}

func (l LCD) busWires() []Wire {
	if l.Bus != 1 {
		return []Wire{{"SDA", fmt.Sprint("SDA of I2C bus ", l.Bus)}, {"SCL", fmt.Sprint("SCL of I2C bus ", l.Bus)}}
	}
	return []Wire{{"SDA", "GPIO 2, header pin 3"}, {"SCL", "GPIO 3, header pin 5"}}
}

func (l LCD) goesTo(name, otherwise string) string {
	if pin, there := l.Pins[name]; there {
		return fmt.Sprintf("GPIO %d, header pin %d", pin, HeaderPin(pin))
	}
	return otherwise
}
