package guest

import (
	"fmt"
	"os"

	"github.com/offhook/offhook/firmware/slots"
	"github.com/offhook/offhook/firmware/update"
)

// loads is what a Raspberry Pi's own firmware does before a kernel runs, which QEMU does not
// have: it says whose kernel is to be started, by config.txt, or by tryboot.txt where it was
// asked to.
func (c *Card) loads(tryboot bool) (slots.Slot, error) {
	name := "config.txt"
	if tryboot {
		name = "tryboot.txt"
	}
	text, err := c.Get(name)
	if err != nil {
		return slots.None, err
	}
	s, _, err := update.Prefix([]byte(text))
	if err != nil {
		return slots.None, fmt.Errorf("guest: %s: %w", name, err)
	}
	return s, nil
}

// Record is the card's slot record.
func (c *Card) Record() (slots.Record, error) {
	f, err := os.Open(c.Path)
	if err != nil {
		return slots.Record{}, fmt.Errorf("guest: %w", err)
	}
	defer f.Close()
	var copies [2][]byte
	for i, at := range slots.Copies {
		copies[i] = make([]byte, slots.Size)
		if _, err := f.ReadAt(copies[i], at); err != nil {
			return slots.Record{}, fmt.Errorf("guest: %w", err)
		}
	}
	r, _ := slots.Latest(copies)
	return r, nil
}
