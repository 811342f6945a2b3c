package rpi

import "github.com/offhook/offhook/board/wiring"

// An expanded is a port of an expander's lines.
type expanded struct {
	chip         *expander
	inputs, rows []int // lines of the chip
	interrupt    port  // nil: the chip cannot tell, and is polled
}

func openExpanded(e *expander, inputs, rows []int, moved func()) (port, error) {
	x := &expanded{chip: e, inputs: onChip(inputs), rows: onChip(rows)}
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
	high, err := x.chip.read()
	var low uint64
	for i, n := range x.inputs {
		if high&(1<<n) == 0 {
			low |= 1 << i
		}
	}
	return low, err
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

func (x *expanded) tells() bool { return x.interrupt != nil && x.interrupt.tells() }

func (x *expanded) close() {
	x.pull(0) // what fails now is past mending
	if x.interrupt != nil {
		x.interrupt.close()
	}
}
