package display

import (
	"fmt"
	"strings"

	"github.com/offhook/offhook/board/wiring"
)

// A wire is a display's place on a bus.
type wire struct {
	Bus
	address uint16
}

func (w wire) write(bytes []byte) error { return w.words(w.Tx(w.address, bytes, nil)) }

func (w wire) read() (byte, error) {
	var one [1]byte
	err := w.words(w.Tx(w.address, nil, one[:]))
	return one[0], err
}

// words is what to look at when a transfer failed.
func (w wire) words(err error) error {
	switch {
	case err == nil:
		return nil
	case hangs(err):
		return fmt.Errorf("the I2C bus hangs: are SDA and SCL swapped, or one of them at ground")
	}
	return fmt.Errorf("no answer at 0x%02x: check its wires", w.address)
}

// hangs says that a line of the bus is held low, and not that nobody answers: Linux has
// ETIMEDOUT for that, of which the words are all that comes through.
func hangs(err error) bool { return strings.Contains(err.Error(), "timed out") }

// find is the display's address: that of the wiring, or the first that answers to being read.
func find(b Bus, spec wiring.LCD) (uint16, error) {
	if spec.Address != 0 {
		return uint16(spec.Address), nil
	}
	for _, a := range spec.Addresses() {
		w := wire{b, uint16(a)}
		err := w.Tx(w.address, nil, make([]byte, 1))
		if err == nil {
			return w.address, nil
		}
		if hangs(err) {
			return 0, w.words(err)
		}
	}
	where := "0x20-0x27 or 0x38-0x3f"
	if spec.OLED() {
		where = "0x3c or 0x3d"
	}
	return 0, fmt.Errorf("no display found at %s: check its wires, and that I2C is on", where)
}
