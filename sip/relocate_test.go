package sip

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

// toldOurAddress is a re-INVITE of ours from the address that we have, which is answered.
func toldOurAddress(a *phone, p *peer) (*sip.Request, Renegotiated) {
	a.t.Helper()
	inv := p.request("INVITE")
	if inv.Contact().Address.Host != "10.0.0.1" || len(inv.Body()) == 0 {
		a.t.Errorf("%v", inv)
	}
	p.answer(inv, 200, "", described("sendrecv"))
	p.request("ACK")
	return inv, want[Renegotiated](a)
}

// A call goes on from another address: the far end gets a re-INVITE from there, with the
// new Contact and media address, and what it then says is from there too.
func TestAddressChangesInACall(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		a.do(Renew{})
		p.silent(time.Minute) // nothing has changed
		a.inside(func() {
			k := a.calls[id]
			k.hop.source = netip.MustParseAddr("10.0.0.77") // where the call began
			k.local.RTP = netip.AddrPortFrom(netip.IPv4Unspecified(), k.local.RTP.Port())
		})
		a.do(Renew{})
		inv, e := toldOurAddress(a, p)
		if !strings.Contains(string(inv.Body()), "c=IN IP4 10.0.0.1") || e.Held || e.FarHold {
			t.Errorf("%+v after\n%v", e, inv)
		}
		a.do(Renew{})
		p.silent(time.Minute) // and again nothing
	})
}

// What a NAT makes of our address changes while a call stands: the far end learns it.
func TestPublicAddressChangesInACall(t *testing.T) {
	atHome(t, asIs, func(t *testing.T, a *phone, p *peer) {
		_, id := stands(a, p)
		a.inside(func() {
			b := a.lines[0].bindings[0]
			b.inside, b.public = netip.MustParseAddr("10.0.0.1"), netip.MustParseAddrPort("203.0.113.7:40000")
			a.relocate()
		})
		inv := p.request("INVITE")
		if u := inv.Contact().Address; u.Host != "203.0.113.7" || u.Port != 40000 {
			t.Errorf("%v", inv)
		}
		p.answer(inv, 200, "", described("sendrecv"))
		p.request("ACK")
		want[Renegotiated](a)
		a.do(HangUp{Call: id})
		p.answer(p.request("BYE"), 200, "", "")
	})
}

// Our address changes while a call rings here: the Contact of the 200 is the new one.
func TestAddressChangesWhileItRingsHere(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		c := p.invite(described("sendrecv"))
		id := want[Incoming](a).Call
		a.inside(func() { a.calls[id].hop.source = netip.MustParseAddr("10.0.0.77") })
		a.do(Alert{Call: id})
		if r := p.response(180); r.Contact().Address.Host != "10.0.0.77" {
			t.Errorf("%v", r)
		}
		a.do(Renew{})
		p.silent(2 * unregisteredPause) // and it rings on
		a.do(Accept{Call: id})
		r := p.response(200)
		if r.Contact().Address.Host != "10.0.0.1" {
			t.Errorf("%v", r)
		}
		c.learn(r)
		c.in("ACK", "")
		want[Answered](a)
		p.silent(time.Minute) // nothing else is to be told
	})
}

// Our address changes between our 200 and its ACK: the caller's INVITE is under way until
// then, and no INVITE of ours may cross it (RFC 3261 §14.1).
func TestAddressChangesBeforeTheAck(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		c, id := lifted(a, p)
		a.inside(func() { a.calls[id].hop.source = netip.MustParseAddr("10.0.0.77") }) // where it began
		a.do(Renew{})
		begin := time.Now()
		for time.Since(begin) < 2*unregisteredPause {
			if m := p.next(unregisteredPause); m != nil {
				if r, ok := m.(*sip.Response); !ok || r.StatusCode != 200 {
					t.Fatalf("%s before the ACK", brief(m))
				}
			}
		}
		c.in("ACK", "")
		toldOurAddress(a, p)
	})
}

// Our address changes while a call of ours rings there: UPDATE where it is taken, nothing
// where it is not, and a re-INVITE as soon as the call stands; the call itself goes on.
func TestAddressChangesWhileItRingsThere(t *testing.T) {
	for _, allow := range []string{"INVITE, ACK, BYE, CANCEL, UPDATE", "INVITE, ACK, BYE, CANCEL"} {
		outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
			p.answer(inv, 180, "one", "", "Allow: "+allow)
			want[Progress](a)
			a.do(Renew{})
			p.silent(2 * unregisteredPause)
			a.inside(func() { a.calls[1].hop.source = netip.MustParseAddr("10.0.0.77") }) // where it began
			a.do(Renew{})
			if strings.Contains(allow, "UPDATE") {
				u := p.request("UPDATE")
				if tagOf(u) != "one" || u.Contact().Address.Host != "10.0.0.1" || len(u.Body()) != 0 || u.CSeq().SeqNo != inv.CSeq().SeqNo+1 {
					t.Errorf("%v", u)
				}
				p.answer(u, 200, "", "")
			}
			p.silent(2 * unregisteredPause)
			p.answer(inv, 200, "one", described("sendrecv"))
			p.request("ACK")
			want[Answered](a)
			toldOurAddress(a, p)
			p.silent(time.Minute)
		})
	}
}
