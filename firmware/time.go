package main

import (
	"context"
	"io/fs"
	"path"
	"strings"
	"time"
)

// timeKnown is whether this computer's clock can be right: a time server has set it, it has a clock
// chip that the kernel took the time from, or nobody here says what has become of it.
func timeKnown(system fs.FS) bool {
	t := clockNow(system)
	if !t.Known || t.Synced {
		return true
	}
	const class = "sys/class/rtc"
	chips, _ := fs.ReadDir(system, class) // none where there is no folder
	for _, c := range chips {
		if told, _ := fs.ReadFile(system, path.Join(class, c.Name(), "hctosys")); strings.TrimSpace(string(told)) == "1" {
			return true
		}
	}
	return false
}

// timeEvery is how often timeKnown is asked, until it says so: a clock that is only mended a little
// when a server is heard is not seen by clock.Watch.
const timeEvery = 5 * time.Second

// awaitTime tells once that the time is known. Where it is, nothing is told, and it need not run.
func awaitTime(ctx context.Context, known func() bool, tells chan<- struct{}) {
	for tick := time.NewTicker(timeEvery); ; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			tick.Stop()
			return
		}
		if known() {
			tick.Stop()
			select {
			case tells <- struct{}{}:
			case <-ctx.Done():
			}
			return
		}
	}
}
