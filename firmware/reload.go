package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/firmware/station"
	"github.com/offhook/offhook/sip"
	"github.com/offhook/offhook/ui"
)

// reload reads the settings file again for the station: what the phone can use at once,
// and what must wait until it is made anew. It runs on a goroutine of the station's, one at
// a time, and while it may, nothing else touches the desk's settings.
func (h *house) reload(context.Context) station.Reloaded {
	d := h.desk
	c, status := d.load()
	if _, _, err := c.Wiring.LCD.Light(); err != nil && len(status.Mistakes) == 0 {
		status = unworkable(c, err)
		d.turnedDown.Store(&turnedDown{c, status})
	}
	r := station.Reloaded{Problem: problemOf(status)}
	if len(status.Mistakes) > 0 {
		r.Words = refused(status)
		return r
	}
	if status.Use != config.UseFile {
		r.Missing, r.Words = true, "There is no settings file yet. What was in use stays in use."
		return r
	}
	r.Later = config.Later(d.config, c)
	r.Words = taken(r.Later, config.NextStart(d.first, c))
	if slices.Contains(r.Later, "exchange") {
		return r // the accounts at it would move under a call
	}
	r.Update = h.update(c)
	if len(r.Later) > 0 {
		d.print("config: waiting until no call is up: new", strings.Join(r.Later, ", "))
		return r
	}
	d.nextStart(c)
	d.config, d.status = c, status
	d.print("config: the new settings are in use")
	return r
}

// update are the settings that this phone can take over as it is.
func (h *house) update(c config.Config) *station.Update {
	accounts := c.Accounts
	if h.board != nil {
		accounts = throughExchange(accounts, c.Exchange.Listen.String(), h.board)
	}
	marks := h.desk.marks(c)
	h.desk.store.KeepRefusals(marks[:])
	h.drawn.configure(c)
	h.network.configure(accounts)
	return &station.Update{
		Marks: marks, Phone: c.Phone, Book: c.Book, UI: h.desk.ui(c), Plan: plan(c), Cadences: cadencesOf(plan(c)), Zone: c.Timezone,
		Sidetone: c.Sound.Sidetone.DB,
		Agent:    sip.Reconfigure{Accounts: accounts, Watches: c.Watches, Strict: c.Network.Strict, RefuseStrangers: c.Network.RefuseStrangers},
	}
}

// ui are the settings of the display and its keys. What is wrong with the light, build and
// reload have said.
func (d *desk) ui(c config.Config) ui.Settings {
	after, dark, _ := c.Wiring.LCD.Light()
	var replies [ui.MaxReplies]string
	copy(replies[:], c.Texts)
	file := ""
	if c.File != "" {
		file = filepath.Base(c.File) // what its owner calls it
	}
	return ui.Settings{
		Replies: replies, Quality: c.ShowQuality,
		Keys: d.panel.Parts().Keys, Functions: ui.FunctionsOf(c.Wiring.Functions), Calls: ui.CallsOf(c.Wiring.Functions),
		Backlight: after, Dark: dark, Version: version, File: file, Fresh: c.NoAccount && file != "",
	}
}

// nextStart says what of new settings is not used before the program starts again.
func (d *desk) nextStart(c config.Config) {
	for _, what := range config.NextStart(d.first, c) {
		d.print("config:", what, "counts from the next start on")
	}
}

// askReload is SIGHUP's: the same as Menu > Reload. Asking twice before it is read is asking
// once.
func (d *desk) askReload() {
	select {
	case d.hup <- struct{}{}:
	default:
	}
}

// follow reads the settings again at each signal until ctx ends, or until one means that the
// phone is to go.
func (d *desk) follow(ctx context.Context, hup <-chan os.Signal, gone func() bool, quit func()) {
	for {
		select {
		case <-hup:
			if gone() {
				quit()
				return
			}
			d.askReload()
		case <-ctx.Done():
			return
		}
	}
}
