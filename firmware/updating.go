package main

import (
	"context"
	"os"
	"sync"
	"time"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/firmware/slots"
	"github.com/offhook/offhook/firmware/station"
	"github.com/offhook/offhook/firmware/update"
	"github.com/offhook/offhook/firmware/updater"
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/ui"
)

// updating is the phone's side of updates, where an updater runs beside it: it tells how the
// phone is, shows what the updater says and hands on what the user answers.
type updating struct {
	socket  string // of the updater; "": there is none
	answers chan bool
	told    chan struct{} // the phone is busy, or no more

	mu      sync.Mutex
	now     ui.Update
	changes chan ui.Update // capacity 1: the latest, not read yet
	view    phone.Snapshot
	engine  *media.Engine
}

// updaterVariable names the updater's socket, in the environment of a phone on a card.
const updaterVariable = "OFFHOOK_UPDATER"

func newUpdating() *updating {
	return &updating{socket: os.Getenv(updaterVariable), answers: make(chan bool, 1), told: make(chan struct{}, 1), changes: make(chan ui.Update, 1)}
}

// Our own choices.
const (
	updaterRetry = 5 * time.Second        // while none answers
	proveTime    = 4 * time.Second        // a card may take as long to open
	proveStep    = 200 * time.Millisecond // between two looks at its clock
)

// watch takes a new phone's engine, and returns what the station is told and how it stands.
func (u *updating) watch(e *media.Engine) (ui.Update, <-chan ui.Update) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.engine = e
	select {
	case <-u.changes: // now is newer
	default:
	}
	return u.now, u.changes
}

// see takes a new view, on the station's loop.
func (u *updating) see(v station.View) {
	u.mu.Lock()
	defer u.mu.Unlock()
	changed := sounds(v.Phone) != sounds(u.view)
	u.view = v.Phone
	if changed {
		select {
		case u.told <- struct{}{}:
		default:
		}
	}
}

// answer hands on what the user says; it never blocks.
func (u *updating) answer(yes bool) {
	select {
	case u.answers <- yes:
	default:
	}
}

// run speaks with the updater until ctx ends, each time that there is one.
func (u *updating) run(ctx context.Context) error {
	for u.socket != "" && ctx.Err() == nil {
		if c, err := updater.Dial(u.socket); err == nil {
			u.speak(ctx, c)
			u.show(ui.Update{})
		}
		select {
		case <-time.After(updaterRetry):
		case <-ctx.Done():
		}
	}
	return nil
}

// speak is one conversation.
func (u *updating) speak(ctx context.Context, c *updater.Client) {
	ctx, gone := context.WithCancel(ctx)
	var group sync.WaitGroup
	defer group.Wait()
	defer gone()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	group.Go(func() {
		defer gone()
		for ctx.Err() == nil {
			var err error
			select {
			case yes := <-u.answers:
				err = c.Answer(yes)
			case <-u.told:
				err = c.Tell(updater.Told{Busy: u.busy()})
			case <-ctx.Done():
			}
			if err != nil {
				return
			}
		}
	})
	if c.Tell(updater.Told{Busy: u.busy()}) != nil {
		return
	}
	for {
		s, measure, err := c.Next()
		switch {
		case err != nil:
			return
		case measure:
			err = c.Tell(updater.Told{Measured: true, Health: u.measure(ctx), Busy: u.busy()})
		default:
			u.show(shownUpdate(s))
		}
		if err != nil {
			return
		}
	}
}

func (u *updating) busy() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return sounds(u.view)
}

// measure tells how the phone is: whether it is registered, and whether the clock of its sound
// card moves. A card at rest is opened for that, silently.
func (u *updating) measure(ctx context.Context) slots.Health {
	u.mu.Lock()
	e := u.engine
	h := slots.Health{Registered: registered(u.view)}
	u.mu.Unlock()
	if e == nil || !e.Do(media.Prove{For: proveTime}) {
		return h
	}
	before, was := uint64(0), false
	for end := time.Now().Add(proveTime); time.Now().Before(end) && ctx.Err() == nil; {
		periods, open := e.Clock()
		if h.Sounds = open && was && periods > before; h.Sounds {
			break
		}
		before, was = periods, open
		select {
		case <-time.After(proveStep):
		case <-ctx.Done():
		}
	}
	e.Do(media.Prove{})
	return h
}

func registered(p phone.Snapshot) bool {
	for _, a := range p.Accounts[:p.NumAccts] {
		if a.State == phone.Registered {
			return true
		}
	}
	return false
}

func (u *updating) show(now ui.Update) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.now = now
	select {
	case <-u.changes:
	default:
	}
	u.changes <- now
}

// stages are the updater's as the display has them.
var stages = map[update.Stage]ui.UpdateStage{
	update.Idle: ui.UpdateIdle, update.Offered: ui.UpdateOffered, update.Measuring: ui.UpdateInstalling, update.Installing: ui.UpdateInstalling,
	update.Waiting: ui.UpdateWaiting, update.Restarting: ui.UpdateRestarting, update.OnTrial: ui.UpdateTrial,
}

func shownUpdate(s update.Status) ui.Update {
	return ui.Update{Stage: stages[s.Stage], Version: s.Version, From: s.Kind.String(), Percent: s.Percent, Note: s.Note}
}
