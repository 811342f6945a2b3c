package wiring

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// header is the pin of a Raspberry Pi's 40-pin header by GPIO number (from its pinout).
var header = map[int]int{
	2: 3, 3: 5, 4: 7, 5: 29, 6: 31, 7: 26, 8: 24, 9: 21, 10: 19, 11: 23, 12: 32, 13: 33,
	14: 8, 15: 10, 16: 36, 17: 11, 18: 12, 19: 35, 20: 38, 21: 40, 22: 15, 23: 16, 24: 18,
	25: 22, 26: 37, 27: 13,
}

// HeaderPin is the pin of the 40-pin header that carries a GPIO line; 0: none for free use
// (GPIO 0 and 1 belong to add-on boards).
func HeaderPin(gpio int) int { return header[gpio] }

// A Connection is one wire to a pin.
type Connection struct {
	Key  string // of the setting: "board.keypad.rows"
	Part string // "keypad row 4"
	GPIO int    // the pin: of the header by its GPIO number, else see ParsePin
}

// Connections are all wires of a real board in the order of the settings; none for the
// simulated one.
func (w Wiring) Connections() []Connection {
	if w.Preset == Sim {
		return nil
	}
	var all []Connection
	for i, pin := range w.Keypad.Rows {
		all = append(all, Connection{"board.keypad.rows", fmt.Sprint("keypad row ", i+1), pin})
	}
	all = append(all, w.inputs()...)
	all = append(all, w.lcdConnections()...)
	for _, name := range sorted(w.Lamps) {
		all = append(all, Connection{"board.lamps." + name, name + " lamp", w.Lamps[name]})
	}
	all = append(all, w.bells()...)
	all = append(all, w.extended()...)
	return all
}

// free lists the lines that nothing uses, as "4 18 22-27".
func free(used map[int]string) string {
	var runs []string
	for pin := 2; pin <= 27; pin++ {
		if used[pin] != "" {
			continue
		}
		end := pin
		for end < 27 && used[end+1] == "" {
			end++
		}
		switch end - pin {
		case 0:
			runs = append(runs, fmt.Sprint(pin))
		case 1:
			runs = append(runs, fmt.Sprint(pin), fmt.Sprint(end))
		default:
			runs = append(runs, fmt.Sprintf("%d-%d", pin, end))
		}
		pin = end
	}
	return strings.Join(runs, " ")
}

func sorted[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
