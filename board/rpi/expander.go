package rpi

import (
	"fmt"
	"sync"

	"github.com/offhook/offhook/board/wiring"
)

// Registers of an MCP23017 with IOCON.BANK = 0: pairs, of port A and of port B, that one
// transfer writes one after the other (DS20001952D, table 3-5).
const (
	regDirection = 0x00 // IODIR: 1 is an input
	regInterrupt = 0x04 // GPINTEN: 1 tells of a change
	regCompare   = 0x08 // INTCON: 0 compares with what was read before
	regConfigure = 0x0a // IOCON
	regPullUp    = 0x0c // GPPU
	regPort      = 0x12 // GPIO: reading it ends the interrupt
	regLatch     = 0x14 // OLAT
)

// One interrupt output for both ports, open drain: low while something has changed.
const configured = 1<<6 | 1<<2 // IOCON.MIRROR, IOCON.ODR (p. 20)

// An expander is a chip with more lines. Those who share it are its keypad, its buttons and its
// lamps, each on its own goroutine. After an error it is told everything anew, as after a power
// cut of its own.
type expander struct {
	wiring wiring.Expander
	from   hardware

	mu      sync.Mutex
	bus     bus    // nil: not open
	outputs uint16 // lines that are driven
	high    uint16 // of those
	watched uint16 // inputs whose change is told of
}

func newExpander(w wiring.Expander, from hardware) *expander { return &expander{wiring: w, from: from} }

// drive makes outputs of these lines, at their levels, and inputs of the others of mask.
func (e *expander) drive(mask, outputs, high uint16) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	o, h := e.outputs&^mask|outputs&mask, e.high&^mask|high&mask
	if e.bus != nil && o == e.outputs && h == e.high {
		return nil
	}
	e.outputs, e.high = o, h
	if e.bus == nil {
		return e.do(func() error { return nil }) // setting it up is enough
	}
	return e.do(e.settle)
}

// watch has the chip tell of changes of these inputs.
func (e *expander) watch(inputs uint16) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.watched |= inputs
	return e.do(func() error {
		if e.wiring.Chip != "mcp23017" {
			return nil // it always does
		}
		return e.write(regInterrupt, e.watched)
	})
}

// renew tells the chip everything anew. One that was without power for a moment has forgotten
// its rows, and whether to tell of a change: it is silent then for ever.
func (e *expander) renew() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.bus == nil {
		return e.do(func() error { return nil }) // setting it up is enough
	}
	return e.do(e.begin)
}

// read is the level of each line.
func (e *expander) read() (high uint16, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	err = e.do(func() error {
		var got [2]byte
		switch e.wiring.Chip {
		case "mcp23017":
			err := e.tx([]byte{regPort}, got[:])
			high = uint16(got[0]) | uint16(got[1])<<8
			return err
		case "pcf8574":
			err := e.tx(nil, got[:1])
			high = uint16(got[0]) | 0xff00
			return err
		}
		err := e.tx(nil, got[:])
		high = uint16(got[0]) | uint16(got[1])<<8
		return err
	})
	return high, err
}

// do opens the bus and sets the chip up, where that is needed, and then does what is asked.
func (e *expander) do(what func() error) error {
	if e.bus == nil {
		b, err := e.from.bus(e.wiring.Bus)
		if err != nil {
			return err
		}
		e.bus = b
		if err := e.begin(); err != nil {
			return e.lost(err)
		}
	}
	if err := what(); err != nil {
		return e.lost(err)
	}
	return nil
}

// lost closes the bus of a chip that does not answer.
func (e *expander) lost(error) error {
	e.bus.Close() // what fails now is past mending
	e.bus = nil
	return fmt.Errorf("no answer from the expander at 0x%02x: check its wires", e.wiring.Address)
}

// begin tells the chip all that it must know.
func (e *expander) begin() error {
	if e.wiring.Chip != "mcp23017" {
		return e.settle()
	}
	for _, one := range []struct {
		register byte
		value    uint16
	}{{regConfigure, configured | configured<<8}, {regPullUp, 0xffff}, {regCompare, 0}, {regInterrupt, e.watched}} {
		if err := e.write(one.register, one.value); err != nil {
			return err
		}
	}
	return e.settle()
}

// settle puts the lines as they are to be. A PCF8574 has no directions: a line that is high is
// pulled up weakly and can be read (SCPS068, section 8.1).
func (e *expander) settle() error {
	switch e.wiring.Chip {
	case "pcf8574":
		return e.tx([]byte{byte(e.high | ^e.outputs)}, nil)
	case "pcf8575":
		all := e.high | ^e.outputs
		return e.tx([]byte{byte(all), byte(all >> 8)}, nil)
	}
	if err := e.write(regLatch, e.high); err != nil {
		return err
	}
	return e.write(regDirection, ^e.outputs)
}

func (e *expander) write(register byte, value uint16) error {
	return e.tx([]byte{register, byte(value), byte(value >> 8)}, nil)
}

func (e *expander) tx(w, r []byte) error { return e.bus.Tx(uint16(e.wiring.Address), w, r) }

// close lets every line float. Nobody uses the expander any more.
func (e *expander) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.bus != nil {
		e.outputs = 0
		e.settle() // what fails now is past mending
		e.bus.Close()
		e.bus = nil
	}
}
