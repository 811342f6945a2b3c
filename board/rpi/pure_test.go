package rpi

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/offhook/offhook/hal"
)

func TestLit(t *testing.T) {
	for _, c := range []struct {
		p    hal.Pattern
		at   time.Duration
		on   bool
		left time.Duration
	}{
		{hal.Off, 0, false, 0}, {hal.On, time.Hour, true, 0},
		{hal.Blink, 0, true, 500 * time.Millisecond}, {hal.Blink, 700 * time.Millisecond, false, 300 * time.Millisecond},
		{hal.Flash, 1010 * time.Millisecond, true, 90 * time.Millisecond}, {hal.Pattern(99), 0, false, 0},
	} {
		if on, left := lit(c.p, c.at); on != c.on || left != c.left {
			t.Errorf("pattern %d at %v: %v for %v", c.p, c.at, on, left)
		}
	}
}

func TestPlain(t *testing.T) {
	busy := errors.New("device or resource busy")
	for _, err := range []error{
		busy, fmt.Errorf("line_request ioctl: %w", busy),
		fmt.Errorf("GPIOLine.Out(): %w", &os.PathError{Op: "open", Path: "/dev/gpiochip0", Err: busy}),
	} {
		if got := plain(err); got != busy {
			t.Errorf("%v is plainly %v", err, got)
		}
	}
	if plain(nil) != nil {
		t.Error("no error is one")
	}
}
