package sip

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/locate"
)

// probeWithin is how long a server may take to be found, and again to be reached.
const probeWithin = 5 * time.Second

// A Probed is what was found of an account's server by asking DNS, and TLS where the account
// speaks it. Nothing of SIP is sent.
type Probed struct {
	Host     string
	Named    bool // DNS was asked
	Lookup   time.Duration
	NotFound string  // why there is no address, in words; "": there is one
	Secure   bool    // TLS was tried
	Refused  string  // why it fails, in words; "": the server proved who it is
	Trouble  Trouble // that of NotFound or Refused
	Until    time.Time
}

// Probe looks for the server of an account, by way of its first proxy where it has one. It
// blocks for 10 s at most. r nil: the system's resolver.
func Probe(ctx context.Context, a account.Account, r locate.Resolver) Probed {
	way := account.Way{Server: a.Domain}
	if a.Proxy != "" {
		way = account.WayOf(a.Proxy)
	}
	t, err := target(way.Server, a.By(way))
	p := Probed{Host: t.Host}
	if err != nil {
		p.Host, p.NotFound, p.Trouble = way.Server, err.Error(), NameUnknown
		return p
	}
	_, err = netip.ParseAddr(t.Host)
	p.Named = err != nil
	began := time.Now()
	within, done := context.WithTimeout(ctx, probeWithin)
	defer done()
	found, err := locate.Find(within, r, t)
	p.Lookup = time.Since(began)
	switch {
	case errors.Is(err, locate.ErrNotFound):
		p.NotFound, p.Trouble = errNoServer.Error(), NameUnknown
		return p
	case err != nil || len(found) == 0:
		p.NotFound, p.Trouble = errNoDNS.Error(), NamesUnanswered
		return p
	}
	if first := found[0]; first.Transport.Secure() {
		p.Secure = true
		p.Until, p.Refused, p.Trouble = proves(ctx, a, first, t.Host)
	}
	return p
}

// proves has a server prove who it is, and says until when it can, or why it cannot.
func proves(ctx context.Context, a account.Account, at locate.Found, name string) (until time.Time, words string, _ Trouble) {
	id, err := newProfile(secrets{a.CA, a.Certificate, a.Key})
	if err != nil {
		return until, err.Error(), OtherTrouble
	}
	within, done := context.WithTimeout(ctx, probeWithin)
	defer done()
	var d net.Dialer
	c, err := d.DialContext(within, "tcp", at.Addr.String())
	if err != nil {
		return until, fmt.Sprintf("%s takes no connection at port %d", name, at.Addr.Port()), Unreached
	}
	s, _, err := id.secure(within, c, name)
	if err != nil {
		var f *fault
		if errors.As(err, &f) {
			return until, f.words, f.trouble
		}
		return until, "no TLS with " + name, TLSMissing
	}
	defer s.Close()
	if chain := s.(*tls.Conn).ConnectionState().PeerCertificates; len(chain) > 0 {
		until = chain[0].NotAfter
	}
	return until, "", OtherTrouble
}
