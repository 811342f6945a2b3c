package sip

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/transfer"
)

// replacesOf is the header that names a dialog of a phone's, and its parts.
func (p *phone) replacesOf(id CallID) (r transfer.Replaces) {
	p.t.Helper()
	p.inside(func() {
		c := p.calls[id]
		if c == nil {
			return
		}
		var d dialog.ID
		switch {
		case c.stage == talking:
			d = c.ses.Dialog.ID
		case c.placed:
			d = dialog.ID{CallID: c.callID, Local: c.tag}
			if len(c.moving.early) > 0 {
				d.Remote = c.moving.early[0]
			}
		default:
			d = c.in.Dialog.ID
		}
		r = transfer.Replaces{CallID: d.CallID, To: d.Local, From: d.Remote}
	})
	return r
}

// RFC 3891 §3, on the wire: each refusal, and that a refused one leaves the call alone.
func TestReplacesRefused(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		mine := a.replacesOf(id)
		other := mine
		other.From = "not" + mine.From
		swapped := transfer.Replaces{CallID: mine.CallID, To: mine.From, From: mine.To}
		early := mine
		early.EarlyOnly = true
		for _, x := range []struct {
			code  int
			lines []string
		}{
			{481, []string{"Replaces: " + other.String()}},
			{481, []string{"Replaces: " + swapped.String()}},
			{481, []string{"Replaces: nothing@here;to-tag=1;from-tag=2"}},
			{486, []string{"Replaces: " + early.String()}},
			{400, []string{"Replaces: " + mine.String(), "Replaces: " + mine.String()}},
			{400, []string{"Replaces: rubbish"}},
			{400, []string{"Replaces: " + strings.Repeat("x", 3000) + ";to-tag=1;from-tag=2"}},
			{420, []string{"Replaces: " + mine.String(), "Require: replaces, join"}},
		} {
			again := p.invite(described("sendrecv"), x.lines...)
			if res := p.response(x.code); x.code == 481 && res.StatusCode != 481 {
				t.Errorf("%v", x)
			}
			again.ack()
			synctest.Wait()
		}
		c.in("OPTIONS", "", "Replaces: "+mine.String())
		p.response(400) // in an INVITE only
		a.quiet(time.Second)
		c.in("BYE", "")
		p.response(200)
		ended(t, a, 200, "")
		late := p.invite(described("sendrecv"), "Replaces: "+mine.String())
		p.response(481) // the dialog has been forgotten
		late.ack()
	})
}

// A call that ended for its user, and not yet for the network, is declined (RFC 3891 §3).
func TestReplacesEnded(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		mine := a.replacesOf(id)
		a.do(HangUp{Call: id})
		bye := p.request("BYE")
		late := p.invite(described("sendrecv"), "Replaces: "+mine.String())
		p.response(603)
		late.ack()
		p.answer(bye, 200, "", "")
		ended(t, a, 200, "")
	})
}

// Somebody who knows a call's dialog and is neither its server nor its far end, at a phone
// with a server: 403, and the call goes on.
func TestReplacesFromStrangers(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		a.inside(func() { a.lines[0].acc.Domain = "example.com" })
		c := p.invite(described("sendrecv"))
		id := want[Incoming](a).Call
		ringing := a.replacesOf(id)
		stranger := p.twin("10.0.0.66:5060")
		x := stranger.invite(described("sendrecv"), "Replaces: "+ringing.String())
		stranger.response(481) // it rings here: not ours to replace, whoever asks
		x.ack()
		a.do(Accept{Call: id})
		c.learn(p.response(200))
		c.in("ACK", "")
		want[Answered](a)
		synctest.Wait()
		mine := a.replacesOf(id)
		y := stranger.invite(described("sendrecv"), "Replaces: "+mine.String())
		stranger.response(403)
		y.ack()
		a.quiet(time.Second)
		// The far end itself may, from another place in its software.
		z := p.invite(described("sendrecv"), "Replaces: "+mine.String(), "Require: replaces")
		for ok, bye := false, false; !ok || !bye; { // both leave at once
			switch m := p.next(10 * time.Second).(type) {
			case *sip.Request:
				if bye = m.Method == sip.BYE && m.CallID().Value() == c.callID; !bye {
					t.Fatalf("%v", m)
				}
				p.answer(m, 200, "", "")
			case *sip.Response:
				if m.StatusCode == 200 {
					z.learn(m)
					z.in("ACK", "")
					ok = true
				}
			default:
				t.Fatal("nothing")
			}
		}
		r := want[Replaced](a)
		if r.Call != id || r.New == id {
			t.Errorf("%+v", r)
		}
		synctest.Wait()
		if n := a.media.legs(); n != 1 {
			t.Errorf("%d legs", n)
		}
		z.in("BYE", "")
		p.response(200)
		if e := want[Ended](a); e.Call != r.New {
			t.Errorf("%+v", e)
		}
	})
}

// A call of ours that still rings there is replaced by one that comes: a pick-up, seen from
// the caller (RFC 3891 §3: the UAS began the early dialog; it cancels it).
func TestReplacesEarly(t *testing.T) {
	for _, early := range []string{"", ";early-only"} {
		three(t, func(t *testing.T, x *trio) {
			id, in := x.rings(x.alice, x.bob, "sip:202@"+bobAddr)
			synctest.Wait()
			r := x.alice.replacesOf(id)
			if r.From == "" {
				t.Fatal("no early dialog")
			}
			p := peerOn(t, x.w, "10.0.0.9:5060")
			c := p.invite(described("sendrecv"), "Replaces: "+r.String()+early)
			c.learn(p.response(200))
			c.in("ACK", "")
			e := want[Replaced](x.alice)
			if e.Call != id || e.Number != "peer" {
				t.Errorf("%+v", e)
			}
			if e := want[Ended](x.bob); e.Call != in || e.Code != 487 {
				t.Errorf("%+v", e)
			}
			c.in("BYE", "")
			p.response(200)
			want[Ended](x.alice)
			_ = p.conn.Close()
		})
	}
}

// The user hangs up while the call that takes the place is being answered: it is ended, not
// left standing without an owner.
func TestReplacedWhileHangingUp(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		mine := a.replacesOf(id)
		a.media.delay = time.Second
		n := p.invite(described("sendrecv"), "Replaces: "+mine.String())
		synctest.Wait()
		a.do(HangUp{Call: id})
		p.answer(p.request("BYE"), 200, "", "")
		ended(t, a, 200, "")
		n.learn(p.response(200))
		n.in("ACK", "")
		bye := p.request("BYE")
		if bye.CallID().Value() != n.callID {
			t.Errorf("%v", bye)
		}
		p.answer(bye, 200, "", "")
		want[Ended](a) // of the number that nobody was told
		a.quiet(time.Minute)
	})
}

// An INVITE whose offer cannot be used takes nobody's place.
func TestReplacesUseless(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		bad := strings.Replace(described("sendrecv"), "RTP/AVP 8 101\na=rtpmap:8 PCMA/8000", "RTP/AVP 99\na=rtpmap:99 X/8000", 1)
		n := p.invite(bad, "Replaces: "+a.replacesOf(id).String())
		p.response(488)
		n.ack()
		// Without an offer, it is ours that goes out, and the ACK brings the answer.
		n = p.invite("", "Replaces: "+a.replacesOf(id).String())
		n.learn(p.response(200))
		synctest.Wait()
		n.in("ACK", described("sendrecv"))
		bye := p.request("BYE")
		p.answer(bye, 200, "", "")
		want[Replaced](a)
		n.in("BYE", "")
		p.response(200)
		want[Ended](a)
	})
}

// REFERs that nobody should send (RFC 3515 §2.4.2), and a flood of them: each is refused, the call
// goes on, and nobody is called.
func TestHostileRefer(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		for _, x := range []struct {
			code  int
			lines []string
		}{
			{400, nil},
			{400, []string{"Refer-To: <sip:1@10.0.0.3>", "Refer-To: <sip:2@10.0.0.3>"}},
			{400, []string{"Refer-To: rubbish"}},
			{400, []string{"Refer-To: <sip:" + strings.Repeat("9", 2000) + "@10.0.0.3>"}},
			{400, []string{"Refer-To: <sip:1@10.0.0.3?Replaces=x>"}},
			{400, []string{"r: <sip:1@10.0.0.3>", "Refer-To: <sip:1@10.0.0.3>"}},
			{400, []string{"Refer-To: <sip:1@10.0.0.3>, <sip:2@10.0.0.3>"}},
			{416, []string{"r: <tel:110>"}},
			{416, []string{"Refer-To: <tel:110>"}},
			{416, []string{"Refer-To: <sips:1@10.0.0.3>"}},
			{416, []string{"Refer-To: <http://10.0.0.3/>"}},
			{603, []string{"Refer-To: <sip:1@10.0.0.3;method=BYE>"}},
			{603, []string{"Refer-To: <sip:1@10.0.0.3;method=REGISTER>"}},
		} {
			c.in("REFER", "", x.lines...)
			p.response(x.code)
		}
		a.quiet(time.Second)
		c.in("REFER", "", "Refer-To: <sip:1@10.0.0.3>", "Refer-Sub: false")
		if res := p.response(202); text(res, "Refer-Sub") != "false" {
			t.Errorf("%v", res)
		}
		want[Referred](a)
		for range 50 {
			c.in("REFER", "", "Refer-To: <sip:1@10.0.0.3>")
			p.response(491)
		}
		a.quiet(time.Second)
		a.do(Unfollow{Of: id, Code: 603})
		p.silent(time.Second) // it wanted to be told nothing (RFC 4488 §4)
		c.in("REFER", "", "Refer-To: <sip:1@10.0.0.3>")
		first := p.referred()
		want[Referred](a)
		p.answer(first, 200, "", "")
		a.do(Unfollow{Of: id, Code: 0})
		last := p.request("NOTIFY")
		if text(last, "Subscription-State") != "terminated;reason=noresource" || string(last.Body()) != "SIP/2.0 603 Decline\r\n" {
			t.Errorf("%v", last)
		}
		p.answer(last, 200, "", "")
		// The owner says nothing at all: it ends by itself.
		c.in("REFER", "", "Refer-To: <sip:1@10.0.0.3>")
		first = p.referred()
		want[Referred](a)
		p.answer(first, 200, "", "")
		time.Sleep(transfer.Subscribed)
		last = p.request("NOTIFY")
		if text(last, "Subscription-State") != "terminated;reason=timeout" {
			t.Errorf("%v", last)
		}
		p.answer(last, 200, "", "")
		synctest.Wait()
		a.do(Follow{Call: 9, Of: id})
		if e := want[Ended](a); e.Call != 9 || e.Code != 481 {
			t.Errorf("%+v", e)
		}
	})
}

// From outside any dialog nobody makes the phone call (RFC 3515 §5.2).
func TestReferFromOutside(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		p.raw(fmt.Sprintf("REFER sip:201@%[1]s SIP/2.0\nVia: SIP/2.0/UDP %[2]s;branch=z9hG4bK-r1\nFrom: <sip:x@y>;tag=1\nTo: <sip:201@%[1]s>\nCall-ID: r1\nCSeq: 1 REFER\nMax-Forwards: 70\nContact: <sip:x@%[2]s>\nRefer-To: <sip:110@10.0.0.3>\nContent-Length: 0\n\n", p.to, p.addr()))
		p.response(403)
		p.raw(fmt.Sprintf("REFER sip:201@%[1]s SIP/2.0\nVia: SIP/2.0/UDP %[2]s;branch=z9hG4bK-r2\nFrom: <sip:x@y>;tag=1\nTo: <sip:201@%[1]s>\nCall-ID: r2\nCSeq: 1 REFER\nMax-Forwards: 70\nContact: <sip:x@%[2]s>\nContent-Length: 0\n\n", p.to, p.addr()))
		p.response(400)
		p.raw(fmt.Sprintf("NOTIFY sip:201@%[1]s SIP/2.0\nVia: SIP/2.0/UDP %[2]s;branch=z9hG4bK-r3\nFrom: <sip:x@y>;tag=1\nTo: <sip:201@%[1]s>\nCall-ID: r3\nCSeq: 1 NOTIFY\nMax-Forwards: 70\nEvent: refer\nContact: <sip:x@%[2]s>\nContent-Length: 0\n\n", p.to, p.addr()))
		p.response(481)
		a.quiet(time.Second)
	})
}

// Headers in a Refer-To do not get into our INVITE, whatever they are; what does is what
// was read and written anew.
func TestReferInjection(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		c.in("REFER", "", `Refer-To: "Mallory" <sip:1@10.0.0.2;x=y?Route=%3Csip:10.0.0.66%3E&From=%3Csip:boss@x%3E&Subject=a%0d%0aX:%20y&P-Asserted-Identity=z&body=b&Require=nothing>`,
			`Referred-By: "Mal" <sip:mal@10.0.0.2?X=y>;cid="1@2"`)
		first := p.referred()
		if r := want[Referred](a); r.Name != "Mallory" || r.Number != "1" || r.By != "mal" {
			t.Errorf("%+v", r)
		}
		p.answer(first, 200, "", "")
		a.do(Follow{Call: 9, Of: id})
		inv := p.request("INVITE")
		for _, name := range []string{"Route", "Subject", "X", "P-Asserted-Identity", "Require", "Replaces"} {
			if text(inv, name) != "" {
				t.Errorf("%s: %s", name, text(inv, name))
			}
		}
		if text(inv, "Referred-By") != "<sip:mal@10.0.0.2>" || inv.Recipient.String() != "sip:1@10.0.0.2;x=y" || inv.From().Address.User != "201" {
			t.Errorf("%v", inv)
		}
		p.answer(inv, 486, "", "")
		p.request("ACK")
		want[Ended](a)
		last := p.request("NOTIFY")
		p.answer(last, 481, "", "") // it has forgotten us: all is well
	})
}

// Two far ends that send each other's calls on end somewhere.
func TestReferChainEnds(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		a.inside(func() { a.calls[id].moving.chain = maxChain })
		c.in("REFER", "", "Refer-To: <sip:1@10.0.0.2>")
		p.response(603)
		a.inside(func() { a.calls[id].moving.chain = maxChain - 1 })
		c.in("REFER", "", "Refer-To: <sip:1@10.0.0.2>", "Refer-Sub: false")
		p.response(202)
		want[Referred](a)
		a.do(Follow{Call: 9, Of: id})
		p.answer(p.request("INVITE"), 180, "", "")
		want[Progress](a)
		a.inside(func() {
			if n := a.calls[9].moving.chain; n != maxChain {
				t.Errorf("chain %d", n)
			}
		})
		a.do(HangUp{Call: 9})
		want[Ended](a)
		p.answer(p.request("CANCEL"), 200, "", "")
	})
}

// referred takes the 202 and the first NOTIFY, which may overtake it (RFC 3515 §2.4.4).
func (p *peer) referred() *sip.Request {
	p.t.Helper()
	var note *sip.Request
	accepted := false
	for note == nil || !accepted {
		switch m := p.next(10 * time.Second).(type) {
		case *sip.Request:
			if m.Method != sip.NOTIFY || text(m, "Subscription-State") != "active;expires=240" || string(m.Body()) != "SIP/2.0 100 Trying\r\n" {
				p.t.Fatalf("%v", m)
			}
			note = m
		case *sip.Response:
			accepted = m.StatusCode == 202
			if !accepted {
				p.t.Fatalf("%v", m)
			}
		default:
			p.t.Fatal("nothing")
		}
	}
	return note
}
