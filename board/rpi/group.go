package rpi

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/host/v3/gpioioctl"
)

// A group is a port of the header's own lines: the inputs are one request of the kernel's, so
// that a look at all of them is one call, and an edge of any wakes whoever waits. A row that
// is let go is pulled up as the columns are: from the start the chip pulls GPIO 9 to 27 down
// (BCM2835 ARM Peripherals, table 6-31), and a key between the two would be half a level.
type group struct {
	inputs *gpioioctl.LineSet
	mask   uint64 // of the inputs
	rows   []*gpioioctl.GPIOLine
	pulled uint64
	ends   atomic.Bool
	edges  chan struct{} // closed when nobody waits for edges any more; nil: there are none
}

func (k kernel) port(inputs, rows []int, moved func()) (port, error) {
	chip, err := k.chip()
	if err != nil {
		return nil, err
	}
	names := make([]string, len(inputs))
	for i, number := range inputs {
		l, err := k.gpio(number)
		if err != nil {
			return nil, err
		}
		if names[i] = l.Name(); names[i] == "" || chip.ByName(names[i]) != l {
			return nil, fmt.Errorf("line %d of the GPIO chip %s has no name of its own", number, chip.Label())
		}
	}
	g := &group{mask: 1<<len(inputs) - 1}
	for _, number := range rows {
		l, err := k.gpio(number)
		if err == nil {
			err = l.In(gpio.PullUp, gpio.NoEdge)
		}
		if err != nil {
			g.close()
			return nil, fmt.Errorf("GPIO %d does not work: %w", number, plain(err))
		}
		g.rows = append(g.rows, l)
	}
	g.inputs, err = chip.LineSet(gpioioctl.LineInput, gpio.BothEdges, gpio.PullUp, names...)
	if err == nil {
		g.watch(moved)
		return g, nil
	}
	// A chip without interrupts refuses edges; one whose lines are taken refuses this too.
	g.inputs, err = chip.LineSet(gpioioctl.LineInput, gpio.NoEdge, gpio.PullUp, names...)
	if err != nil {
		g.close()
		return nil, culprit(k, inputs, err)
	}
	return g, nil
}

// culprit finds which of several lines the kernel refuses.
func culprit(k kernel, inputs []int, err error) error {
	for _, number := range inputs {
		l, _ := k.gpio(number)
		if e := l.In(gpio.PullUp, gpio.NoEdge); e != nil {
			return fmt.Errorf("GPIO %d does not work: %w", number, plain(e))
		}
		l.Close()
	}
	return err
}

// watch calls moved at each edge until the group is closed. The first wait, which is over at
// once, makes the file that all others share, so that Halt may be called from anywhere.
func (g *group) watch(moved func()) {
	g.edges = make(chan struct{})
	g.inputs.WaitForEdge(time.Nanosecond)
	go func() {
		defer close(g.edges)
		for !g.ends.Load() {
			if _, _, err := g.inputs.WaitForEdge(0); err != nil {
				return
			}
			moved()
		}
	}()
}

func (g *group) read() (uint64, error) {
	high, err := g.inputs.Read(0)
	if err != nil {
		return 0, fmt.Errorf("the contacts cannot be read: %w", err)
	}
	return ^uint64(high) & g.mask, nil
}

func (g *group) pull(rows uint64) error {
	var errs []error
	for i, l := range g.rows {
		if bit := uint64(1) << i; g.pulled&bit != 0 && rows&bit == 0 {
			errs = append(errs, l.In(gpio.PullUp, gpio.NoEdge))
		}
	}
	for i, l := range g.rows {
		if bit := uint64(1) << i; g.pulled&bit == 0 && rows&bit != 0 {
			errs = append(errs, l.Out(gpio.Low))
		}
	}
	g.pulled = rows
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("the rows cannot be driven: %w", err)
	}
	return nil
}

func (g *group) tells() bool {
	select {
	case <-g.edges: // the chip is gone
		return false
	default:
		return g.edges != nil
	}
}

func (g *group) close() {
	for _, l := range g.rows {
		l.Close()
	}
	if g.inputs == nil {
		return
	}
	g.ends.Store(true)
	for g.tells() {
		g.inputs.Halt() // again, in case it came before a wait that had not begun
		select {
		case <-g.edges:
		case <-time.After(time.Millisecond):
		}
	}
	g.inputs.Close() // only now: a wait on a closed set would read the program's input
}
