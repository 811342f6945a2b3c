package sip

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

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
		inv := p.request("INVITE")
		if inv.Contact().Address.Host != "10.0.0.1" || !strings.Contains(string(inv.Body()), "c=IN IP4 10.0.0.1") {
			t.Errorf("%v", inv)
		}
		p.answer(inv, 200, "", described("sendrecv"))
		p.request("ACK")
		if e := want[Renegotiated](a); e.Held || e.FarHold {
			t.Errorf("%+v", e)
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
