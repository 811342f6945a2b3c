package sip

import (
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/media/agreement"
)

// dialledWithICE is a call of ours, number 1, that a far end with these options has answered.
func dialledWithICE(t *testing.T, options string, f func(a *phone, p *peer, inv *sip.Request, leg agreement.Leg)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		p := peerOn(t, w, "10.0.0.2:5060")
		acc := direct("201")
		acc.ICE = true
		a := startOn(t, w, config(acc))
		a.media.ice = true
		a.do(Dial{Call: 1, Target: p.uri("202")})
		inv := p.request("INVITE")
		p.answer(inv, 200, "", checkedBy("aaaa", described("sendrecv")+options))
		p.request("ACK")
		f(a, p, inv, want[Answered](a).Leg)
	})
}

// Once the checks have found a way, later descriptions name it (RFC 8839 §4.4.1.2.2); a
// restart begins with all candidates again, and a way of other credentials is none.
func TestDescribedWay(t *testing.T) {
	const two = "a=ice-options:ice2\n"
	dialledWithICE(t, two, func(a *phone, p *peer, inv *sip.Request, leg agreement.Leg) {
		pair := agreement.Pair{Own: netip.MustParseAddrPort("203.0.113.9:4444"), Far: netip.MustParseAddrPort("10.0.0.2:7000"), OwnUfrag: "ours", Ufrag: "aaaa"}
		named := func(on bool, expect bool) {
			t.Helper()
			a.do(Hold{Call: 1, On: on})
			again := p.request("INVITE")
			body := string(again.Body())
			for _, line := range []string{"m=audio 4444 ", "c=IN IP4 203.0.113.9\r\n", "a=remote-candidates:1 10.0.0.2 7000\r\n", " 203.0.113.9 4444 typ "} {
				if strings.Contains(body, line) != expect {
					t.Errorf("%q: %v in\n%s", line, !expect, body)
				}
			}
			p.answer(again, 200, "", checkedBy("aaaa", described(map[bool]string{true: "recvonly", false: "sendrecv"}[on])+two))
			p.request("ACK")
			want[Renegotiated](a)
		}
		stray := pair
		stray.Ufrag = "bbbb"
		a.do(Routed{Leg: leg, Pair: stray})
		named(true, false)
		a.do(Routed{Leg: leg + 1, Pair: pair})
		named(false, false)
		a.do(Routed{Leg: leg, Pair: pair})
		named(true, true)
		named(false, true)
		own, _ := inv.From().Params.Get("tag")
		c := &incomingCall{p: p, callID: inv.CallID().Value(), to: own, target: "sip:201@10.0.0.1:5060", seq: 3}
		c.in("UPDATE", checkedBy("aaaa", described("sendrecv")+two))
		if body := string(p.response(200).Body()); !strings.Contains(body, "m=audio 4444 ") || strings.Contains(body, "remote-candidates") {
			t.Errorf("answered\n%s", body)
		}
		want[Renegotiated](a)
		c.in("UPDATE", checkedBy("cccc", described("sendrecv")+two))
		if body := string(p.response(200).Body()); strings.Contains(body, "4444") || !strings.Contains(body, " 20002 typ host") {
			t.Errorf("restarted with\n%s", body)
		}
		want[Renegotiated](a)
	})
}

// A far end that does not know ice2 is told of a way that was not described, at once and
// once; one that does, with the next offer.
func TestOldFarEndIsToldTheWay(t *testing.T) {
	for _, c := range []struct {
		name, options string
		own, far      string
		told          bool
	}{
		{"another way of ours", "", "203.0.113.9:4444", "10.0.0.2:7000", true},
		{"another way of theirs", "a=ice-options:trickle\n", "", "10.0.0.9:7000", true},
		{"what was described", "", "", "10.0.0.2:7000", false},
		{"ice2", "a=ice-options:trickle ice2\n", "203.0.113.9:4444", "10.0.0.2:7000", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dialledWithICE(t, c.options, func(a *phone, p *peer, inv *sip.Request, leg agreement.Leg) {
				pair := agreement.Pair{Own: describedAt(inv.Body()), Far: netip.MustParseAddrPort(c.far), OwnUfrag: ufragIn(inv.Body()), Ufrag: "aaaa"}
				if c.own != "" {
					pair.Own = netip.MustParseAddrPort(c.own)
				}
				for range 2 {
					a.do(Routed{Leg: leg, Pair: pair})
					if !c.told {
						p.silent(time.Minute)
						continue
					}
					again := p.request("INVITE")
					if body := string(again.Body()); !strings.Contains(body, "a=remote-candidates:1 "+pair.Far.Addr().String()) || ufragIn(again.Body()) != ufragIn(inv.Body()) {
						t.Errorf("told\n%s", body)
					}
					p.answer(again, 200, "", checkedBy("aaaa", strings.Replace(described("sendrecv"), "10.0.0.2\nt=", pair.Far.Addr().String()+"\nt=", 1)+c.options))
					p.request("ACK")
					c.told = false
				}
			})
		})
	}
}

// Our own address changes: the checks begin anew, with candidates of where we are now.
func TestRestartWhereWeMove(t *testing.T) {
	encrypted(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID, first *sip.Response) {
		a.inside(func() {
			k := a.calls[id]
			k.way = agreement.Pair{}
			k.local.ICE.Candidates += "2 1 udp 1 203.0.113.2 5000 typ srflx raddr 127.0.0.1 rport 20002\n3 1 udp 1 192.0.2.77 20002 typ host\n"
			k.local.RTP = netip.AddrPortFrom(netip.MustParseAddr("192.0.2.5"), k.local.RTP.Port())
		})
		// An answer to an offer that is no restart keeps the credentials (RFC 8839 §4.4.2).
		c.in("UPDATE", checkedBy("wxyz", sealed(oneKey)))
		if body := p.response(200).Body(); ufragIn(body) != ufragIn(first.Body()) || !strings.Contains(string(body), "a=candidate:1 1 udp 2130706431 192.0.2.5 20002 typ host\r\n") ||
			keyIn(t, body, suite80) == keyIn(t, first.Body(), suite80) {
			t.Errorf("answered\n%s", body)
		}
		want[Renegotiated](a)
		a.inside(func() {
			k := a.calls[id]
			k.local.RTP = netip.AddrPortFrom(netip.MustParseAddr("192.0.2.6"), k.local.RTP.Port())
		})
		a.do(Hold{Call: id, On: true})
		inv := p.request("INVITE")
		body := string(inv.Body())
		if ufragIn(inv.Body()) == ufragIn(first.Body()) || !strings.Contains(body, "c=IN IP4 192.0.2.6\r\n") || strings.Count(body, "a=candidate:") != 2 ||
			!strings.Contains(body, "a=candidate:1 1 udp 2130706431 192.0.2.6 20002 typ host\r\n") || !strings.Contains(body, " 192.0.2.77 20002 typ host\r\n") {
			t.Errorf("offered\n%s", body)
		}
		p.answer(inv, 200, "", checkedBy("abcd", strings.Replace(sealed(oneKey), "sendrecv", "recvonly", 1)))
		p.request("ACK")
		want[Renegotiated](a)
		if now := a.media.last().a.ICE; now.OwnUfrag != ufragIn(inv.Body()) || now.Ufrag != "abcd" {
			t.Errorf("%+v", now)
		}
		a.do(Hold{Call: id})
		if again := p.request("INVITE"); ufragIn(again.Body()) != ufragIn(inv.Body()) || strings.Count(string(again.Body()), "a=candidate:") != 2 {
			t.Errorf("then\n%s", again.Body())
		}
	})
}
