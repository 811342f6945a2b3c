// Package clock tells that the computer's clock was set. A board without a clock chip wakes at
// the time of its last shutdown, and is told the right one by a time server some seconds or
// hours later; what could not be done at the wrong time is then to be tried again. It owns that
// moment, sets nothing, and does not say whether the time is right.
package clock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Watch calls set each time that the clock was set, until ctx ends; that it runs faster or slower
// for a while, as time servers mend a small error, does not count. Between it sleeps.
func Watch(ctx context.Context, set func()) error {
	fd, err := unix.TimerfdCreate(unix.CLOCK_REALTIME, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK)
	if err != nil {
		return fmt.Errorf("clock: %w", err)
	}
	timer := os.NewFile(uintptr(fd), "timerfd")
	defer timer.Close()
	// It never goes off. What counts is that it is cancelled when the clock is set, and says so to
	// who reads it (timerfd_create(2)).
	never := unix.ItimerSpec{Value: unix.Timespec{Sec: 1<<31 - 1}}
	if err := unix.TimerfdSettime(fd, unix.TFD_TIMER_ABSTIME|unix.TFD_TIMER_CANCEL_ON_SET, &never, nil); err != nil {
		return fmt.Errorf("clock: %w", err)
	}
	defer context.AfterFunc(ctx, func() { _ = timer.SetReadDeadline(time.Unix(1, 0)) })()
	if err := watch(ctx, timer.Read, set); err != nil {
		return fmt.Errorf("clock: %w", err)
	}
	return nil
}

// watch reads until ctx ends.
func watch(ctx context.Context, read func([]byte) (int, error), set func()) error {
	for expired := make([]byte, 8); ; {
		_, err := read(expired)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, unix.ECANCELED):
			set()
		case err != nil:
			return err
		}
	}
}
