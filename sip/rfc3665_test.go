package sip

import (
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// The session flows of RFC 3665 §3, with the phone as Alice or as Bob.
func TestRFC3665(t *testing.T) {
	ok := described("sendrecv")
	transcripts(t, "rfc3665.txt", []story{
		{"3.1 Successful session establishment: the phone calls, the far end hangs up", func(t *testing.T, a *phone, p *peer) {
			inv := dialledOut(a, p)
			p.answer(inv, 180, "", "")
			want[Progress](a)
			time.Sleep(2 * time.Second)
			p.answer(inv, 200, "", ok)
			p.request("ACK")
			want[Answered](a)
			time.Sleep(5 * time.Second)
			c := theirs(p, inv)
			c.in("BYE", "")
			p.response(200)
			want[Ended](a)
		}},
		{"3.1 Successful session establishment: the phone is called, and hangs up", func(t *testing.T, a *phone, p *peer) {
			_, id := stands(a, p)
			a.do(HangUp{Call: id})
			p.answer(p.request("BYE"), 200, "", "")
			want[Ended](a)
		}},
		{"3.2 Session establishment through two proxies", func(t *testing.T, a *phone, p *peer) {
			inv := dialledOut(a, p)
			p.answer(inv, 407, "", "", `Proxy-Authenticate: Digest realm="atlanta", nonce="a1", qop="auth"`)
			p.request("ACK")
			inv = p.request("INVITE")
			rr := []string{"Record-Route: <sip:10.0.0.3;lr>", "Record-Route: <sip:10.0.0.2;lr>"}
			p.answer(inv, 100, "", "")
			p.answer(inv, 180, "", "", rr...)
			want[Progress](a)
			p.answer(inv, 200, "", ok, rr...)
			p.request("ACK")
			want[Answered](a)
			a.do(HangUp{Call: 1})
			p.answer(p.request("BYE"), 200, "", "")
			want[Ended](a)
		}},
		{"3.3 Session with multiple proxy authentication", func(t *testing.T, a *phone, p *peer) {
			inv := dialledOut(a, p)
			p.answer(inv, 407, "", "", `Proxy-Authenticate: Digest realm="atlanta", nonce="a1", qop="auth"`)
			p.request("ACK")
			inv = p.request("INVITE")
			p.answer(inv, 407, "", "", `Proxy-Authenticate: Digest realm="biloxi", nonce="b1", qop="auth"`)
			p.request("ACK")
			inv = p.request("INVITE")
			p.answer(inv, 200, "", ok)
			p.request("ACK")
			want[Answered](a)
			a.do(HangUp{Call: 1})
			p.answer(p.request("BYE"), 200, "", "")
			want[Ended](a)
		}},
		{"3.4 Session with a proxy that fails: the next one takes the call", func(t *testing.T, a *phone, p *peer) {
			second := p.twin("10.0.0.4:5060")
			a.inside(func() {
				l := a.lines[0]
				other := l.hops[0]
				other.Addr = netip.MustParseAddrPort("10.0.0.4:5060")
				l.hops = append(l.hops, other)
			})
			first := dialledOut(a, p) // nobody answers
			inv := second.request("INVITE")
			if inv.CallID().Value() != first.CallID().Value() || inv.CSeq().SeqNo != first.CSeq().SeqNo+1 {
				t.Errorf("%v", inv)
			}
			second.answer(inv, 407, "", "", `Proxy-Authenticate: Digest realm="biloxi", nonce="b1", qop="auth"`)
			second.request("ACK")
			inv = second.request("INVITE")
			second.answer(inv, 200, "", ok)
			second.request("ACK")
			for e := wantWithin[Progress](a, time.Minute); e.Words != "Server not answering"; e = want[Progress](a) {
			}
			want[Answered](a)
			a.do(HangUp{Call: 1})
			second.answer(second.request("BYE"), 200, "", "")
			wantWithin[Ended](a, time.Minute)
		}},
		{"3.5 Session through a proxy that stands for the far end (ALG)", func(t *testing.T, a *phone, p *peer) {
			c, id := rung(a, p, ok, "Record-Route: <sip:10.0.0.4;lr>", "Record-Route: <sip:10.0.0.2;lr>")
			second := p.twin("10.0.0.4:5060")
			a.do(Accept{Call: id})
			p.response(200)
			c.in("ACK", "")
			want[Answered](a)
			synctest.Wait()
			a.do(HangUp{Call: id})
			bye := second.request("BYE") // along the route set, in its own order (RFC 3261 §12.1.1)
			if routes := values(bye, "Route"); len(routes) != 2 || !strings.Contains(routes[0], "10.0.0.4") {
				t.Errorf("%v", routes)
			}
			second.answer(bye, 200, "", "")
			want[Ended](a)
		}},
		{"3.6 Session via redirect", func(t *testing.T, a *phone, p *peer) {
			p.answer(dialledOut(a, p), 302, "", "", "Contact: <sip:203@10.0.0.2>")
			p.request("ACK")
			want[Progress](a)
			inv := p.request("INVITE")
			p.answer(inv, 180, "", "")
			want[Progress](a)
			p.answer(inv, 200, "", ok)
			p.request("ACK")
			want[Answered](a)
			a.do(HangUp{Call: 1})
			p.answer(p.request("BYE"), 200, "", "")
			want[Ended](a)
		}},
		{"3.6 SDP in the ACK", func(t *testing.T, a *phone, p *peer) {
			c, id := rung(a, p, "")
			a.do(Accept{Call: id})
			p.response(200)
			c.in("ACK", ok)
			want[Answered](a)
			c.in("BYE", "")
			p.response(200)
			want[Ended](a)
		}},
		{"3.7 Session with re-INVITE (IP address change)", func(t *testing.T, a *phone, p *peer) {
			c, id := stands(a, p)
			c.in("INVITE", strings.ReplaceAll(ok, "10.0.0.2", "10.0.0.22"))
			p.response(200)
			c.in("ACK", "")
			want[Renegotiated](a)
			a.do(Hold{Call: id, On: true})
			p.answer(p.request("INVITE"), 200, "", described("recvonly"))
			p.request("ACK")
			want[Renegotiated](a)
			a.do(Hold{Call: id, On: false})
			p.answer(p.request("INVITE"), 200, "", ok)
			p.request("ACK")
			want[Renegotiated](a)
		}},
		{"3.8 Unsuccessful, no answer: the phone calls, and gives up", func(t *testing.T, a *phone, p *peer) {
			inv := dialledOut(a, p)
			p.answer(inv, 180, "", "")
			want[Progress](a)
			a.do(HangUp{Call: 1})
			p.answer(p.request("CANCEL"), 200, "", "")
			p.answer(inv, 487, "", "")
			p.request("ACK")
			want[Ended](a)
		}},
		{"3.8 Unsuccessful, no answer: the phone is called", func(t *testing.T, a *phone, p *peer) {
			c, _ := rung(a, p, ok)
			c.cancel()
			want[Ended](a)
			c.ack()
		}},
		{"3.9 Unsuccessful, busy: the far end", func(t *testing.T, a *phone, p *peer) {
			p.answer(dialledOut(a, p), 486, "", "")
			p.request("ACK")
			want[Ended](a)
		}},
		{"3.9 Unsuccessful, busy: the phone", func(t *testing.T, a *phone, p *peer) {
			c := p.invite(ok)
			a.do(Reject{Call: want[Incoming](a).Call, Code: 486})
			p.response(486)
			c.ack()
			want[Ended](a)
		}},
		{"3.10 Unsuccessful, no response from the user agent", func(t *testing.T, a *phone, p *peer) {
			inv := dialledOut(a, p)
			p.answer(inv, 100, "", "")
			time.Sleep(32 * time.Second)
			p.answer(inv, 408, "", "")
			p.request("ACK")
			wantWithin[Ended](a, time.Minute)
		}},
		{"3.11 Unsuccessful, temporarily unavailable", func(t *testing.T, a *phone, p *peer) {
			inv := dialledOut(a, p)
			p.answer(inv, 180, "", "")
			want[Progress](a)
			p.answer(inv, 480, "", "", "Retry-After: 300")
			p.request("ACK")
			want[Ended](a)
		}},
	})
}
