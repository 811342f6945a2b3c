package rpi

import (
	"fmt"
	"slices"

	"periph.io/x/conn/v3/gpio"

	"github.com/offhook/offhook/board/learn"
	"github.com/offhook/offhook/board/wiring"
)

// A Prober looks which pins of the header are joined. It pulls each up weakly, and down in
// turn; nothing that a pin may be wired to is hurt by that, but a bell's driver or a relay may
// move. It is not for use by several goroutines.
type Prober struct {
	lines map[int]line
	pins  []int // of lines, in order
	Taken []int // pins that the kernel or another program has
}

// NewProber takes every free pin of the header, but those of I2C bus 1. label is as in
// board.chip.
func NewProber(label string) (*Prober, error) { return newProber(kernel{label}) }

func newProber(from hardware) (*Prober, error) {
	p := &Prober{lines: map[int]line{}}
	var last error
	for pin := 4; pin <= 27; pin++ {
		if wiring.HeaderPin(pin) == 0 {
			continue
		}
		l, err := from.line(pin)
		if err == nil {
			err = l.In(gpio.PullUp, gpio.NoEdge)
		}
		if err != nil {
			p.Taken, last = append(p.Taken, pin), told(err)
			continue
		}
		p.lines[pin], p.pins = l, append(p.pins, pin)
	}
	if len(p.pins) < 2 {
		return nil, fmt.Errorf("the pins cannot be read: %w", last)
	}
	return p, nil
}

// Look looks once. Pins at ground are not asked what they are joined with.
func (p *Prober) Look() (learn.Look, error) {
	low := p.low()
	l := learn.Look{Low: low}
	for i, pin := range p.pins {
		if slices.Contains(low, pin) {
			continue
		}
		if err := p.lines[pin].Out(gpio.Low); err != nil {
			return l, fmt.Errorf("GPIO %d cannot be driven: %w", pin, err)
		}
		for _, other := range p.pins[i+1:] {
			if !slices.Contains(low, other) && p.lines[other].Read() == gpio.Low {
				l.Pairs = append(l.Pairs, [2]int{pin, other})
			}
		}
		if err := p.lines[pin].In(gpio.PullUp, gpio.NoEdge); err != nil {
			return l, fmt.Errorf("GPIO %d cannot be read: %w", pin, err)
		}
	}
	return l, nil
}

func (p *Prober) low() []int {
	var low []int
	for _, pin := range p.pins {
		if p.lines[pin].Read() == gpio.Low {
			low = append(low, pin)
		}
	}
	return low
}

// Close gives the pins back.
func (p *Prober) Close() {
	for _, l := range p.lines {
		release(l)
	}
}
