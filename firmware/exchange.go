package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/firmware/extensions"
	"github.com/offhook/offhook/firmware/store"
	"github.com/offhook/offhook/sip/digest"
	"github.com/offhook/offhook/sip/exchange"
	"github.com/offhook/offhook/sip/ingress"
)

// A switchboard is the built-in exchange with its test extensions.
type switchboard struct {
	exchange   *exchange.Exchange
	extensions *extensions.Extensions
	bindings   *store.Ledger // nil: registrations are forgotten with the process
}

// bindingsName is the file of the exchange's registrations, in the data folder.
const bindingsName = "exchange.bindings"

// openSwitchboard binds the exchange's port, or any free one when that is busy. data is
// the folder for what outlives a restart; where it cannot be used, phones have to register
// again after one.
func openSwitchboard(c config.Exchange, data string, l logs) (*switchboard, error) {
	password := secret()
	users := map[string]string{}
	for _, u := range c.Users {
		users[u.Name] = u.Password
	}
	for _, user := range extensions.Users() {
		users[user] = password
	}
	rate := float64(c.Rate)
	cfg := exchange.Config{
		Realm: config.ExchangeDomain, Users: users, Listen: c.Listen, Mode: exchange.Mode(c.Mode), Recurse: c.Follow,
		Limits: ingress.Limits{PerSource: rate, SourceBurst: 2 * c.Rate, Total: 2 * rate, TotalBurst: 4 * c.Rate},
		Log:    l.room("exchange"),
	}
	if c.Login == "md5" {
		cfg.Algorithms = []digest.Algorithm{digest.MD5}
	}
	b := &switchboard{}
	var err error
	if b.bindings, err = store.OpenLedger(filepath.Join(data, bindingsName)); err != nil {
		cfg.Log.Warn("phones register again after a restart", "error", err)
	} else {
		cfg.Keeper = phonesOnly{b.bindings}
	}
	if err := b.open(cfg, password, l); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// phonesOnly keeps nothing of the extensions: they are at another port after a restart.
type phonesOnly struct{ *store.Ledger }

func (k phonesOnly) Save(changes map[string]string) error {
	for _, user := range extensions.Users() {
		delete(changes, user)
	}
	return k.Ledger.Save(changes)
}

func (b *switchboard) open(cfg exchange.Config, password string, l logs) error {
	x, err := exchange.New(cfg)
	if errors.Is(err, syscall.EADDRINUSE) {
		cfg.Listen = netip.AddrPortFrom(cfg.Listen.Addr(), 0)
		x, err = exchange.New(cfg)
	}
	if err != nil {
		return fmt.Errorf("exchange: %w", err)
	}
	b.exchange = x
	b.extensions, err = extensions.New(extensions.Config{
		Exchange: reachable(x.Addr()), Domain: config.ExchangeDomain, Password: password, Log: l.room("extensions"),
	})
	return err
}

// close gives the ports and the file back of a switchboard that was never run.
func (b *switchboard) close() {
	closed, cancel := context.WithCancel(context.Background())
	cancel()
	switch {
	case b.extensions != nil:
		b.run(closed)
		return
	case b.exchange != nil:
		b.exchange.Run(closed)
	}
	b.giveBack()
}

func (b *switchboard) giveBack() {
	if b.bindings != nil {
		b.bindings.Close()
	}
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
	defer b.giveBack()
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
	data := f.String("data", defaultData(), "`folder` for the registrations that outlive a restart")
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
	b, err := openSwitchboard(c.Exchange, *data, logs{s.err, c.Log})
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "exchange at %s since %s; users", b.addr(), time.Now().Format("15:04:05"))
	for _, u := range c.Exchange.Users[:min(len(c.Exchange.Users), shownUsers)] {
		fmt.Fprintf(s.out, " %s", u.Name)
	}
	if more := len(c.Exchange.Users) - shownUsers; more > 0 {
		fmt.Fprintf(s.out, " and %d more", more)
	}
	fmt.Fprintf(s.out, "; extensions %v\n", extensions.Users())
	return b.run(ctx)
}

// shownUsers is how many are named when the exchange starts.
const shownUsers = 20
