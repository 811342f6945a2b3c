package rpi

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"

	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/hal"
)

// An led is one lamp, wherever its pin is.
type led interface {
	light(on bool) error
	close()
}

// lamps are the board's LEDs.
type lamps struct {
	pins       map[string]int
	brightness int           // of those on PWM channels, in percent
	looks      bool          // they alone hang on the expander, and have to see that it is there
	wake       chan struct{} // capacity 1

	mu       sync.Mutex
	patterns map[hal.Lamp]hal.Pattern
}

func newLamps(w wiring.Wiring) *lamps {
	l := &lamps{pins: w.Lamps, brightness: w.Brightness, wake: make(chan struct{}, 1), patterns: map[hal.Lamp]hal.Pattern{}}
	expanded := func(pin int) bool { return wiring.Line(pin) >= 0 }
	l.looks = slices.ContainsFunc(slices.Collect(maps.Values(w.Lamps)), expanded) &&
		!slices.ContainsFunc(slices.Concat(w.Keypad.Cols, slices.Collect(maps.Values(w.Buttons))), expanded)
	return l
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

// run lights the lamps until ctx ends, and leaves them dark. A lamp that cannot be lit is told
// of, and tried again.
func (l *lamps) run(ctx context.Context, from hardware, chip *expander, fault func(error)) {
	leds, on := map[string]led{}, map[string]bool{}
	defer func() {
		for _, one := range leds {
			one.light(false) // what fails now is past mending
			one.close()
		}
	}()
	told, began, retry := "", time.Now(), time.Time{}
	var lost error // the expander, when it was looked at last
	look := began.Add(lookTime)
	for {
		next, at := time.Hour, time.Now()
		if l.looks && !at.Before(look) {
			look = at.Add(lookTime)
			if lost = chip.renew(); lost != nil {
				look = at.Add(retryTime)
			}
		}
		if l.looks {
			next = look.Sub(at)
		}
		problem := lost
		for _, name := range slices.Sorted(maps.Keys(l.pins)) {
			one := leds[name]
			if one == nil && at.Before(retry) {
				problem = errTriedAgain
				continue
			}
			want, left := lit(l.pattern(name), at.Sub(began))
			if left > 0 {
				next = min(next, left)
			}
			var err error
			if one == nil {
				if one, err = l.open(l.pins[name], from, chip); err == nil {
					leds[name], on[name] = one, !want
				}
			}
			if err == nil && on[name] != want {
				if err = one.light(want); err != nil {
					one.close()
					delete(leds, name)
				}
				on[name] = want
			}
			if err != nil {
				problem = fmt.Errorf("the %s lamp's %w", name, err)
			}
		}
		switch {
		case problem == nil && told != "":
			told = ""
			fault(nil)
		case problem != nil && problem != errTriedAgain:
			retry = at.Add(retryTime)
			if told != problem.Error() {
				told = problem.Error()
				fault(problem)
			}
		}
		if problem != nil {
			next = min(next, max(time.Until(retry), time.Millisecond))
		}
		select {
		case <-l.wake:
		case <-time.After(next):
		case <-ctx.Done():
			return
		}
	}
}

// errTriedAgain is the problem of a lamp that was told of, and waits.
var errTriedAgain = fmt.Errorf("tried again later")

func (l *lamps) pattern(name string) hal.Pattern {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.patterns[hal.Lamp(name)]
}

func (l *lamps) open(pin int, from hardware, chip *expander) (led, error) {
	if channel := wiring.PWM(pin); channel >= 0 {
		d, err := from.pwm(channel, dimPeriod)
		if err != nil {
			return nil, fmt.Errorf("PWM channel %d does not work: %w", channel, err)
		}
		return dimmed{d, l.brightness}, nil
	}
	if n := wiring.Line(pin); n >= 0 {
		return chipLED{chip, 1 << n}, nil
	}
	one, err := from.line(pin)
	if err == nil {
		err = one.Out(gpio.Low)
	}
	if err != nil {
		return nil, fmt.Errorf("GPIO %d does not work: %w", pin, plain(err))
	}
	return lineLED{one}, nil
}

// lineLED is an LED from a line of the header to ground.
type lineLED struct{ line }

func (l lineLED) light(on bool) error { return l.Out(gpio.Level(on)) }
func (l lineLED) close()              { release(l.line) }

// chipLED is an LED on an expander: to ground, but from 3.3 V where the chip can only draw
// current (PCF8574: 25 mA down, 0.1 mA up; SCPS068, section 6.5).
type chipLED struct {
	chip *expander
	bit  uint16
}

func (l chipLED) light(on bool) error {
	var high uint16
	if on == (l.chip.wiring.Chip == "mcp23017") {
		high = l.bit
	}
	if err := l.chip.drive(l.bit, l.bit, high); err != nil {
		return fmt.Errorf("expander does not answer: %w", err)
	}
	return nil
}

func (l chipLED) close() {}

// dimmed is an LED on a PWM channel.
type dimmed struct {
	dimmer
	percent int
}

func (d dimmed) light(on bool) error {
	if on {
		return d.set(d.percent)
	}
	return d.set(0)
}
