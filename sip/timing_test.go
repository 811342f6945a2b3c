package sip

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/dialog"
)

func TestTimingOf(t *testing.T) {
	for _, c := range []struct {
		lines string
		want  dialog.Timing
	}{
		{"", dialog.Timing{}},
		{"Session-Expires: 1800;refresher=UAC\r\nSupported: 100rel, timer\r\n", dialog.Timing{Every: 30 * time.Minute, Refresher: dialog.UAC, Able: true}},
		{"x: 90 ; refresher=uas\r\nk: timer\r\nMin-SE: 60;x=y\r\n", dialog.Timing{Every: 90 * time.Second, Refresher: dialog.UAS, Min: time.Minute, Able: true}},
		{"Session-Expires: soon\r\nMin-SE: -1\r\n", dialog.Timing{}},
		{"Session-Expires: 100;refresher=me\r\n", dialog.Timing{Every: 100 * time.Second}},
	} {
		m, err := sip.ParseMessage([]byte("OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n" + c.lines + "Content-Length: 0\r\n\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := timingOf(m); got != c.want {
			t.Errorf("%q: %+v, want %+v", c.lines, got, c.want)
		}
	}
}

// RFC 4028 §7: we ask for half an hour; the callee may leave the refreshing to us or keep
// it, and a 422 is answered with what it wants.
func TestSessionTimerOfCaller(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		if text(inv, "Session-Expires") != "1800" || text(inv, "Min-SE") != "90" || !lists(inv, "Supported", "timer") || !lists(inv, "Allow", "UPDATE") {
			t.Errorf("%v", inv)
		}
		p.answer(inv, 422, "", "", "Min-SE: 3600")
		p.request("ACK")
		inv = p.request("INVITE")
		if text(inv, "Session-Expires") != "3600" || text(inv, "Min-SE") != "3600" {
			t.Errorf("%v", inv)
		}
		p.answer(inv, 200, "", described("sendrecv"), "Session-Expires: 3600;refresher=uac", "Require: timer", "Allow: INVITE, UPDATE")
		p.request("ACK")
		want[Answered](a)
		for range 2 {
			begin := time.Now()
			m, ok := p.next(time.Hour).(*sip.Request)
			if !ok || m.Method != sip.UPDATE || time.Since(begin).Round(time.Second) != 30*time.Minute {
				t.Fatalf("%v after %v", m, time.Since(begin))
			}
			if text(m, "Session-Expires") != "3600;refresher=uac" || len(m.Body()) != 0 || m.Contact() == nil {
				t.Errorf("%v", m)
			}
			p.answer(m, 200, "", "", "Session-Expires: 3600;refresher=uac")
		}
		a.do(HangUp{Call: 1})
		p.answer(p.request("BYE"), 200, "", "")
		ended(t, a, 200, "")
	})
}

// Where the far end takes no UPDATE, a re-INVITE with the same description refreshes.
func TestRefreshByReinvite(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		p.answer(inv, 200, "", described("sendrecv"), "Session-Expires: 1800;refresher=uac", "Allow: INVITE, BYE")
		p.request("ACK")
		want[Answered](a)
		m, ok := p.next(time.Hour).(*sip.Request)
		if !ok || m.Method != sip.INVITE || string(m.Body()) != string(inv.Body()) {
			t.Fatalf("%v", m)
		}
		p.answer(m, 200, "", described("sendrecv"), "Session-Expires: 1800;refresher=uas")
		p.request("ACK")
		if e := want[Renegotiated](a); e.Held || e.FarHold {
			t.Errorf("%+v", e)
		}
		begin := time.Now()
		// Now it is the far end's turn, and it does nothing (RFC 4028 §10).
		if m, ok := p.next(time.Hour).(*sip.Request); !ok || m.Method != sip.BYE || time.Since(begin).Round(time.Second) != 30*time.Minute-32*time.Second {
			t.Errorf("%v after %v", m, time.Since(begin))
		}
		ended(t, a, 408, "Call was lost")
	})
}

// Nothing is refreshed in a call with a far end that knows no session timers.
func TestNoSessionTimer(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		p.silent(3 * time.Hour)
		a.quiet(time.Second)
	})
}

// RFC 4028 §9: as callee we agree to what the caller wants, if it is not too little.
func TestSessionTimerOfCallee(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		c := p.invite(described("sendrecv"), "Supported: timer", "Session-Expires: 60")
		if r := p.response(422); text(r, "Min-SE") != "90" {
			t.Errorf("%v", r)
		}
		c.ack()
		c = p.invite(described("sendrecv"), "Supported: timer", "Session-Expires: 120;refresher=uac")
		id := want[Incoming](a).Call
		a.do(Accept{Call: id})
		ok := p.response(200)
		if text(ok, "Session-Expires") != "120;refresher=uac" || !lists(ok, "Require", "timer") {
			t.Errorf("%v", ok)
		}
		c.learn(ok)
		c.in("ACK", "")
		want[Answered](a)
		time.Sleep(time.Minute)
		c.in("UPDATE", "", "Supported: timer", "Session-Expires: 120;refresher=uac", "Contact: <sip:moved@10.0.0.2:5060>")
		if r := p.response(200); text(r, "Session-Expires") != "120;refresher=uac" || r.Contact() == nil {
			t.Errorf("%v", r)
		}
		begin := time.Now()
		m, isBye := p.next(3 * time.Minute).(*sip.Request)
		if !isBye || m.Method != sip.BYE || time.Since(begin).Round(time.Second) != 88*time.Second || m.Recipient.User != "moved" {
			t.Errorf("%v after %v", m, time.Since(begin))
		}
		ended(t, a, 408, "Call was lost")
	})
}

// RFC 3311: an UPDATE with an offer changes the media of a call that stands, one that
// meets an offer of ours is refused, one that cannot be used changes nothing.
func TestUpdateInside(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		c.in("UPDATE", described("sendonly"))
		if r := p.response(200); !strings.Contains(string(r.Body()), "a=recvonly") || r.Contact() == nil {
			t.Errorf("%v", r)
		}
		if e := want[Renegotiated](a); !e.FarHold {
			t.Errorf("%+v", e)
		}
		c.in("UPDATE", strings.Replace(described("sendrecv"), "RTP/AVP 8 101\na=rtpmap:8 PCMA/8000", "RTP/AVP 99\na=rtpmap:99 X/8000", 1))
		if r := p.response(488); text(r, "Warning") == "" {
			t.Errorf("%v", r)
		}
		a.do(Hold{Call: id, On: true})
		inv := p.request("INVITE")
		c.in("UPDATE", described("sendrecv"))
		p.response(491)
		p.answer(inv, 200, "", described("recvonly"))
		p.request("ACK")
		if e := want[Renegotiated](a); !e.Held {
			t.Errorf("%+v", e)
		}
		p.silent(time.Minute)
	})
}

// RFC 3311 §5.2 before the call is answered, from both sides.
func TestUpdateInEarlyDialogs(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		c := p.invite(described("sendrecv"))
		id := want[Incoming](a).Call
		a.do(Alert{Call: id})
		c.learn(p.response(180))
		c.in("UPDATE", described("sendonly"))
		if r := p.response(500); text(r, "Retry-After") == "" {
			t.Errorf("%v", r)
		}
		c.in("UPDATE", "")
		p.response(200)
		a.do(Accept{Call: id})
		p.response(200)
		want[Answered](a)
	})
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		p.answer(inv, 183, "one", described("sendrecv"), "Require: 100rel", "RSeq: 1")
		p.answer(p.request("PRACK"), 200, "", "")
		want[Progress](a)
		own, _ := inv.From().Params.Get("tag")
		c := &incomingCall{p: p, callID: inv.CallID().Value(), to: own, target: "sip:201@10.0.0.1:5060", seq: 3}
		p.tag = "one"
		c.in("UPDATE", strings.Replace(described("sendrecv"), "7000", "7010", 1))
		if r := p.response(200); len(r.Body()) == 0 {
			t.Errorf("%v", r)
		}
		if e := want[Progress](a); !e.Early {
			t.Errorf("%+v", e)
		}
		if l := a.media.last(); l.tag != "one" || l.a.RTP.Port() != 7010 {
			t.Errorf("applied %+v", l)
		}
		p.answer(inv, 200, "one", described("sendrecv"))
		p.request("ACK")
		if e := want[Answered](a); e.Agreed.RTP.Port() != 7010 {
			t.Errorf("%+v", e)
		}
		a.do(HangUp{Call: 1})
		p.answer(p.request("BYE"), 200, "", "")
	})
}

// A caller that can, and asks for nothing, gets our interval, refreshed by us.
func TestSessionIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		b := peerOn(t, w, "10.0.0.2:5060")
		a := startOn(t, w, config(direct("201")))
		c := b.invite(described("sendrecv"), "Supported: timer", "Allow: INVITE, UPDATE")
		id := want[Incoming](a).Call
		a.do(Accept{Call: id})
		ok := b.response(200)
		if text(ok, "Session-Expires") != "1800;refresher=uas" || lists(ok, "Require", "timer") {
			t.Errorf("%v", ok)
		}
		c.learn(ok)
		c.in("ACK", "")
		want[Answered](a)
		for range 8 {
			m, isUpdate := b.next(time.Hour).(*sip.Request)
			if !isUpdate || m.Method != sip.UPDATE {
				t.Fatalf("%v", m)
			}
			b.answer(m, 200, "", "", "Session-Expires: 1800;refresher=uac")
		}
		a.quiet(time.Second)
	})
}
