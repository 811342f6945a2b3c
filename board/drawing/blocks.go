// Package drawing draws a wiring: as text for a terminal, as SVG, and as the page of a preset
// in docs/hardware, all from the same data that the board is opened with. It is pure, and
// refuses to know what a drawing is for.
package drawing

import (
	"fmt"
	"strings"

	"github.com/offhook/offhook/board/wiring"
)

// A block is a connector or a chip, its pins in two columns as one sees it from above.
type block struct {
	title       string
	left, right []leg
}

// A leg is one pin of a block.
type leg struct {
	number int
	name   string // "GPIO 5", "3.3 V", "GPA0"
	to     string // what is wired to it: "keypad row 1"; "" : nothing
	kind   kind
}

// A kind is what sort of wire it is, for its colour.
type kind uint8

const (
	kindNone kind = iota
	kindPower
	kindGround
	kindRow
	kindColumn
	kindContact
	kindBus
	kindLamp
	kindBell
)

// kindOf sorts a connection by the setting that it comes from.
func kindOf(setting string) kind {
	for prefix, k := range map[string]kind{
		"board.keypad.rows": kindRow, "board.keypad.cols": kindColumn, "board.buttons": kindContact, "board.dial": kindContact,
		"board.hook": kindContact, "board.lcd": kindBus, "board.expander": kindBus, "board.lamps": kindLamp, "board.ringer": kindBell,
	} {
		if strings.HasPrefix(setting, prefix) {
			return k
		}
	}
	return kindNone
}

// power are the pins of the header that are no lines.
var power = map[int]string{
	1: "3.3 V", 17: "3.3 V", 2: "5 V", 4: "5 V",
	6: "ground", 9: "ground", 14: "ground", 20: "ground", 25: "ground", 30: "ground", 34: "ground", 39: "ground",
	27: "(for add-on boards)", 28: "(for add-on boards)",
}

// header is the 40-pin header, pin 1 at the top left, odd pins on the left.
func header(w wiring.Wiring) block {
	b := block{title: "Raspberry Pi, 40-pin header (pin 1 is nearest to the SD card's end)"}
	used := map[int]wiring.Connection{}
	for _, c := range w.Connections() {
		used[c.GPIO] = c
	}
	lines := map[int]int{}
	for gpio := range 28 {
		if pin := wiring.HeaderPin(gpio); pin != 0 {
			lines[pin] = gpio
		}
	}
	for pin := 1; pin <= 40; pin++ {
		l := leg{number: pin, name: power[pin]}
		switch {
		case l.name == "ground":
			l.kind = kindGround
		case l.name != "":
			l.kind = kindPower
		default:
			gpio := lines[pin]
			l.name = fmt.Sprint("GPIO ", gpio)
			if c, there := used[gpio]; there {
				l.to, l.kind = c.Part, kindOf(c.Key)
			}
		}
		if pin == 27 || pin == 28 {
			l.kind = kindNone
		}
		if pin%2 == 1 {
			b.left = append(b.left, l)
		} else {
			b.right = append(b.right, l)
		}
	}
	return b
}

// blocks are all that is to be drawn.
func blocks(w wiring.Wiring) []block {
	all := []block{header(w)}
	if w.Expander.There() {
		all = append(all, expander(w))
	}
	return all
}
