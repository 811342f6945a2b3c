package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"github.com/offhook/offhook/board/panel"
)

func runPhone(ctx context.Context, s streams, args []string) error {
	f := flags(s, "run", "")
	var p place
	f.StringVar(&p.file, "config", "", "settings `file`; none: offhook.toml here or on the boot partition, else built-in settings with an exchange to dial")
	f.StringVar(&p.data, "data", defaultData(), "`folder` for what outlives a power cut")
	f.StringVar(&p.socket, "socket", defaultSocket(), "`path` of the panel socket")
	headless := f.Bool("headless", !isTerminal(s.in) || !isTerminal(s.out), "draw no handset on this terminal")
	if err := parse(f, args, 0); err != nil {
		return err
	}
	hup := make(chan os.Signal, 1) // first of all: it ends a program that does not ask for it
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	out, restore := logTo(filepath.Join(p.data, "offhook.log"), *headless)
	defer restore()
	p.log = out
	if err := keepTogether(); err != nil {
		fmt.Fprintln(out, "offhook: a call will cost more than it has to:", err)
	}
	d, err := newDesk(p, outside{})
	if err != nil {
		return err
	}
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	if *headless {
		go d.follow(ctx, hup, func() bool { return false }, quit) // it needs no terminal
		asked := false
		f.Visit(func(set *flag.Flag) { asked = asked || set.Name == "headless" })
		if !asked {
			d.print("no terminal: the phone runs without a drawn handset; offhook panel -socket", p.socket, "works it")
		}
		return d.run(ctx, nil)
	}
	go d.follow(ctx, hup, hangup(s), quit)
	return d.run(ctx, func(ctx context.Context, c *panel.Client) error {
		return panel.Terminal(ctx, c, s.in, s.out)
	})
}

// run is the phone until ctx ends, or until the user at the handset leaves it; nil: there
// is no handset but the board's.
func (d *desk) run(ctx context.Context, handset func(context.Context, *panel.Client) error) error {
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	g, ctx := errgroup.WithContext(ctx)
	storeCtx, stopStore := context.WithCancel(context.WithoutCancel(ctx))
	g.Go(func() error {
		if err := d.store.Run(storeCtx); err != nil {
			d.print(err)
		}
		return nil
	})
	g.Go(func() error { return d.storage.run(storeCtx) })
	g.Go(func() error { return d.panel.Run(ctx, d.inputs) })
	g.Go(func() error { return d.panel.Serve(ctx, d.socketL, "") })
	g.Go(func() error { return d.trace.run(ctx) })
	g.Go(func() error { return d.clinic.run(ctx) })
	g.Go(func() error { return d.updates.run(ctx) })
	g.Go(func() error {
		d.pulse(ctx)
		return nil
	})
	if at := d.config.Admin.PanelTCP; at.IsValid() {
		token := d.config.Admin.PanelToken
		if tcp, err := panel.ListenTCP(at.String(), token); err != nil {
			d.print(err)
		} else {
			g.Go(func() error { return d.panel.Serve(ctx, tcp, token) })
		}
	}
	if handset != nil {
		g.Go(func() error {
			defer quit()
			client, err := d.panel.Attach(ctx)
			if err != nil {
				return err
			}
			defer client.Close()
			return handset(ctx, client)
		})
	}
	g.Go(func() error {
		defer stopStore() // last: what the phone saves while it stops is kept
		defer quit()
		return d.phones(ctx)
	})
	if err := g.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// hangup says at a SIGHUP whether it means that the terminal has gone, which the kernel tells
// in the same way as an administrator tells of new settings.
func hangup(s streams) func() bool {
	had := isTerminal(s.in)
	return func() bool { return had && !isTerminal(s.in) } // TCGETS says EIO from then on
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}
