package main

import (
	"context"
	"fmt"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// pulse tells systemd, where that has started the phone, that it is there and, as long as its
// loop turns, that it lives (sd_notify(3)): one that hangs is killed and started again.
// It returns when ctx ends, or at once where nobody wants to know.
func (d *desk) pulse(ctx context.Context) {
	limit, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		d.print("systemd's watchdog is not told anything:", err)
	}
	if err := notify(daemon.SdNotifyReady); err != nil {
		d.print(err)
	}
	if limit <= 0 {
		return
	}
	// Half of it, as sd_watchdog_enabled(3) recommends.
	tick := time.NewTicker(limit / 2)
	defer tick.Stop()
	for {
		select {
		case d.beat <- struct{}{}:
		case <-ctx.Done():
			return
		}
		if err := notify(daemon.SdNotifyWatchdog); err != nil {
			d.print(err)
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func notify(state string) error {
	if _, err := daemon.SdNotify(false, state); err != nil {
		return fmt.Errorf("systemd cannot be told %q: %w", state, err)
	}
	return nil
}
