package sip

import (
	"net"
	"net/netip"
	"sync"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/keepalive"
	"github.com/offhook/offhook/sip/registration"
)

// probes are the STUN keepalives that wait for an answer. Any goroutine may use them.
type probes struct {
	mu   sync.Mutex
	open map[keepalive.ID]*probe
}

// A probe is one keepalive of a binding, sent again until it is answered.
type probe struct {
	id   keepalive.ID
	raw  []byte
	to   netip.AddrPort
	sent int
	on   func(at netip.AddrPort, ok bool) // what was answered; not ok: nothing that says where we are
}

func (p *probes) expect(q *probe) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open == nil {
		p.open = map[keepalive.ID]*probe{}
	}
	p.open[q.id] = q
}

// forget takes that nobody waits for an answer any more; q may be nil.
func (p *probes) forget(q *probe) {
	if q == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, q.id)
}

// take reports whether a datagram was the answer to a probe, from where it was sent to.
// One that is not readable is as if it were lost.
func (p *probes) take(b []byte, from netip.AddrPort) bool {
	id, ok := keepalive.Names(b)
	if !ok {
		return false
	}
	p.mu.Lock()
	q := p.open[id]
	if q == nil || q.to != from {
		p.mu.Unlock()
		return false
	}
	delete(p.open, id)
	p.mu.Unlock()
	q.on(keepalive.Seen(b))
	return true
}

// conn is c without the answers to probes, which are no business of sipgo's parser. All
// other STUN goes on to the gate, which counts and drops it.
func (p *probes) conn(c net.PacketConn) net.PacketConn { return probedConn{c, p} }

type probedConn struct {
	net.PacketConn
	probes *probes
}

func (c probedConn) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := c.PacketConn.ReadFrom(b)
		if err != nil || !c.probes.take(b[:n], addrPort(from)) {
			return n, from, err
		}
	}
}

// echo is what a server's STUN says of one flow. The zero echo: nothing was asked yet.
type echo struct {
	server  netip.AddrPort
	source  netip.Addr
	at      netip.AddrPort // where the server last saw us; invalid: it never answered
	without bool           // it never answered and does not do STUN
}

// probes keeps a flow over UDP open by STUN (RFC 5626 §4.4.2): only where the registrar
// does outbound, and not where the first hop leaves the very first one without answer:
// registrars say outbound for proxies that know nothing of STUN.
func (b *binding) probes(h hop) bool {
	if b.echo.server != h.Addr || b.echo.source != h.source {
		b.echo = echo{server: h.Addr, source: h.source}
	}
	return b.reg.Outbound && h.Transport == account.UDP && !b.echo.without
}

// probe asks the server where it sees us.
func (b *binding) probe(h hop) {
	a := b.l.a
	q := &probe{to: h.Addr}
	q.raw, q.id = keepalive.Request()
	q.on = func(at netip.AddrPort, ok bool) {
		a.post(func() {
			if b.probing == q {
				b.echoed(h, at, ok)
			}
		})
	}
	b.probing = q
	a.probes.expect(q)
	b.transmit(q)
}

func (b *binding) transmit(q *probe) {
	_, _ = b.l.a.socks.packet.WriteTo(q.raw, net.UDPAddrFromAddrPort(q.to))
	q.sent++
	wait, last := keepalive.Wait(q.sent)
	halt(b.keepalive)
	b.keepalive = b.l.a.after(wait, func() {
		switch {
		case b.probing != q:
		case b.reg.Phase != registration.Bound:
			b.unprobe()
		case last:
			b.unechoed()
		default:
			b.transmit(q)
		}
	})
}

// echoed takes an answer. An address other than before says that a NAT has forgotten us
// and that calls go astray: the flow has failed (RFC 5626 §4.4.2), and the new one is
// registered at once.
func (b *binding) echoed(h hop, at netip.AddrPort, ok bool) {
	b.unprobe()
	if b.reg.Phase != registration.Bound || b.l.ended {
		return
	}
	was := b.echo.at
	if !ok { // alive, and says nothing of where we are
		b.step(registration.Kept{})
		b.keepAlive()
		return
	}
	b.echo.at = at
	b.step(registration.Kept{})
	if !was.IsValid() || was == at {
		b.keepAlive()
		return
	}
	b.l.a.log.Info("seen at another address", "account", b.l.acc.Label, "server", b.server, "was", was, "now", at)
	b.inside, b.public = h.source, at
	b.step(registration.Dropped{})
}

// unechoed takes that a probe was sent as often as it may be, and nothing came.
func (b *binding) unechoed() {
	b.unprobe()
	if b.reg.Phase != registration.Bound || b.l.ended {
		return
	}
	if !b.echo.at.IsValid() {
		b.echo.without = true
		b.l.a.log.Info("the server does not answer STUN", "account", b.l.acc.Label, "server", b.server)
		b.keepAlive()
		return
	}
	b.l.a.log.Info("the server answers no keepalive any more", "account", b.l.acc.Label, "server", b.server)
	b.step(registration.Dropped{})
}

func (b *binding) unprobe() {
	b.l.a.probes.forget(b.probing)
	b.probing = nil
}
