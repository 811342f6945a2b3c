package sip

import (
	"crypto/tls"
	"net/netip"
	"testing"

	"github.com/offhook/offhook/sip/account"
)

// A proxy that the settings name as a URI: its transport is the way there, its name what
// TLS must prove, and both stay in the Route that is loaded before requests (RFC 3261
// §8.1.2).
func TestProxyWithTransport(t *testing.T) {
	ca := newAuthority(t)
	s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.pair(nil, "edge.test")}})
	acc := secured("201", s, ca)
	acc.Domain, acc.Transport = "home.example", account.Auto
	acc.Proxy = "sip:edge.test:" + s.port() + ";transport=tls"
	cfg := config(acc)
	cfg.Resolver = here("edge.test")
	a := start(t, cfg)
	p, conn := s.peer()
	if name := conn.ConnectionState().ServerName; name != "edge.test" {
		t.Errorf("it asked for %q", name)
	}
	req := admitted(p)
	if got := req.Recipient.String(); got != "sip:home.example" || len(req.GetHeaders("Route")) > 0 || req.Via().Transport != "TLS" {
		t.Errorf("%v", req)
	}
	for want[Registration](a).State != Registered {
	}
	a.do(Dial{Call: 1, Target: "202"})
	inv := p.request("INVITE")
	if got := inv.GetHeader("Route"); got == nil || got.Value() != "<sip:edge.test:"+s.port()+";transport=tls;lr>" {
		t.Errorf("Route: %v", got)
	}
	p.answer(inv, 486, "", "")
	p.request("ACK")
	ended(t, a, 486, "Busy")
	leaves(a, p)
}

// A password is kept from the clear where only the proxy's setting says TLS.
func TestProxyWithTLSIsSecure(t *testing.T) {
	acc := direct("201")
	acc.Domain, acc.Transport, acc.Proxy = "home.example", account.Auto, "sip:10.0.0.2;transport=tls"
	l := newLine(&Agent{}, 0, acc)
	at := hop{}
	at.Addr = netip.MustParseAddrPort("10.0.0.2:5060")
	l.hops = []hop{at}
	for transport, want := range map[account.Transport]bool{account.TLS: true, account.TCP: false, account.UDP: false} {
		if at.Transport = transport; (l.confides(at) != nil) != want {
			t.Errorf("%s: %v", transport, !want)
		}
	}
}
