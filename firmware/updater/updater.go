// Package updater finds updates, on USB sticks, on the boot partition and at a server, and does
// what firmware/update decides about them: it writes slots, puts them on trial, keeps or leaves
// them, and restarts the board. It runs as root beside the phone, which has no such rights, and
// speaks with it over a socket. It owns the card's slots while it runs, and the report that a phone
// leaves on its boot partition; it knows nothing of calls.
package updater

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/offhook/offhook/firmware/bundle"
	"github.com/offhook/offhook/firmware/install"
	"github.com/offhook/offhook/firmware/slots"
	"github.com/offhook/offhook/firmware/update"
)

// Settings are what offhook.toml says about updates.
type Settings struct {
	URL   string        // of a bundle; "": none is asked for
	Every time.Duration // how often
	Ask   bool          // the user is asked first
}

// Config is what an updater is told. All of it but Sticks is required.
type Config struct {
	Release update.Release // that runs
	Board   string
	Running slots.Slot
	Card    install.Card
	// Writable runs something while the card's boot partition may be written to.
	Writable func(func() error) error
	Keys     []ed25519.PublicKey
	Boot     string // folder of the boot partition
	Socket   string
	Group    int // who may use the socket beside root; -1: nobody
	// Settings are read each time before the server is asked.
	Settings func() Settings
	// ClockSet says that the time is known: no certificate can be judged before.
	ClockSet func() bool
	// Sticks watches USB sticks; nil: nobody does.
	Sticks func(ctx context.Context, came, gone func(dir string)) error
	// Kept is told that the system which runs is no longer on trial.
	Kept func() error
	// Restart restarts the board; tryboot: for the slot that does not run.
	Restart func(tryboot bool) error
	Log     *slog.Logger

	web web // of a test; the zero value: the system's
}

// An updater is one that runs.
type updater struct {
	Config
	hub     *hub
	machine update.Machine
	status  update.Status
	events  chan update.Event
	found   map[string][]string // bundles on each stick
}

// Run is the updater until ctx ends.
func Run(ctx context.Context, c Config) error {
	if c.web.client == nil {
		c.web = newWeb(nil)
	}
	l, err := listen(c.Socket, c.Group)
	if err != nil {
		return fmt.Errorf("updater: %w", err)
	}
	u := &updater{Config: c, hub: newHub(), events: make(chan update.Event), found: map[string][]string{}}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return u.hub.serve(ctx, l) })
	g.Go(func() error { return u.loop(ctx, g) })
	g.Go(func() error { return u.look(ctx) })
	if c.Sticks != nil {
		g.Go(func() error {
			err := c.Sticks(ctx, func(dir string) { u.came(ctx, dir) }, func(dir string) { u.gone(ctx, dir) })
			if err != nil { // without them there are other ways
				c.Log.Warn("USB sticks are not watched", "err", err)
			}
			return nil
		})
	}
	return g.Wait()
}

// loop owns the machine.
func (u *updater) loop(ctx context.Context, g *errgroup.Group) error {
	record, err := install.Record(u.Card)
	if err != nil {
		return fmt.Errorf("updater: %w", err)
	}
	if record.Trial != u.Running {
		if err := u.Writable(func() error { return install.Mend(u.Card, u.Running) }); err != nil {
			u.Log.Warn("what the board starts is not mended", "err", err)
		}
	}
	u.step(ctx, g, update.Started{At: time.Now(), Running: u.Running,
		System: update.System{Release: u.Release, Board: u.Board, Record: record}})
	due := time.NewTimer(time.Hour)
	defer due.Stop()
	for {
		due.Reset(time.Hour)
		if next := u.machine.Next(); !next.IsZero() {
			due.Reset(max(time.Until(next), 0))
		}
		select {
		case <-ctx.Done():
			return nil
		case e := <-u.events:
			u.step(ctx, g, e)
		case s := <-u.hub.heard:
			u.heard(ctx, g, s)
		case <-due.C:
			u.step(ctx, g, update.Tick{At: time.Now()})
		}
	}
}

// heard takes what a client says.
func (u *updater) heard(ctx context.Context, g *errgroup.Group, s said) {
	switch {
	case s.Told != nil:
		u.step(ctx, g, update.Told{At: time.Now(), Measured: s.Told.Measured, Health: s.Told.Health, Busy: s.Told.Busy})
	case s.Answer != nil:
		u.step(ctx, g, update.Answered{At: time.Now(), Yes: *s.Answer})
	case s.Install != "":
		g.Go(func() error {
			u.inspect(ctx, update.Source{Kind: update.Hand, Path: s.Install}, true)
			return nil
		})
	}
}

// step gives the machine one event and does what it wants.
func (u *updater) step(ctx context.Context, g *errgroup.Group, e update.Event) {
	m, effects := u.machine.Step(e)
	u.machine = m
	for _, f := range effects {
		switch f := f.(type) {
		case update.Measure:
			u.hub.tell(said{Measure: true})
		case update.Install:
			offer := m.Offer()
			g.Go(func() error {
				u.post(ctx, update.Written{At: time.Now(), Problem: problem(u.install(ctx, f.Source, offer))})
				return nil
			})
		case update.Try:
			u.restart(ctx, g, func() error { return install.Try(u.Card, u.Running, f.Offer, f.Before) }, true)
		case update.Prove:
			u.failed(ctx, g, errors.Join(u.Writable(func() error { return install.Prove(u.Card, u.Running) }), u.Kept()))
		case update.GiveUp:
			u.restart(ctx, g, func() error { return install.GiveUp(u.Card) }, false)
		}
	}
	m = u.machine // it may have been told of a failure
	s := m.Status()
	if _, asked := e.(update.Found); asked || s != u.status { // who asked waits for an answer, the same again too
		u.hub.tell(said{Status: &s})
	}
	if s != u.status {
		u.status = s
		u.Log.Info("update", "stage", s.Stage.String(), "version", s.Version, "percent", s.Percent, "note", s.Note)
	}
}

// restart changes the card, and then restarts; where the card cannot be changed it does not.
func (u *updater) restart(ctx context.Context, g *errgroup.Group, change func() error, tryboot bool) {
	err := u.Writable(change)
	if err == nil {
		err = u.Restart(tryboot)
	}
	u.failed(ctx, g, err)
}

// failed tells the machine of what could not be done.
func (u *updater) failed(ctx context.Context, g *errgroup.Group, err error) {
	if err != nil {
		u.Log.Error("update", "err", err)
		u.step(ctx, g, update.Failed{At: time.Now(), Problem: problem(err)})
	}
}

// post hands an event to the loop.
func (u *updater) post(ctx context.Context, e update.Event) {
	select {
	case u.events <- e:
	case <-ctx.Done():
	}
}

func problem(err error) string {
	if err == nil {
		return ""
	}
	return update.Words(err)
}

// open opens a bundle where it is.
func (u *updater) open(ctx context.Context, s update.Source) (io.ReadCloser, error) {
	if s.Kind == update.Web || s.Kind == update.Hand && strings.Contains(s.Path, "://") {
		return u.web.open(ctx, s.Path)
	}
	f, err := os.Open(s.Path)
	if err != nil {
		return nil, err
	}
	if i, err := f.Stat(); err != nil || !i.Mode().IsRegular() {
		f.Close()
		return nil, errors.Join(err, bundle.ErrForeign)
	}
	return f, nil
}

// inspect reads a bundle's head.
func (u *updater) inspect(ctx context.Context, s update.Source, unasked bool) {
	found := update.Found{Source: s, Install: unasked}
	r, err := u.open(ctx, s)
	if err == nil {
		var b *bundle.Reader
		if b, err = bundle.Open(r, u.Keys); err == nil {
			found.Offer = update.OfferOf(b)
		}
		r.Close()
	}
	if ctx.Err() != nil {
		return
	}
	if found.Problem = problem(err); err != nil {
		u.Log.Warn("no update", "from", s.Kind.String(), "err", err)
		if s.Kind == update.Web && !errors.Is(err, bundle.ErrForeign) && !errors.Is(err, bundle.ErrKey) {
			return // a server that does not answer is asked again, and nobody needs to know
		}
	}
	found.At = time.Now()
	u.post(ctx, found)
}

// install writes a bundle that was found, if it is still the same.
func (u *updater) install(ctx context.Context, s update.Source, offer update.Offer) error {
	r, err := u.open(ctx, s)
	if err != nil {
		return err
	}
	defer r.Close()
	b, err := bundle.Open(r, u.Keys)
	if err != nil {
		return err
	}
	if update.OfferOf(b) != offer {
		return errors.New("it is another file than a moment ago")
	}
	last := -1
	return u.Writable(func() error {
		return install.Write(ctx, u.Card, u.Running, b, func(done, all int64) {
			if percent := int(done * 100 / max(all, 1)); percent != last {
				last = percent
				u.post(ctx, update.Progress{Percent: percent})
			}
		})
	})
}
