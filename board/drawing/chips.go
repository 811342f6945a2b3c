package drawing

import (
	"fmt"
	"strings"

	"github.com/offhook/offhook/board/wiring"
)

// pinouts are the expanders' pins in order, from their data sheets: the MCP23017 and the
// PCF8574 in DIP, the PCF8575 as on its boards (SSOP-24).
var pinouts = map[string]string{
	"mcp23017": "GPB0 GPB1 GPB2 GPB3 GPB4 GPB5 GPB6 GPB7 VDD VSS NC SCL SDA NC A0 A1 A2 RESET INTB INTA GPA0 GPA1 GPA2 GPA3 GPA4 GPA5 GPA6 GPA7",
	"pcf8574":  "A0 A1 A2 P0 P1 P2 P3 VSS P4 P5 P6 P7 INT SCL SDA VDD",
	"pcf8575":  "INT A1 A2 P00 P01 P02 P03 P04 P05 P06 P07 VSS P10 P11 P12 P13 P14 P15 P16 P17 A0 SCL SDA VDD",
}

// expander is the chip with more lines, pin 1 at the top left and the last one beside it.
func expander(w wiring.Wiring) block {
	e := w.Expander
	b := block{title: fmt.Sprintf("%s at 0x%02x", strings.ToUpper(e.Chip), e.Address)}
	used := map[int]wiring.Connection{}
	for _, c := range w.Connections() {
		used[c.GPIO] = c
	}
	names := strings.Fields(pinouts[e.Chip])
	for i, name := range names {
		l := leg{number: i + 1, name: name}
		l.to, l.kind = wired(e, name)
		if pin, is := wiring.ParsePin(name); is && l.to == "" {
			if c, there := used[pin]; there {
				l.to, l.kind = c.Part, kindOf(c.Key)
			}
		}
		if i < len(names)/2 {
			b.left = append(b.left, l)
		} else {
			b.right = append([]leg{l}, b.right...)
		}
	}
	return b
}

// wired is where the pins of an expander go that are no lines.
func wired(e wiring.Expander, name string) (to string, k kind) {
	switch name {
	case "VDD", "RESET":
		return "3.3 V, header pin 1", kindPower
	case "VSS":
		return "ground, header pin 9", kindGround
	case "SDA", "SCL":
		gpio := map[string]int{"SDA": 2, "SCL": 3}[name]
		if e.Bus != 1 {
			return fmt.Sprintf("%s of I2C bus %d", name, e.Bus), kindBus
		}
		return fmt.Sprintf("GPIO %d, header pin %d", gpio, wiring.HeaderPin(gpio)), kindBus
	case "INT", "INTA":
		if e.Interrupt == 0 {
			return "", kindNone
		}
		return fmt.Sprintf("GPIO %d, header pin %d", e.Interrupt, wiring.HeaderPin(e.Interrupt)), kindBus
	case "A0", "A1", "A2":
		if e.Address&(1<<(name[1]-'0')) != 0 {
			return "3.3 V", kindPower
		}
		return "ground", kindGround
	}
	return "", kindNone
}
