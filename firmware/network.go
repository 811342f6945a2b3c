package main

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/offhook/offhook/firmware/link"
	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/ui"
)

// A cable is the computer's network as the phone asks about it; a test has its own.
type cable struct {
	addresses func() ([]netip.Addr, error)
	watch     func(context.Context) (<-chan link.Event, error)
}

// network follows the computer's network for one phone.
type network struct {
	cable
	bind    netip.Addr  // own address by the settings; the zero Addr: any
	abroad  atomic.Bool // an account is beyond this computer, so that there must be a network
	log     *slog.Logger
	again   func() // there is a new own address: register anew
	changes chan ui.Network
	up      map[string]bool // links that are, but for loopback
	now     ui.Network
}

// watchPause is how long after the kernel ran out of room the watch begins anew.
const watchPause = time.Second

func newNetwork(c cable, bind netip.Addr, all []account.Account, log *slog.Logger) *network {
	if c.addresses == nil {
		c = cable{link.Addresses, link.Watch}
	}
	n := &network{
		cable: c, bind: bind, log: log,
		changes: make(chan ui.Network, 1), up: map[string]bool{},
	}
	n.configure(all)
	n.now = n.look(time.Now())
	return n
}

// configure takes other accounts; what they change shows with the next change of the network.
func (n *network) configure(all []account.Account) {
	n.abroad.Store(slices.ContainsFunc(all, abroad))
}

// abroad says that an account's server is not on this computer.
func abroad(a account.Account) bool {
	server := account.WayOf(a.Proxy).Server
	host, _, err := net.SplitHostPort(server)
	if err != nil {
		host = server
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return false // RFC 6761 §6.3
	}
	at, err := netip.ParseAddr(host)
	return err != nil || !at.IsLoopback()
}

// run tells of changes until ctx ends. Where the kernel tells nothing, neither does it.
func (n *network) run(ctx context.Context) error {
	for ctx.Err() == nil {
		clear(n.up)
		events, err := n.watch(ctx)
		if err != nil {
			n.log.Warn("the network is not watched", "err", err)
			return nil
		}
		for e := range events {
			n.take(e, time.Now())
		}
		select {
		case <-time.After(watchPause):
		case <-ctx.Done():
		}
	}
	return nil
}

// take looks at the network again after an event.
func (n *network) take(e link.Event, at time.Time) {
	back := false
	switch e.Kind {
	case link.LinkUp:
		up, known := n.up[e.Link]
		back = known && !up && e.Link != "lo" // the cable was out
		n.up[e.Link] = e.Link != "lo"
	case link.LinkDown:
		n.up[e.Link] = false
	}
	was := n.now
	if n.now = n.look(at); n.now == was {
		if back && n.now.Address != "" && n.again != nil {
			n.again() // with the same address, perhaps to another network
		}
		return
	}
	select {
	case <-n.changes:
	default:
	}
	n.changes <- n.now
	if own := n.now.Address; own != "" && own != was.Address && n.again != nil {
		n.log.Info("own address", "is", own, "was", was.Address)
		n.again()
	}
}

// look is what there is to say of the network at a moment.
func (n *network) look(at time.Time) ui.Network {
	all, err := n.addresses()
	if err != nil {
		return n.now
	}
	out := slices.IndexFunc(all, func(a netip.Addr) bool { return !a.IsLoopback() && !a.IsLinkLocalUnicast() })
	s := ui.Network{}
	switch {
	case n.bind.IsValid() && !n.bind.IsUnspecified():
		s.Address = n.bind.String()
	case out >= 0:
		s.Address = all[out].String()
	case len(all) > 0 && !n.abroad.Load():
		s.Address = all[0].String()
	}
	if out >= 0 || !n.abroad.Load() {
		return s
	}
	s.Down, s.Words, s.Since = true, "No cable plugged in", at
	for _, up := range n.up {
		if up {
			s.Words = "No address yet"
		}
	}
	if n.now.Down {
		s.Since = n.now.Since
	}
	return s
}
