package sip

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/locate"
)

// The first of two proxies dies while a call stands: its BYE goes through the second, and
// the next request begins with that.
func TestInsideACallTheSecondProxyServes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		first, second := peerOn(t, w, "10.0.0.2:5060"), peerOn(t, w, "10.0.0.3:5060")
		cfg := config(direct("201"))
		cfg.Resolver = names{"proxy.home": {netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("10.0.0.3")}}
		a := startOn(t, w, cfg)
		for call := range 2 {
			p := []*peer{first, second}[call]
			a.do(Dial{Call: CallID(2*call + 1), Target: "sip:202@proxy.home:5060"})
			p.answer(p.request("INVITE"), 200, "", described("sendrecv"), "Record-Route: <sip:proxy.home:5060;lr>")
			p.request("ACK")
			want[Answered](a)
			w.lose = func(_, to netip.AddrPort, _ []byte) bool { return to.Addr() == netip.MustParseAddr("10.0.0.2") }
			a.do(HangUp{Call: CallID(2*call + 1)})
			if e := want[Ended](a); e.Code != 200 {
				t.Errorf("%+v", e)
			}
			begin := time.Now()
			bye, ok := second.next(time.Minute).(*sip.Request)
			if !ok || bye.Method != sip.BYE || bye.Recipient.Host != p.conn.LocalAddr().(*net.UDPAddr).IP.String() {
				t.Fatalf("%s", brief(bye))
			}
			// The first time the dead one is waited for, then it is known.
			if took := time.Since(begin); took > 5*time.Second || (took > time.Second) != (call == 0) {
				t.Errorf("BYE after %v", took)
			}
			second.answer(bye, 200, "", "")
		}
	})
}

// preferring is the DNS of a domain that prefers TLS.
type preferring struct {
	names
	naptr []locate.NAPTR
	srv   map[string][]locate.SRV
}

func (p preferring) NAPTR(context.Context, string) ([]locate.NAPTR, error) { return p.naptr, nil }
func (p preferring) SRV(_ context.Context, name string) ([]locate.SRV, error) {
	return p.srv[name], nil
}

// With "auto" the domain's own order counts: TLS first, and what follows when that fails.
func TestDomainPrefersTLS(t *testing.T) {
	ca := newAuthority(t)
	for _, good := range []bool{true, false} {
		name := "pbx.test"
		if !good {
			name = "other.test"
		}
		s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.pair(nil, name)}})
		conn, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		acc := direct("201")
		acc.Domain, acc.Expires, acc.CA, acc.Transport = "pbx.test", time.Hour, ca.pem, account.Auto
		cfg := config(acc)
		cfg.Resolver = preferring{here("edge.test"),
			[]locate.NAPTR{{Order: 20, Flags: "s", Service: "SIP+D2U", Replacement: "_sip._udp.pbx.test."}, {Order: 10, Flags: "s", Service: "SIPS+D2T", Replacement: "_sips._tcp.pbx.test."}},
			map[string][]locate.SRV{
				"_sips._tcp.pbx.test": {{Target: "edge.test.", Port: addrPort(s.l.Addr()).Port()}},
				"_sip._udp.pbx.test":  {{Target: "edge.test.", Port: addrPort(conn.LocalAddr()).Port()}},
			}}
		a := start(t, cfg)
		udp := newPeer(t, conn, net.UDPAddrFromAddrPort(netip.AddrPortFrom(loopback, uint16(a.Port()))))
		p := udp
		if good {
			p, _ = s.peer() // SRV's target is another name: the domain's is what counts
		}
		admitted(p)
		for want[Registration](a).State != Registered {
		}
		if !good {
			a.inside(func() {
				if h := a.lines[0].hops[0]; !a.failures.Shuns(h.Candidate, time.Now()) || h.Transport != account.TLS {
					t.Errorf("%v did not fail", h)
				}
			})
		}
		leaves(a, p)
	}
}

// A server that answers an INVITE with 503 is overloaded: the next one gets this call, and
// the calls after it until Retry-After has passed (RFC 3263 §4.3, RFC 3261 §21.5.4).
func TestInviteTo503(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		first, second := peerOn(t, w, "10.0.0.2:5060"), peerOn(t, w, "10.0.0.3:5060")
		cfg := config(direct("201"))
		cfg.Resolver = names{"far.home": {netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("10.0.0.3")}}
		a := startOn(t, w, cfg)
		busy := func(p *peer) {
			p.answer(p.request("INVITE"), 486, "", "")
			p.request("ACK")
			ended(t, a, 486, "Busy")
		}
		a.do(Dial{Call: 1, Target: "202@far.home"})
		first.answer(first.request("INVITE"), 503, "", "", "Retry-After: 180")
		first.request("ACK")
		busy(second)
		a.do(Dial{Call: 3, Target: "202@far.home"})
		busy(second)
		first.silent(150 * time.Second) // longer than what failed is shunned by itself
		a.do(Dial{Call: 5, Target: "202@far.home"})
		busy(second)
		time.Sleep(time.Minute)
		a.do(Dial{Call: 7, Target: "202@far.home"})
		busy(first)
	})
}
