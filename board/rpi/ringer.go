package rpi

import (
	"context"
	"fmt"
	"time"

	"periph.io/x/conn/v3/gpio"

	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

// ringer is a bell or a buzzer. Its lines
// are low whenever it does not ring, and float, pulled down by the driver, when the program is
// gone.
type ringer struct {
	pins   []int
	hertz  int              // 0: a buzzer, or a bell that the PWM chip works
	pulses time.Duration    // the period of a PWM channel; 0: there is none
	latest chan hal.Cadence // capacity 1
}

func newRinger(w wiring.Ringer) *ringer {
	r := &ringer{pins: w.Bell, hertz: w.Frequency, latest: make(chan hal.Cadence, 1)}
	switch {
	case w.Buzzer != 0:
		r.pins, r.hertz = []int{w.Buzzer}, 0
	case wiring.PWM(w.Bell[0]) >= 0:
		r.hertz, r.pulses = 0, time.Second/time.Duration(w.Frequency)
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
		l, err := r.line(from, pin)
		if err == nil {
			err = l.Out(gpio.Low)
		}
		if err != nil {
			release(lines...)
			return nil, fmt.Errorf("the bell's %s does not work: %w", wiring.PinWords(pin), plain(err))
		}
		lines = append(lines, l)
	}
	return lines, nil
}

func (r *ringer) line(from hardware, pin int) (line, error) {
	channel := wiring.PWM(pin)
	if channel < 0 {
		return from.line(pin)
	}
	d, err := from.pwm(channel, r.pulses)
	if err != nil {
		return nil, err
	}
	return pulsed{dimmer: d}, nil
}

// pulsed is a PWM channel as a line: high gives pulses, half of each period, whose times no
// busy processor can move.
type pulsed struct {
	line // none: it is never read
	dimmer
}

func (p pulsed) Out(level gpio.Level) error {
	if level {
		return p.set(50)
	}
	return p.set(0)
}

func (p pulsed) Close() { p.close() }

// ring works the lines until ctx ends or one of them fails.
func (r *ringer) ring(ctx context.Context, lines []line, now *hal.Cadence, began *time.Time) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	var was [2]bool
	for {
		one, two, left := strikes(*now, time.Since(*began), r.hertz)
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
