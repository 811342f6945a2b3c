package rpi

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

// retryTime is how long a display that does not answer is left alone.
const retryTime = 2 * time.Second

// lcd is the display. Its goroutine draws the latest frame; a 20×4 takes some 30 ms.
type lcd struct {
	wiring wiring.LCD
	size   hal.Size
	latest chan hal.Frame // capacity 1
}

func newLCD(w wiring.LCD) *lcd {
	return &lcd{wiring: w, size: hal.Size{Cols: w.Cols, Rows: w.Rows}, latest: make(chan hal.Frame, 1)}
}

func (l *lcd) Size() hal.Size { return l.size }

func (l *lcd) Show(f hal.Frame) {
	f = f.Fit(l.size)
	for {
		select {
		case l.latest <- f:
			return
		default:
		}
		select {
		case <-l.latest: // an older frame that nobody will see
		default:
		}
	}
}

// run draws until ctx ends, and tells of a display that fails, once, and when it works again.
func (l *lcd) run(ctx context.Context, from hardware, fault func(error)) {
	var f hal.Frame
	broken := false
	for ctx.Err() == nil {
		err := l.draw(ctx, from, &f, func() {
			if broken {
				broken = false
				fault(nil)
			}
		})
		if err != nil && !broken {
			broken = true
			fault(err)
		}
		select {
		case <-time.After(retryTime):
		case <-ctx.Done():
		}
	}
}

// draw wakes the display and draws frames until it fails or ctx ends. f is the frame that is
// to be seen, kept over failures.
func (l *lcd) draw(ctx context.Context, from hardware, f *hal.Frame, works func()) error {
	b, err := from.bus(l.wiring.Bus)
	if err != nil {
		return err
	}
	defer b.Close()
	address, err := l.find(b)
	if err != nil {
		return err
	}
	for _, t := range wake() {
		if err := l.send(b, address, t.bytes); err != nil {
			return err
		}
		time.Sleep(t.pause)
	}
	works()
	var shown hal.Frame
	for {
		if f.Size == l.size {
			if err := l.send(b, address, draw(shown, *f)); err != nil {
				return err
			}
			shown = *f
		}
		select {
		case *f = <-l.latest:
		case <-ctx.Done():
			return nil
		}
	}
}

func (l *lcd) send(b bus, address uint16, bytes []byte) error {
	if len(bytes) == 0 {
		return nil
	}
	if err := b.Tx(address, bytes, nil); err != nil {
		return fmt.Errorf("no answer at 0x%02x: check its wires", address)
	}
	return nil
}

// addresses of a PCF8574 and a PCF8574A, the usual ones first.
func addresses() []uint16 {
	all := []uint16{0x27, 0x3f}
	for _, first := range []uint16{0x20, 0x38} {
		for a := first; a < first+8; a++ {
			if !slices.Contains(all, a) {
				all = append(all, a)
			}
		}
	}
	return all
}

// find is the display's address: the wiring's, or the first that answers to being read.
func (l *lcd) find(b bus) (uint16, error) {
	if l.wiring.Address != 0 {
		return uint16(l.wiring.Address), nil
	}
	for _, a := range addresses() {
		if b.Tx(a, nil, make([]byte, 1)) == nil {
			return a, nil
		}
	}
	return 0, errors.New("no display found: check its wires, and that I2C is on")
}
