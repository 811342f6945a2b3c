package sip

import (
	"net"
	"net/netip"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/registration"
)

// seen compares where the server saw us (RFC 3581 §4) with the Contact that it was given,
// and registers the other one instead: calls would never reach an address behind a NAT.
func (l *line) seen(h hop, res *sip.Response) {
	via := res.Via()
	if via == nil || h.Transport != account.UDP || l.reg.Phase != registration.Bound {
		return
	}
	received, _ := via.Params.Get("received")
	rport, _ := via.Params.Get("rport")
	at, err := netip.ParseAddrPort(net.JoinHostPort(strings.Trim(received, "[]"), rport))
	if err != nil || at.Port() == 0 || at.Addr().IsUnspecified() || at.Addr().IsMulticast() {
		return
	}
	now := l.contact(h)
	if strings.Trim(now.Host, "[]") == at.Addr().Unmap().String() && now.Port == int(at.Port()) {
		return
	}
	l.inside = h.source
	l.public = netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
	l.step(registration.Moved{})
}

// trusts reports whether requests from this address come from the account's server.
func (l *line) trusts(from netip.Addr) bool {
	return (l.reg.Phase == registration.Bound || l.reg.Binding) && l.serves(from)
}

// serves reports whether an address is the account's server. Only that one is answered
// when it asks for the password: anybody else could try guesses against the answer.
func (l *line) serves(at netip.Addr) bool {
	for _, h := range l.hops {
		if h.Addr.Addr() == at {
			return true
		}
	}
	return false
}

// keepAlive holds the way back through a NAT open (RFC 5626 §4.4), and notices a TCP
// connection that has died.
func (l *line) keepAlive() {
	halt(l.keepalive)
	l.keepalive = l.a.after(keepaliveEvery, func() {
		if l.reg.Phase != registration.Bound || l.ended {
			return
		}
		h := l.hops[l.hop]
		if h.Transport == account.TCP {
			if !l.a.flows.ping(h.Addr) {
				l.again()
				return
			}
		} else {
			_, _ = l.a.socks.packet.WriteTo([]byte("\r\n\r\n"), net.UDPAddrFromAddrPort(h.Addr))
		}
		l.keepAlive()
	})
}

// trust exempts the accounts' servers from what limits a flood.
func (a *Agent) trust() {
	var servers []netip.Addr
	for _, l := range a.lines {
		for _, h := range l.hops {
			servers = append(servers, h.Addr.Addr())
		}
	}
	a.gate.Trust(servers...)
}

// flowClosed registers anew through a server whose connection has gone: calls to us
// would come through it. It may be called from any goroutine.
func (a *Agent) flowClosed(peer netip.AddrPort) {
	a.tasks.Go(func() {
		a.post(func() {
			for _, l := range a.lines {
				if l.reg.Phase == registration.Bound && len(l.hops) > 0 &&
					l.hops[l.hop].Addr == peer && l.hops[l.hop].Transport == account.TCP && !a.leaving {
					l.again()
				}
			}
		})
	})
}
