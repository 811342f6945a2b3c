package sip

import (
	"slices"
	"time"

	"github.com/offhook/offhook/sip/registration"
)

// expired is that a registration is to be refreshed, or a rest is over. Before a refresh DNS
// is asked again, which its memory answers while the records' time runs: a server that has
// moved is followed though the old one still answers (RFC 3263 §4, RFC 1035 §3.2.1). A name
// server that says nothing changes nothing.
func (b *binding) expired(t registration.StartTimer) {
	a := b.l.a
	due := func() { b.step(registration.Expired{Timer: t.Timer}) }
	if b.reg.Phase != registration.Bound || b.place != (registration.Place{}) {
		due() // a rest looks up by itself; a redirection led to where we are
		return
	}
	at, err := target(b.server, b.by)
	if err != nil {
		due()
		return
	}
	if _, literal := a.literal(at); literal {
		due()
		return
	}
	a.tasks.Go(func() {
		hops, err := a.lookUp(at)
		a.post(func() {
			if b.l.ended {
				return // it was replaced meanwhile, and its heir has a timer of its own
			}
			if err == nil && b.reg.Phase == registration.Bound && t.Timer == b.reg.Timer {
				b.moveTo(a.order(b.own(hops)))
			}
			due()
		})
	})
}

// moveTo takes the addresses that DNS has for the server now. The one that we are registered
// at comes first while it is among them and none is preferred to it that has not failed
// lately: which of several equals is best is drawn each time, but a domain that has a server
// for when the others fail (RFC 2782, "Priority") wants us back when they live again. Where
// the preferred one does not answer, the refresh goes on to the next, as ever. A server that
// is left knows us until our time there is over, and may bring calls.
func (b *binding) moveTo(hops []hop) {
	now := b.hops[b.hop].Candidate
	i := slices.IndexFunc(hops, func(h hop) bool { return h.Candidate == now })
	switch {
	case i < 0 || hops[0].tier < hops[i].tier && !b.l.a.failures.Shuns(hops[0].Candidate, time.Now()):
		b.l.a.log.Info("the registrar has moved", "account", b.l.acc.Label, "server", b.server, "from", now.Addr, "to", hops[0].Addr)
		b.echo.without = false // another one, which is asked anew
		b.former = now.Addr.Addr()
	case i > 0:
		here := hops[i]
		copy(hops[1:], hops[:i])
		hops[0] = here
	}
	b.hops, b.hop = hops, 0
}
