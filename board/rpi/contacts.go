package rpi

import (
	"time"

	"github.com/offhook/offhook/board/contact"
	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

// contacts are what hangs on one port: a keypad, a dial, a hook switch.
type contacts interface {
	// step reads the port and returns what moved, stamped no sooner than it did; busy: it must
	// be read again soon.
	step(p port) (moved []hal.Input, busy bool, err error)
	// lost is what moves when the port is gone.
	lost(at time.Time) []hal.Input
}

// hook is the hook switch: a contact to ground, pulled up.
type hook struct {
	closed bool // while the handset is lifted
	contact.Level
}

func newHook(w wiring.Hook) *hook {
	return &hook{closed: w.Lifted == "closed", Level: contact.Level{Settle: hookSettle}}
}

// rest is the level to begin with: on the hook.
func (h *hook) rest() { h.Closed = !h.closed }

func (h *hook) off() bool { return h.Closed == h.closed }

func (h *hook) step(p port) ([]hal.Input, bool, error) {
	low, err := p.read()
	if err != nil {
		return nil, false, err
	}
	if changed, since := h.Step(low != 0, time.Now()); changed {
		return []hal.Input{hal.HookInput{Off: h.off(), At: since}}, false, nil
	}
	return nil, h.Moving(), nil
}

// lost: whoever talks goes on.
func (h *hook) lost(time.Time) []hal.Input { return nil }

// dial is a rotary dial: its pulse contact, and the one that is closed while it is turned.
type dial struct {
	closed bool // the pulse contact at rest
	*contact.Dial
}

func newDial(w wiring.Dial) *dial {
	return &dial{w.Rest == "closed", contact.NewDial(w.Digits, w.Turned == 0)}
}

func (d *dial) step(p port) ([]hal.Input, bool, error) {
	low, err := p.read()
	if err != nil {
		return nil, false, err
	}
	return inputs(d.Step(low&1 != 0 == d.closed, low&2 != 0, time.Now())), d.Moving(), nil
}

// lost: a digit that was half dialled may be whole when the port is back.
func (d *dial) lost(time.Time) []hal.Input { return nil }

// keypad is a key matrix, with buttons of their own beside it. While no key is down every row
// is, so that one look at the columns, or an edge of one, tells of any key.
type keypad struct {
	rows, cols int // of the matrix; the port's further inputs are the buttons
	matrix     *contact.Matrix
	buttons    *contact.Matrix
	resting    bool
	scan       []uint64
}

// newKeypad makes a keypad of a matrix of rows and columns, and of buttons; either may be none.
func newKeypad(rows, cols int, keys []string, buttons string, settle time.Duration) *keypad {
	return &keypad{
		rows: rows, cols: cols, matrix: contact.NewMatrix(keys, settle),
		buttons: contact.NewMatrix([]string{buttons}, settle), scan: make([]uint64, rows),
	}
}

// renew forgets how the port stands: it is another one.
func (k *keypad) renew() { k.resting = false }

// look fills scan and returns the buttons, and whether any key of the matrix is down.
func (k *keypad) look(p port) (buttons uint64, any bool, err error) {
	clear(k.scan)
	columns := uint64(1)<<k.cols - 1
	if k.resting || k.rows == 0 {
		low, err := p.read()
		if err != nil || low&columns == 0 {
			return low >> k.cols, false, err
		}
		k.resting = false
	}
	for i := range k.scan {
		if err := p.pull(1 << i); err != nil {
			return 0, false, err
		}
		low, err := p.read()
		if err != nil {
			return 0, false, err
		}
		k.scan[i], buttons = low&columns, low>>k.cols
		any = any || k.scan[i] != 0
	}
	if any {
		return buttons, true, p.pull(0)
	}
	if err := p.pull(1<<k.rows - 1); err != nil {
		return 0, false, err
	}
	k.resting = true
	low, err := p.read() // a key that went down meanwhile gives no edge any more
	return low >> k.cols, low&columns != 0, err
}

func (k *keypad) step(p port) ([]hal.Input, bool, error) {
	buttons, any, err := k.look(p)
	if err != nil {
		return nil, false, err
	}
	at := time.Now()
	moved := append(k.matrix.Step(k.scan, at), k.buttons.Step([]uint64{buttons}, at)...)
	return inputs(moved), any || k.matrix.Moving() || k.buttons.Moving(), nil
}

// lost: a key that was down would be held, and its tone sound, for as long as nobody mends it.
func (k *keypad) lost(at time.Time) []hal.Input {
	return inputs(append(k.matrix.Release(at), k.buttons.Release(at)...))
}

func inputs(keys []hal.KeyInput) []hal.Input {
	all := make([]hal.Input, len(keys))
	for i, k := range keys {
		all[i] = k
	}
	return all
}
