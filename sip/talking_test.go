package sip

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/digest"
)

// The far end holds us, in all its forms, and takes us back (RFC 3264 §8.4, RFC 6337 §5).
func TestHeldByFarEnd(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		for _, step := range []struct {
			body string
			held bool
		}{
			{described("sendonly"), true},
			{described("sendrecv"), false},
			{described("inactive"), true},
			{described("sendrecv"), false},
			{strings.Replace(described("sendrecv"), "c=IN IP4 10.0.0.2", "c=IN IP4 0.0.0.0", 1), true},
			{described("sendrecv"), false},
		} {
			c.in("INVITE", step.body)
			ok := p.response(200)
			c.in("ACK", "")
			if e := want[Renegotiated](a); e.FarHold != step.held || e.Held {
				t.Errorf("%+v after\n%s", e, step.body)
			}
			if e := a.media.last(); e.a.Direction.Send() == step.held {
				t.Errorf("applied %v", e.a.Direction)
			}
			if len(ok.Body()) == 0 || ok.Contact() == nil {
				t.Errorf("%v", ok)
			}
		}
		p.silent(time.Minute)
		c.in("BYE", "")
		p.response(200)
		ended(t, a, 200, "")
		c.in("BYE", "")
		p.response(481) // the dialog has gone
	})
}

// A re-INVITE that cannot be used changes nothing (RFC 3261 §14.2).
func TestUselessReinvite(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		c.in("INVITE", strings.Replace(described("sendrecv"), "RTP/AVP 8 101\na=rtpmap:8 PCMA/8000", "RTP/AVP 99\na=rtpmap:99 X/8000", 1))
		p.response(488)
		c.send("ACK", c.target, "z9hG4bK-"+c.callID+"-2", c.seq, "")
		a.quiet(time.Second)
		c.in("INVITE", described("sendonly"))
		p.response(200)
		c.in("ACK", "")
		want[Renegotiated](a)
	})
}

// RFC 3261 §14.1, §14.2: both ends offer at once; both refuse, the callee comes again first.
func TestGlare(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		a.do(Hold{Call: id, On: true})
		inv := p.request("INVITE")
		branch := c.in("INVITE", described("sendonly"))
		p.response(491)
		c.send("ACK", c.target, branch, c.seq, "")
		p.answer(inv, 491, "", "")
		p.request("ACK")
		begin := time.Now()
		again := p.request("INVITE")
		if d := time.Since(begin); d > 2*time.Second { // not the owner of the Call-ID
			t.Errorf("came again after %v", d)
		}
		if again.CSeq().SeqNo != inv.CSeq().SeqNo+1 || !strings.Contains(string(again.Body()), "a=sendonly") {
			t.Errorf("%v", again)
		}
		p.answer(again, 200, "", described("recvonly"))
		p.request("ACK")
		if e := want[Renegotiated](a); !e.Held || e.FarHold {
			t.Errorf("%+v", e)
		}
	})
}

// RFC 3261 §14.1: the owner of the Call-ID waits 2.1 s to 4 s.
func TestGlareOfCaller(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		p.answer(inv, 200, "", described("sendrecv"))
		p.request("ACK")
		want[Answered](a)
		a.do(Hold{Call: 1, On: true})
		p.answer(p.request("INVITE"), 491, "", "")
		p.request("ACK")
		begin := time.Now()
		p.request("INVITE")
		if d := time.Since(begin); d < 2100*time.Millisecond || d > 4*time.Second {
			t.Errorf("came again after %v", d)
		}
	})
}

// A hold that is refused leaves the call as it was, and says so.
func TestHoldRefused(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		a.do(Hold{Call: id, On: true})
		p.answer(p.request("INVITE"), 488, "", "")
		p.request("ACK")
		if e := want[Renegotiated](a); e.Held || e.FarHold {
			t.Errorf("%+v", e)
		}
		p.silent(time.Minute)
	})
}

// RFC 3261 §12.2.1.2: 481 to a request of ours means that the far end lost the call.
func TestFarEndLostTheCall(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		a.do(Hold{Call: id, On: true})
		p.answer(p.request("INVITE"), 481, "", "")
		p.request("ACK")
		p.answer(p.request("BYE"), 481, "", "")
		ended(t, a, 481, "Call was lost")
	})
}

// Challenges inside a dialog: the CSeq of the dialog goes up with each answer (§22.2).
func TestChallengesEverywhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		p := peerOn(t, w, "10.0.0.2:5060")
		a := startOn(t, w, config(home()))
		r := &registrar{p, digest.NewServer(digest.ServerConfig{Realm: "home"})}
		r.grant(r.request("REGISTER"), 3600)
		a.do(Dial{Call: 1, Target: "202"})
		inv := p.request("INVITE")
		if inv.Recipient.String() != "sip:202@10.0.0.2" || inv.From().Address.String() != "sip:201@10.0.0.2" {
			t.Errorf("%v", inv)
		}
		r.challenge(inv, false)
		p.request("ACK")
		second := p.request("INVITE")
		if r.verify(second) != digest.Granted || second.CSeq().SeqNo != inv.CSeq().SeqNo+1 || via(second) == via(inv) {
			t.Errorf("%v", second)
		}
		p.answer(second, 200, "", described("sendrecv"))
		ack := p.request("ACK")
		if text(ack, "Authorization") != text(second, "Authorization") || ack.CSeq().SeqNo != second.CSeq().SeqNo || via(ack) == via(second) {
			t.Errorf("%v", ack)
		}
		want[Answered](a)
		a.do(Hold{Call: 1, On: true})
		hold := p.request("INVITE")
		r.challenge(hold, true)
		p.request("ACK")
		again := p.request("INVITE")
		if r.verify(again) != digest.Granted || hold.CSeq().SeqNo != second.CSeq().SeqNo+1 || again.CSeq().SeqNo != hold.CSeq().SeqNo+1 {
			t.Errorf("%v\n%v", hold, again)
		}
		p.answer(again, 200, "", described("recvonly"))
		p.request("ACK")
		want[Renegotiated](a)
		a.do(HangUp{Call: 1})
		bye := p.request("BYE")
		r.challenge(bye, true)
		last := p.request("BYE")
		if r.verify(last) != digest.Granted || bye.CSeq().SeqNo != again.CSeq().SeqNo+1 || last.CSeq().SeqNo != bye.CSeq().SeqNo+1 {
			t.Errorf("%v\n%v", bye, last)
		}
		p.answer(last, 200, "", "")
		ended(t, a, 200, "")
	})
}

// Requests inside the dialog that are no offers.
func TestInsideRequests(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		for _, step := range []struct {
			method string
			code   int
		}{{"OPTIONS", 200}, {"INFO", 200}, {"UPDATE", 200}, {"REFER", 400}, {"NOTIFY", 489}, {"FROB", 501}} {
			c.in(step.method, "")
			res := p.response(step.code)
			if step.code == 501 && text(res, "Allow") == "" {
				t.Errorf("%v", res)
			}
		}
		c.seq -= 3
		c.in("INFO", "")
		p.response(500) // overtaken (RFC 3261 §12.2.2)
		a.quiet(time.Second)
	})
}

// Target refresh: later requests go to the new Contact (RFC 3261 §12.2.1.2, §12.2.2).
func TestTargetRefresh(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		c.seq++
		c.send("INVITE", c.target, "z9hG4bK-t", c.seq, described("sendrecv"))
		p.response(200)
		c.in("ACK", "")
		want[Renegotiated](a)
		a.do(Hold{Call: id, On: true})
		inv := p.request("INVITE")
		p.answer(inv, 200, "elsewhere", described("recvonly")) // Contact: elsewhere@
		if ack := p.request("ACK"); ack.Recipient.User != "elsewhere" {
			t.Errorf("%v", ack)
		}
		want[Renegotiated](a)
		p.answer(inv, 200, "elsewhere", described("recvonly")) // repeated: our ACK was lost
		p.request("ACK")
		a.do(HangUp{Call: id})
		if bye := p.request("BYE"); bye.Recipient.User != "elsewhere" {
			t.Errorf("%v", bye)
		}
	})
}

// BYE meets BYE: both are answered 200.
func TestByesCross(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		a.do(HangUp{Call: id})
		bye := p.request("BYE")
		c.in("BYE", "")
		p.response(200)
		p.answer(bye, 200, "", "")
		ended(t, a, 200, "")
	})
}

// A 2xx to a re-INVITE of theirs is repeated until the ACK, then the call ends.
func TestReinviteAckNeverComes(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		c.in("INVITE", described("sendrecv"))
		n := 0
		for {
			m := p.next(10 * time.Second)
			if r, ok := m.(*sip.Response); ok && r.StatusCode == 200 {
				n++
				continue
			}
			if r, ok := m.(*sip.Request); ok && r.Method == sip.BYE {
				break
			}
			if m == nil {
				t.Fatal("no BYE")
			}
		}
		if n != 11 {
			t.Errorf("200 was sent %d times, want 11", n)
		}
	})
}

// While we hold, an offer of theirs does not take us off: the answer is sendonly still.
func TestOfferWhileWeHold(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		a.do(Hold{Call: id, On: true})
		p.answer(p.request("INVITE"), 200, "", described("recvonly"))
		p.request("ACK")
		want[Renegotiated](a)
		c.in("INVITE", described("sendrecv"))
		if ok := p.response(200); !strings.Contains(string(ok.Body()), "a=sendonly") {
			t.Errorf("%s", ok.Body())
		}
		c.in("ACK", "")
		if e := want[Renegotiated](a); !e.Held || e.FarHold {
			t.Errorf("%+v", e)
		}
		a.do(Hold{Call: id, On: false})
		inv := p.request("INVITE")
		if !strings.Contains(string(inv.Body()), "a=sendrecv") {
			t.Errorf("%s", inv.Body())
		}
	})
}

// A timer that ran out while the loop was stopping it does nothing.
func TestStoppedTimerUnderWay(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		a.inside(func() {
			c := a.calls[1]
			c.start('o', dialog.Quiet, time.Millisecond)
			time.Sleep(5 * time.Millisecond)
			c.perform('o', []dialog.Effect{dialog.StopTimer{Timer: dialog.Quiet}})
		})
		a.quiet(10 * time.Second)
	})
}
