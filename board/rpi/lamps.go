package rpi

import (
	"context"
	"fmt"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"

	"github.com/offhook/offhook/hal"
)

// lamps are LEDs on GPIO lines, lit when high.
type lamps struct {
	pins map[string]int
	wake chan struct{} // capacity 1

	mu       sync.Mutex
	patterns map[hal.Lamp]hal.Pattern
}

func newLamps(pins map[string]int) *lamps {
	return &lamps{pins: pins, wake: make(chan struct{}, 1), patterns: map[hal.Lamp]hal.Pattern{}}
}

func (l *lamps) Light(lamp hal.Lamp, p hal.Pattern) {
	if l.pins[string(lamp)] == 0 {
		return
	}
	l.mu.Lock()
	l.patterns[lamp] = p
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// lit says whether a lamp is lit at a time after its board began, and for how long yet; 0:
// until the pattern changes.
func lit(p hal.Pattern, at time.Duration) (on bool, left time.Duration) {
	half := map[hal.Pattern]time.Duration{hal.Blink: 500 * time.Millisecond, hal.Flash: 100 * time.Millisecond}[p]
	if half == 0 {
		return p == hal.On, 0
	}
	return at/half%2 == 0, half - at%half
}

// run lights the lamps until ctx ends, and leaves them dark. A lamp that cannot be lit is
// told of once.
func (l *lamps) run(ctx context.Context, from hardware, fault func(error)) {
	lines := map[hal.Lamp]line{}
	for name, pin := range l.pins {
		one, err := from.line(pin)
		if err == nil {
			err = one.Out(gpio.Low)
		}
		if err != nil {
			fault(fmt.Errorf("the %s lamp's GPIO %d does not work: %w", name, pin, err))
			continue
		}
		lines[hal.Lamp(name)] = one
	}
	defer func() {
		for _, one := range lines {
			one.Out(gpio.Low) // what fails now is past mending
			release(one)
		}
	}()
	began := time.Now()
	for {
		next := time.Hour
		l.mu.Lock()
		for name, one := range lines {
			on, left := lit(l.patterns[name], time.Since(began))
			one.Out(gpio.Level(on)) // a line that was driven once is not refused later
			if left > 0 {
				next = min(next, left)
			}
		}
		l.mu.Unlock()
		select {
		case <-l.wake:
		case <-time.After(next):
		case <-ctx.Done():
			return
		}
	}
}
