package rpi

import (
	"errors"
	"time"

	"github.com/offhook/offhook/board/wiring"
)

// An expanded is a port of an expander's lines. Its interrupt is relied on once it has come with
// a change, or nobody has touched a key for trustTime: until then the chip is polled, so that keys
// work where that wire leads nowhere.
type expanded struct {
	chip         *expander
	inputs, rows []int     // lines of the chip
	interrupt    port      // nil: the chip cannot tell, and is polled
	proved       bool      // the interrupt has come
	missed       int       // changes that came without, before
	trust        time.Time // when it is relied on all the same
	last         uint64
	known        bool // last is what was read last
}

// mostMissed is how many changes without an interrupt say that there is none: one may fall
// between the look at the wire and that at the chip.
const mostMissed = 6

// trustTime is for who wires a keypad, and tries it.
const trustTime = 5 * time.Minute

// errInterrupt is a doubt: the keys work.
var errInterrupt = errors.New("the expander's interrupt does not come: check its wire; it is asked every 20 ms meanwhile")

func openExpanded(e *expander, inputs, rows []int, moved func()) (port, error) {
	x := &expanded{chip: e, inputs: onChip(inputs), rows: onChip(rows), trust: time.Now().Add(trustTime)}
	if e.wiring.Interrupt != 0 {
		p, err := e.from.port([]int{e.wiring.Interrupt}, nil, moved)
		if err != nil {
			return nil, err
		}
		x.interrupt = p
	}
	err := x.pull(0)
	if err == nil && x.interrupt != nil {
		err = e.watch(bits(x.inputs))
	}
	if err == nil {
		_, err = e.read() // ends an interrupt from before
	}
	if err != nil {
		x.close()
		return nil, err
	}
	return x, nil
}

func onChip(pins []int) []int {
	lines := make([]int, len(pins))
	for i, pin := range pins {
		lines[i] = wiring.Line(pin)
	}
	return lines
}

func bits(lines []int) uint16 {
	var all uint16
	for _, n := range lines {
		all |= 1 << n
	}
	return all
}

func (x *expanded) read() (uint64, error) {
	came := uint64(0)
	if x.interrupt != nil && !x.proved {
		var err error
		if came, err = x.interrupt.read(); err != nil {
			return 0, err
		}
	}
	high, err := x.chip.read()
	var low uint64
	for i, n := range x.inputs {
		if high&(1<<n) == 0 {
			low |= 1 << i
		}
	}
	if err == nil {
		if x.known && low != x.last && !x.proved {
			x.proved = came != 0
			x.missed++
			x.trust = time.Now().Add(trustTime)
		}
		x.last, x.known = low, true
	}
	return low, err
}

// doubt is what is wrong with a port that works.
func (x *expanded) doubt() error {
	if x.interrupt != nil && !x.proved && x.missed >= mostMissed {
		return errInterrupt
	}
	return nil
}

func (x *expanded) pull(rows uint64) error {
	var outputs uint16
	for i, n := range x.rows {
		if rows&(1<<i) != 0 {
			outputs |= 1 << n
		}
	}
	return x.chip.drive(bits(x.rows)|bits(x.inputs), outputs, 0)
}

func (x *expanded) tells() bool {
	if x.interrupt == nil || !x.interrupt.tells() || x.doubt() != nil {
		return false
	}
	return x.proved || !time.Now().Before(x.trust)
}

func (x *expanded) close() {
	x.pull(0) // what fails now is past mending
	if x.interrupt != nil {
		x.interrupt.close()
	}
}
