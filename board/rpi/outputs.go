package rpi

import (
	"time"

	"golang.org/x/sys/unix"

	"github.com/offhook/offhook/board/display"
)

// outputs is the hardware as the display needs it.
func outputs(from hardware) display.Hardware { return displayHardware{from} }

type displayHardware struct{ hardware }

func (h displayHardware) Line(gpio int) (display.Line, error) { return h.line(gpio) }
func (h displayHardware) Bus(number int) (display.Bus, error) { return h.bus(number) }

func (h displayHardware) Dimmer(channel int) (display.Dimmer, error) {
	d, err := h.pwm(channel, dimPeriod)
	if err != nil {
		return nil, err
	}
	return dimmedLight{d}, nil
}

// dimmedLight is a dimmer as the display needs it.
type dimmedLight struct{ dimmer }

func (d dimmedLight) Set(percent int) error { return d.set(percent) }
func (d dimmedLight) Close()                { d.close() }

func (displayHardware) Release(l display.Line) {
	if one, is := l.(line); is {
		release(one)
	}
}

// spin is up to where waiting for the clock takes less than having the kernel wait, whose
// timers come 50 µs late.
const spin = 5 * time.Microsecond

// Pause has the kernel wait: a goroutine that sleeps less than a millisecond wakes after one,
// and a display takes a thousand such pauses for a screen.
func (displayHardware) Pause(d time.Duration) {
	switch {
	case d <= 0:
	case d <= spin:
		for began := time.Now(); time.Since(began) < d; {
		}
	case d < time.Millisecond:
		t := unix.NsecToTimespec(d.Nanoseconds())
		for unix.Nanosleep(&t, &t) == unix.EINTR {
		}
	default:
		time.Sleep(d)
	}
}
