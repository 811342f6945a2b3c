package rpi

import (
	"context"
	"fmt"
	"time"

	"periph.io/x/conn/v3/gpio"

	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

// hook is the hook switch: a contact to ground, pulled up. A nil line is always on the hook.
type hook struct {
	line   line
	lifted bool // the contact is closed while the handset is lifted
	debounce
}

func openHook(w wiring.Hook, from hardware) (*hook, error) {
	h := &hook{lifted: w.Lifted == "closed", debounce: debounce{settle: hookSettle}}
	if w.Pin == 0 {
		return h, nil
	}
	l, err := from.line(w.Pin)
	if err == nil {
		err = l.In(gpio.PullUp, gpio.NoEdge)
	}
	if err != nil {
		return h, fmt.Errorf("GPIO %d does not work: %w", w.Pin, err)
	}
	h.line = l
	return h, nil
}

func (h *hook) off() bool { return h.line != nil && h.steady == h.lifted }

// first waits until the contact has settled and returns its level; false: ctx ended.
func (h *hook) first(ctx context.Context, tick <-chan time.Time) (hal.HookInput, bool) {
	for began := time.Now(); h.line != nil && (h.moving || time.Since(began) < h.settle); {
		select {
		case <-tick:
			h.debounce.step(h.line.Read() == gpio.Low, time.Now())
		case <-ctx.Done():
			return hal.HookInput{}, false
		}
	}
	return hal.HookInput{Off: h.off(), At: time.Now()}, true
}

func (h *hook) step(at time.Time) (hal.HookInput, bool) {
	if h.line == nil {
		return hal.HookInput{}, false
	}
	changed, since := h.debounce.step(h.line.Read() == gpio.Low, at)
	return hal.HookInput{Off: h.off(), At: since}, changed
}

func (h *hook) close() { release(h.line) }

// keypad is a key matrix: columns pulled up, rows pulled down one after the other. A row
// that is not looked at floats, so that two keys of a column never join two outputs.
type keypad struct {
	rows, cols []line
	keys       *matrix
	scan       []uint64
	resting    bool // every row is down: one look at the columns tells of any key
	any        bool // a key was closed at the last look
}

func openKeypad(w wiring.Keypad, from hardware) (*keypad, error) {
	k := &keypad{keys: newMatrix(w.Keys, w.Debounce), scan: make([]uint64, len(w.Rows))}
	for _, pin := range w.Cols {
		l, err := from.line(pin)
		if err == nil {
			err = l.In(gpio.PullUp, gpio.NoEdge)
		}
		if err != nil {
			return &keypad{cols: k.cols}, fmt.Errorf("GPIO %d does not work: %w", pin, err)
		}
		k.cols = append(k.cols, l)
	}
	for _, pin := range w.Rows {
		l, err := from.line(pin)
		if err == nil {
			err = l.In(gpio.Float, gpio.NoEdge)
		}
		if err != nil {
			return &keypad{cols: k.cols}, fmt.Errorf("GPIO %d does not work: %w", pin, err)
		}
		k.rows = append(k.rows, l)
	}
	return k, nil
}

// columns are those that are pulled down, as bits.
func (k *keypad) columns() uint64 {
	var bits uint64
	for i, l := range k.cols {
		if l.Read() == gpio.Low {
			bits |= 1 << i
		}
	}
	return bits
}

// look fills scan. While no key is down, it only looks whether one is.
func (k *keypad) look() error {
	if !k.resting && !k.any {
		for _, row := range k.rows {
			if err := row.Out(gpio.Low); err != nil {
				return err
			}
		}
		k.resting = true
	}
	clear(k.scan)
	if k.resting && k.columns() == 0 {
		return nil
	}
	k.resting, k.any = false, false
	for _, row := range k.rows {
		if err := row.In(gpio.Float, gpio.NoEdge); err != nil {
			return err
		}
	}
	for i, row := range k.rows {
		if err := row.Out(gpio.Low); err != nil {
			return err
		}
		k.scan[i] = k.columns()
		k.any = k.any || k.scan[i] != 0
		if err := row.In(gpio.Float, gpio.NoEdge); err != nil {
			return err
		}
	}
	return nil
}

func (k *keypad) step(at time.Time) ([]hal.KeyInput, error) {
	if len(k.rows) == 0 {
		return nil, nil
	}
	if err := k.look(); err != nil {
		return nil, fmt.Errorf("the rows cannot be driven: %w", err)
	}
	return k.keys.step(k.scan, at), nil
}

func (k *keypad) close() { release(append(k.rows, k.cols...)...) }
