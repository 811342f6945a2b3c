package updater

import (
	"context"
	"time"

	"github.com/offhook/offhook/firmware/update"
)

// Our own choices.
const (
	settleTime = 30 * time.Second // after the start, before the server is asked
	askAgain   = time.Hour        // settings may have changed
	unsetTime  = time.Minute      // while the clock is not set
)

// look looks for bundles on the boot partition, once, and at the server, now and then.
func (u *updater) look(ctx context.Context) error {
	for _, path := range bundlesIn(u.Boot) {
		u.inspect(ctx, update.Source{Kind: update.Boot, Path: path}, true)
	}
	var asked time.Time
	for rest := settleTime; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(rest):
		}
		s := u.Settings()
		switch {
		case s.URL != "" && !u.ClockSet():
			rest = unsetTime
			continue
		case s.URL != "" && time.Since(asked) >= s.Every:
			asked = time.Now()
			u.inspect(ctx, update.Source{Kind: update.Web, Path: s.URL}, !s.Ask)
		}
		rest = askAgain
		if s.URL != "" {
			rest = min(rest, max(s.Every-time.Since(asked), time.Minute))
		}
	}
}

// came looks at a stick.
func (u *updater) came(ctx context.Context, dir string) {
	u.found[dir] = bundlesIn(dir)
	for _, path := range u.found[dir] {
		u.inspect(ctx, update.Source{Kind: update.Stick, Path: path}, false)
	}
}

// gone forgets one.
func (u *updater) gone(ctx context.Context, dir string) {
	for _, path := range u.found[dir] {
		u.post(ctx, update.Gone{Source: update.Source{Kind: update.Stick, Path: path}})
	}
	delete(u.found, dir)
}
