package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/firmware/extensions"
	"github.com/offhook/offhook/sip/exchange"
)

// A switchboard is the built-in exchange with its test extensions.
type switchboard struct {
	exchange   *exchange.Exchange
	extensions *extensions.Extensions
}

// openSwitchboard binds the exchange's port, or any free one when that is busy.
func openSwitchboard(c config.Exchange, l logs) (*switchboard, error) {
	password := secret()
	users := map[string]string{}
	for _, u := range c.Users {
		users[u.Name] = u.Password
	}
	for _, user := range extensions.Users() {
		users[user] = password
	}
	cfg := exchange.Config{Realm: config.ExchangeDomain, Users: users, Listen: c.Listen, Log: l.room("exchange")}
	x, err := exchange.New(cfg)
	if errors.Is(err, syscall.EADDRINUSE) {
		cfg.Listen = netip.AddrPortFrom(c.Listen.Addr(), 0)
		x, err = exchange.New(cfg)
	}
	if err != nil {
		return nil, fmt.Errorf("exchange: %w", err)
	}
	e, err := extensions.New(extensions.Config{
		Exchange: reachable(x.Addr()), Domain: config.ExchangeDomain, Password: password, Log: l.room("extensions"),
	})
	if err != nil {
		(&switchboard{exchange: x}).close()
		return nil, err
	}
	return &switchboard{x, e}, nil
}

// close gives the ports back of a switchboard that was never run.
func (b *switchboard) close() {
	closed, cancel := context.WithCancel(context.Background())
	cancel()
	if b.extensions == nil {
		b.exchange.Run(closed)
		return
	}
	b.run(closed)
}

// addr is where the exchange listens.
func (b *switchboard) addr() netip.AddrPort { return b.exchange.Addr() }

// reach is where a phone on this computer finds it.
func (b *switchboard) reach() netip.AddrPort { return reachable(b.exchange.Addr()) }

func reachable(at netip.AddrPort) netip.AddrPort {
	if at.Addr().IsUnspecified() {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), at.Port())
	}
	return at
}

// run works until ctx ends. The extensions leave before the exchange that they are
// registered at.
func (b *switchboard) run(ctx context.Context) error {
	alone, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var g errgroup.Group
	g.Go(func() error { return b.exchange.Run(alone) })
	g.Go(func() error {
		defer stop()
		return b.extensions.Run(ctx)
	})
	return g.Wait()
}

func runExchange(ctx context.Context, s streams, args []string) error {
	f := flags(s, "exchange", "")
	file := f.String("config", defaultSettings(), "settings `file`: its [exchange] section counts")
	if err := parse(f, args, 0); err != nil {
		return err
	}
	c, mistakes := config.Default(config.Options{}), []config.Mistake(nil)
	if *file != "" {
		c, mistakes = config.Load(*file, config.Options{})
	}
	if len(mistakes) > 0 {
		config.Print(s.err, mistakes)
		return errSilent
	}
	b, err := openSwitchboard(c.Exchange, logs{s.err, c.Log})
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "exchange at %s since %s; users", b.addr(), time.Now().Format("15:04:05"))
	for _, u := range c.Exchange.Users {
		fmt.Fprintf(s.out, " %s", u.Name)
	}
	fmt.Fprintf(s.out, "; extensions %v\n", extensions.Users())
	return b.run(ctx)
}
