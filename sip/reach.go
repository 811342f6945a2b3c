package sip

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/registration"
)

// How often the way back is held open.
const (
	natTimer     = 29 * time.Second // RFC 5626 §4.4.2: 24 s to 29 s where no Flow-Timer is given
	minFlowTimer = 10 * time.Second // ours: no server has us send more
	maxFlowTimer = 15 * time.Minute // ours: nor forget a connection that has died
)

// seen compares where the server saw us (RFC 3581 §4) with the Contact that it was given,
// and registers the other one instead: calls would never reach an address behind a NAT.
func (b *binding) seen(h hop, res *sip.Response) {
	via := res.Via()
	if via == nil || h.Transport != account.UDP || b.reg.Phase != registration.Bound {
		return
	}
	received, _ := via.Params.Get("received")
	rport, _ := via.Params.Get("rport")
	at, err := netip.ParseAddrPort(net.JoinHostPort(strings.Trim(received, "[]"), rport))
	if err != nil || at.Port() == 0 || at.Addr().IsUnspecified() || at.Addr().IsMulticast() {
		return
	}
	now := b.l.contact(h)
	if strings.Trim(now.Host, "[]") == at.Addr().Unmap().String() && now.Port == int(at.Port()) {
		return
	}
	b.inside = h.source
	b.public = netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
	b.step(registration.Moved{})
}

// trusts reports whether requests from this address come from a server that the account
// is registered at.
func (l *line) trusts(from netip.Addr) bool {
	for _, b := range l.bindings {
		if (b.reg.Phase == registration.Bound || b.reg.Binding) && b.serves(from) {
			return true
		}
	}
	return false
}

// serves reports whether an address is one of the account's servers.
func (l *line) serves(at netip.Addr) bool { return l.at(at) != nil }

func (b *binding) serves(at netip.Addr) bool {
	if b.former == at && at.IsValid() {
		return true
	}
	for _, h := range b.hops {
		if h.Addr.Addr() == at {
			return true
		}
	}
	return false
}

// confides is the server of the account that may be shown the answer to a challenge on
// this way; nil: none is there, or it would hear it in the clear where the account is to
// be secure.
func (l *line) confides(h hop) *binding {
	b := l.at(h.Addr.Addr())
	if b == nil || b.by.Secure() && !h.Transport.Secure() {
		return nil
	}
	return b
}

// flowID is the connection that a hop of the account means. A server of the account
// proves to be the one that was looked for (RFC 5922 §7.3), anybody else what its URI says.
func (l *line) flowID(h hop) flowID {
	id := flowID{peer: h.Addr, transport: h.Transport, slot: h.slot}
	b := l.at(h.Addr.Addr())
	if b != nil && id.slot == 0 {
		id.slot = b.slot()
	}
	if !h.Transport.Secure() {
		return id
	}
	if h.Transport == account.WSS {
		if id.path = l.acc.Path; id.path == "" {
			id.path = "/"
		}
	}
	id.profile, id.proves = l.profile, h.host
	if b != nil {
		for _, its := range b.hops {
			if its.Addr.Addr() == h.Addr.Addr() && its.host != "" {
				id.proves = its.host
				break
			}
		}
	}
	if id.proves == "" {
		id.proves = h.Addr.Addr().String()
	}
	return id
}

// slot keeps the second flow of RFC 5626 apart from the first, even at one address.
func (b *binding) slot() uint8 {
	if b.role == registration.Flow {
		return uint8(b.index)
	}
	return 0
}

// keepAlive holds the way back through a NAT open (RFC 5626 §4.4), and notices a TCP
// connection that has died.
func (b *binding) keepAlive() {
	halt(b.keepalive)
	b.unprobe()
	a := b.l.a
	b.keepalive = a.after(keepaliveEvery(b.granted.flowTimer), func() {
		if b.reg.Phase != registration.Bound || b.l.ended {
			return
		}
		h := b.hops[b.hop]
		if streams(h.Transport) {
			if !a.flows.ping(b.l.flowID(h), b.reg.Outbound) {
				b.step(registration.Dropped{})
				return
			}
			b.step(registration.Kept{})
		} else if b.probes(h) {
			b.probe(h)
			return // what comes of it goes on
		} else {
			_, _ = a.socks.packet.WriteTo([]byte("\r\n\r\n"), net.UDPAddrFromAddrPort(h.Addr))
		}
		b.keepAlive()
	})
}

// keepaliveEvery is how long until the next keepalive: at random between 80 % and 100 %
// of Flow-Timer, else of what a NAT keeps open (RFC 5626 §4.4).
func keepaliveEvery(flowTimer time.Duration) time.Duration {
	top := natTimer
	if flowTimer > 0 {
		top = min(max(flowTimer, minFlowTimer), maxFlowTimer)
	}
	return top*4/5 + rand.N(top/5)
}

// trust exempts the accounts' servers from what limits a flood.
func (a *Agent) trust() {
	var servers []netip.Addr
	for _, l := range a.all() {
		for _, b := range l.bindings {
			for _, h := range b.hops {
				servers = append(servers, h.Addr.Addr())
			}
			if b.former.IsValid() {
				servers = append(servers, b.former)
			}
		}
	}
	a.gate.Trust(servers...)
}

// flowClosed registers anew through a server whose connection has gone: calls to us
// would come through it. It may be called from any goroutine.
func (a *Agent) flowClosed(id flowID) {
	a.tasks.Go(func() {
		a.post(func() {
			for _, l := range a.lines {
				for _, b := range l.bindings {
					if b.reg.Phase == registration.Bound && len(b.hops) > 0 && l.flowID(b.hops[b.hop]) == id && !a.leaving {
						b.step(registration.Dropped{})
					}
				}
			}
		})
	})
}
