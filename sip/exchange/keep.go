package exchange

import (
	"context"
	"time"
)

// A Keeper holds the location service over a restart: one line of text for each user. Its
// methods are called by one goroutine at a time, and may take their time: no registration
// waits for them.
type Keeper interface {
	// Load is all texts, by user.
	Load() (map[string]string, error)
	// Save puts texts in the place of those of these users; "": there is none any more.
	Save(changes map[string]string) error
}

// keepEvery is how often changes are kept: what a power cut may cost, and phones register
// again by themselves anyway.
const keepEvery = 2 * time.Second

// restore takes up what was kept. What cannot be read is left out: its phone registers
// again.
func (x *Exchange) restore(now time.Time) {
	if x.config.Keeper == nil {
		return
	}
	texts, err := x.config.Keeper.Load()
	if err != nil {
		x.log.Warn("the registrations from before are lost", "error", err)
	}
	for user, text := range texts {
		_, known := x.config.Users[user]
		all, err := decode(user, text, now, x.location.limits)
		if err != nil {
			x.log.Warn("a registration from before is lost", "error", err)
		}
		if known && len(all) > 0 {
			x.location.put(user, all)
		}
	}
	x.location.changed = make(map[string]struct{})
}

// keep saves changes until ctx ends, and then the last ones.
func (x *Exchange) keep(ctx context.Context) {
	if x.config.Keeper == nil {
		return
	}
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	failed := false
	for ended := false; !ended; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			ended = true
		}
		changes := x.changes()
		if len(changes) == 0 {
			continue
		}
		err := x.config.Keeper.Save(changes)
		if err != nil {
			x.mu.Lock()
			for user := range changes {
				x.location.changed[user] = struct{}{} // next time, then
			}
			x.mu.Unlock()
		}
		if (err != nil) != failed { // once, not every two seconds
			failed = err != nil
			x.log.Warn("registrations are kept over a restart", "kept", !failed, "error", err)
		}
	}
}

// changes are the texts of the users whose bindings changed.
func (x *Exchange) changes() map[string]string {
	x.mu.Lock()
	changed := x.location.changed
	bindings := make(map[string][]binding, len(changed))
	for user := range changed {
		bindings[user] = x.location.users[user] // never changed in place
	}
	x.location.changed = make(map[string]struct{})
	x.mu.Unlock()
	texts := make(map[string]string, len(bindings))
	for user, all := range bindings {
		texts[user] = encode(all)
	}
	return texts
}
