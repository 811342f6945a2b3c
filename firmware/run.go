package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"github.com/offhook/offhook/board"
	"github.com/offhook/offhook/board/panel"
	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/firmware/station"
	"github.com/offhook/offhook/firmware/store"
	"github.com/offhook/offhook/hal"
)

// A desk is what stays while the phone's settings change: the board, its panel socket,
// and the store.
type desk struct {
	file, data string
	log        io.Writer
	panel      *panel.Panel
	inputs     chan hal.Input
	store      *store.Store
	trace      *traceServer
}

// storeName is the file of the store, in the data folder.
const storeName = "offhook.db"

func runPhone(ctx context.Context, s streams, args []string) error {
	f := flags(s, "run", "")
	file := f.String("config", defaultSettings(), "settings `file`; none: built-in settings, with an exchange to dial")
	data := f.String("data", defaultData(), "`folder` for what outlives a power cut")
	socket := f.String("socket", defaultSocket(), "`path` of the panel socket")
	headless := f.Bool("headless", !isTerminal(s.in) || !isTerminal(s.out), "draw no handset on this terminal")
	if err := parse(f, args, 0); err != nil {
		return err
	}
	if err := os.MkdirAll(*data, 0o700); err != nil {
		return fmt.Errorf("the data folder cannot be made: %w", err)
	}
	out, restore, err := logTo(filepath.Join(*data, "offhook.log"), *headless)
	if err != nil {
		return err
	}
	defer restore()
	d := &desk{file: *file, data: *data, log: out, inputs: make(chan hal.Input, 64)}
	return d.run(ctx, s, *socket, *headless)
}

// run is the phone until ctx ends or its user quits.
func (d *desk) run(ctx context.Context, s streams, socket string, headless bool) error {
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	st, report, err := store.Open(filepath.Join(d.data, storeName))
	if err != nil || report.Words != "" {
		fmt.Fprintln(d.log, "store:", report.Words, err)
	}
	d.store = st
	c, status := d.load()
	b, err := board.Open(c.Wiring)
	if err != nil {
		return err
	}
	d.panel = panel.New(b)
	unixL, err := panel.ListenUnix(socket)
	if err != nil {
		return err
	}
	d.trace, err = listenTrace(traceSocket(socket))
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	storeCtx, stopStore := context.WithCancel(context.WithoutCancel(ctx))
	g.Go(func() error { return d.store.Run(storeCtx) })
	g.Go(func() error { return d.panel.Run(ctx, d.inputs) })
	g.Go(func() error { return d.panel.Serve(ctx, unixL, "") })
	g.Go(func() error { return d.trace.run(ctx) })
	if at := c.Admin.PanelTCP; at.IsValid() {
		tcp, err := panel.ListenTCP(at.String(), c.Admin.PanelToken)
		if err != nil {
			fmt.Fprintln(d.log, "panel:", err)
		} else {
			g.Go(func() error { return d.panel.Serve(ctx, tcp, c.Admin.PanelToken) })
		}
	}
	if !headless {
		g.Go(func() error {
			defer quit()
			client, err := d.panel.Attach(ctx)
			if err != nil {
				return err
			}
			defer client.Close()
			return panel.Terminal(ctx, client, s.in, s.out)
		})
	}
	g.Go(func() error {
		defer stopStore() // last: what the phone saves while it stops is kept
		defer quit()
		return d.phones(ctx, c, status)
	})
	if err := g.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// phones runs one phone after the other: a new one for new settings.
func (d *desk) phones(ctx context.Context, c config.Config, status config.Status) error {
	for {
		h, err := d.build(c, status)
		if err != nil {
			return err
		}
		err = h.run(ctx)
		if !errors.Is(err, station.ErrReload) {
			return err
		}
		c, status = d.load()
	}
}

// load reads the settings file, or what stands in for it, and keeps what is good.
func (d *desk) load() (config.Config, config.Status) {
	saved, ok := d.store.Saved()
	c, status := config.LoadOrLastGood(d.file, d.data, config.Options{Menu: menuOf(saved, ok)})
	if status.Use == config.UseFile && c.File != "" {
		if err := c.Keep(d.data); err != nil {
			fmt.Fprintln(d.log, "config: the good settings could not be kept:", err)
		}
	}
	if len(status.Mistakes) > 0 {
		config.Print(d.log, status.Mistakes)
		fmt.Fprintln(d.log, inUse(status))
	}
	return c, status
}

// menuOf are the settings that the user changed on the phone.
func menuOf(s phone.Saved, ok bool) map[string]string {
	menu := map[string]string{}
	if ok && s.Ear > 0 {
		menu["sound.volume"] = fmt.Sprint(s.Ear)
	}
	if ok && (s.Ring > 0 || s.Silent) {
		menu["sound.ring_volume"] = fmt.Sprint(s.Ring)
	}
	return menu
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}
