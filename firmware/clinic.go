package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync/atomic"

	"github.com/offhook/offhook/firmware/doctor"
	"github.com/offhook/offhook/ui"
)

// A clinic examines the phone that runs, one examination at a time, for whoever asks: the menu,
// or a client of the panel.
type clinic struct {
	desk *desk
	here atomic.Pointer[drawn] // the phone that runs; nil: none yet
	busy chan struct{}         // capacity 1: an examination is under way

	wanted, written chan struct{} // capacity 1: the menu asks for an examination, for a report
	told            chan ui.Event // to the menu
}

func newClinic(d *desk) *clinic {
	return &clinic{desk: d, busy: make(chan struct{}, 1), wanted: make(chan struct{}, 1), written: make(chan struct{}, 1), told: make(chan ui.Event)}
}

// run does what the menu asks for until ctx ends.
func (c *clinic) run(ctx context.Context) error {
	for {
		var e ui.Event
		select {
		case <-c.wanted:
			f, err := c.examine(ctx)
			if err != nil {
				continue
			}
			e = ui.Examined{Findings: f}
		case <-c.written:
			words, err := c.report(ctx)
			if err != nil {
				words = strings.ToUpper(err.Error()[:1]) + err.Error()[1:]
			}
			e = ui.Reported{Words: words}
		case <-ctx.Done():
			return nil
		}
		select {
		case c.told <- e:
		case <-ctx.Done():
			return nil
		}
	}
}

// ask puts a wish, unless it stands already.
func ask(wish chan<- struct{}) func() {
	return func() {
		select {
		case wish <- struct{}{}:
		default:
		}
	}
}

// examine examines the phone. It waits for one that is under way.
func (c *clinic) examine(ctx context.Context) (doctor.Findings, error) {
	select {
	case c.busy <- struct{}{}:
	case <-ctx.Done():
		return doctor.Findings{}, errors.New("the phone is stopping")
	}
	defer func() { <-c.busy }()
	d := c.here.Load()
	if d == nil {
		return doctor.Findings{}, errors.New("the phone is starting")
	}
	settings, view := d.now()
	return examine(ctx, subject{config: settings, settings: c.desk.fileNow(settings), view: view, faults: faultsOf(view.Faults), card: c.desk.card, resolver: c.desk.resolver, system: os.DirFS("/")}), nil
}

// words is an examination for a client of the panel.
func (c *clinic) words(ctx context.Context) (string, error) {
	f, err := c.examine(ctx)
	return f.String(), err
}

// faultsOf are a board's faults as the doctor takes them.
func faultsOf(all []ui.Fault) []doctor.Fault {
	var faults []doctor.Fault
	for _, f := range all {
		faults = append(faults, doctor.Fault{Part: f.Part, Words: f.Words})
	}
	return faults
}
