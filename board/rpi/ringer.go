package rpi

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"periph.io/x/conn/v3/gpio"

	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

// ringer is a bell or a buzzer. Its goroutine has a thread of its own while it rings. Its lines
// are low whenever it does not ring, and float, pulled down by the driver, when the program is
// gone.
type ringer struct {
	pins   []int
	hertz  int              // 0: a buzzer
	latest chan hal.Cadence // capacity 1
}

func newRinger(w wiring.Ringer) *ringer {
	r := &ringer{pins: w.Bell, hertz: w.Frequency, latest: make(chan hal.Cadence, 1)}
	if w.Buzzer != 0 {
		r.pins, r.hertz = []int{w.Buzzer}, 0
	}
	return r
}

func (r *ringer) Ring(c hal.Cadence) {
	for {
		select {
		case r.latest <- c:
			return
		default:
		}
		select {
		case <-r.latest: // one that nobody has heard
		default:
		}
	}
}

// run rings until ctx ends. A ringer whose lines cannot be had is told of and tried again.
func (r *ringer) run(ctx context.Context, from hardware, fault func(error)) {
	var now hal.Cadence
	began, broken := time.Now(), false
	for ctx.Err() == nil {
		lines, err := r.open(from)
		if err == nil {
			if broken {
				broken = false
				fault(nil)
			}
			err = r.ring(ctx, lines, &now, &began)
			for _, l := range lines {
				l.Out(gpio.Low) // what fails now is past mending
			}
			release(lines...)
		}
		if err != nil && !broken {
			broken = true
			fault(err)
		}
		select {
		case now = <-r.latest:
			began = time.Now()
		case <-time.After(retryTime):
		case <-ctx.Done():
		}
	}
}

func (r *ringer) open(from hardware) ([]line, error) {
	var lines []line
	for _, pin := range r.pins {
		l, err := from.line(pin)
		if err == nil {
			err = l.Out(gpio.Low)
		}
		if err != nil {
			release(lines...)
			return nil, fmt.Errorf("the bell's GPIO %d does not work: %w", pin, err)
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// ring works the lines until ctx ends or one of them fails.
func (r *ringer) ring(ctx context.Context, lines []line, now *hal.Cadence, began *time.Time) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	locked := false
	defer func() {
		if locked {
			runtime.UnlockOSThread()
		}
	}()
	var was [2]bool
	for {
		one, two, left := strikes(*now, time.Since(*began), r.hertz)
		if rings := *now != (hal.Cadence{}); rings != locked {
			if locked = rings; locked {
				runtime.LockOSThread()
			} else {
				runtime.UnlockOSThread()
			}
		}
		if err := set(lines, was, [2]bool{one, two}); err != nil {
			return fmt.Errorf("the bell cannot be driven: %w", err)
		}
		was = [2]bool{one, two}
		if left == 0 {
			left = time.Hour
		}
		timer.Reset(left)
		select {
		case *now = <-r.latest:
			*began = time.Now()
		case <-timer.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// set puts the lines as they are to be, those first that lose current: two coils never have it
// at once.
func set(lines []line, was, now [2]bool) error {
	for _, level := range []bool{false, true} {
		for i, l := range lines {
			if was[i] != now[i] && now[i] == level {
				if err := l.Out(gpio.Level(level)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
