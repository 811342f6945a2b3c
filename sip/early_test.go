package sip

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

// RFC 3262 §4: reliable responses of two forks are acknowledged in order, each in its own
// early dialog; what is repeated or overtakes another is not looked at.
func TestReliableResponsesOfForks(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		if !lists(inv, "Supported", "100rel") || !lists(inv, "Allow", "PRACK") {
			t.Errorf("%v", inv)
		}
		prack := func(tag string, cseq uint32, rack string) {
			t.Helper()
			r := p.request("PRACK")
			if tagOf(r) != tag || r.CSeq().SeqNo != cseq || text(r, "RAck") != rack || r.Recipient.User != tag || len(r.Body()) != 0 {
				t.Errorf("%v", r)
			}
			p.answer(r, 200, "", "")
		}
		n := inv.CSeq().SeqNo
		p.answer(inv, 183, "one", described("sendrecv"), "Require: 100rel", "RSeq: 41")
		prack("one", n+1, fmt.Sprintf("41 %d INVITE", n))
		if e := want[Progress](a); e.Code != 183 || !e.Early {
			t.Errorf("%+v", e)
		}
		p.answer(inv, 180, "two", "", "Require: 100rel", "RSeq: 7")
		prack("two", n+1, fmt.Sprintf("7 %d INVITE", n))
		want[Progress](a)
		p.answer(inv, 183, "one", described("sendrecv"), "Require: 100rel", "RSeq: 41")
		p.answer(inv, 180, "one", "", "Require: 100rel", "RSeq: 43")
		a.quiet(time.Second)
		p.answer(inv, 180, "one", "", "Require: 100rel", "RSeq: 42")
		prack("one", n+2, fmt.Sprintf("42 %d INVITE", n))
		want[Progress](a)
		// The answer came reliably: what the 200 describes is not looked at.
		p.answer(inv, 200, "one", strings.Replace(described("sendrecv"), "7000", "7002", 1))
		p.request("ACK")
		if e := want[Answered](a); e.Agreed.RTP.Port() != 7000 {
			t.Errorf("%+v", e)
		}
		a.do(HangUp{Call: 1})
		if bye := p.request("BYE"); bye.CSeq().SeqNo != n+3 {
			t.Errorf("%v", bye)
		}
	})
}

// A challenge to a PRACK is answered with the next CSeq (RFC 3261 §22.2), and a PRACK
// without an answer is repeated by its transaction.
func TestPrackIsRepeated(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		p.answer(inv, 180, "one", "", "Require: 100rel", "RSeq: 1")
		first := p.request("PRACK")
		again := p.request("PRACK")
		if via(first) != via(again) || first.CSeq().SeqNo != again.CSeq().SeqNo {
			t.Errorf("%v\n%v", first, again)
		}
		p.answer(first, 200, "", "")
		want[Progress](a)
		p.silent(10 * time.Second)
	})
}

// Requests inside an early dialog are answered, those of strangers are not.
func TestInsideEarlyDialog(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		p.answer(inv, 180, "one", "")
		want[Progress](a)
		own, _ := inv.From().Params.Get("tag")
		c := &incomingCall{p: p, callID: inv.CallID().Value(), to: own, target: "sip:201@10.0.0.1:5060", seq: 3}
		p.tag = "one"
		c.in("OPTIONS", "")
		p.response(200)
		c.in("BYE", "")
		p.response(403)
		p.tag = "nobody"
		c.in("OPTIONS", "")
		p.response(481)
		p.tag = "one"
		p.answer(inv, 200, "two", described("sendrecv"))
		p.request("ACK")
		want[Answered](a)
		c.in("OPTIONS", "")
		p.response(481) // that fork is of the past
	})
}

// RFC 3262 §3: a 180 that is required to be reliable is repeated, T1 doubled, until its
// PRACK; a stray PRACK is 481.
func TestReliableRinging(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		c := p.invite(described("sendrecv"), "Require: 100rel")
		id := want[Incoming](a).Call
		a.do(Alert{Call: id})
		ringing := p.response(180)
		c.learn(ringing)
		rseq := text(ringing, "RSeq")
		if !lists(ringing, "Require", "100rel") || rseq == "" || rseq == "0" || len(ringing.Body()) != 0 || c.target == "" {
			t.Errorf("%v", ringing)
		}
		for _, wait := range []time.Duration{500, 1000, 2000} {
			begin := time.Now()
			if r := p.response(180); text(r, "RSeq") != rseq || time.Since(begin).Round(time.Millisecond) != wait*time.Millisecond {
				t.Errorf("after %v: %v", time.Since(begin), r)
			}
		}
		c.in("PRACK", "", "RAck: "+rseq+" 7 INVITE")
		p.response(481)
		c.in("PRACK", "", "RAck: nonsense")
		p.response(400)
		c.in("PRACK", "", "RAck: "+rseq+" 1 INVITE")
		p.response(200)
		p.silent(10 * time.Second)
		c.in("PRACK", "", "RAck: "+rseq+" 1 INVITE")
		p.response(481)
		a.do(Accept{Call: id})
		if ok := p.response(200); ok.CSeq().MethodName != sip.INVITE || len(ok.Body()) == 0 {
			t.Errorf("%v", ok)
		}
		want[Answered](a)
		c.seq = 1
		c.in("ACK", "")
		p.silent(time.Minute)
	})
}

// RFC 3262 §5: an INVITE without offer gets ours in the reliable 180, the answer comes in
// the PRACK, and the 200 waits for it and says nothing more.
func TestOfferInReliableRinging(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		c := p.invite("", "Require: 100rel")
		id := want[Incoming](a).Call
		a.do(Alert{Call: id})
		ringing := p.response(180)
		a.do(Accept{Call: id})
		c.learn(ringing)
		if !strings.Contains(string(ringing.Body()), "m=audio") {
			t.Errorf("%v", ringing)
		}
		p.response(180) // again: the 200 waits
		c.in("PRACK", described("sendrecv"), "RAck: "+text(ringing, "RSeq")+" 1 INVITE")
		first, second := p.response(200), p.response(200) // their order is the network's
		if first.CSeq().MethodName == second.CSeq().MethodName || len(first.Body())+len(second.Body()) != 0 {
			t.Errorf("%v\n%v", first, second)
		}
		if e := want[Answered](a); e.Agreed.RTP.Port() != 7000 {
			t.Errorf("%+v", e)
		}
		c.seq = 1
		c.in("ACK", "")
		p.silent(time.Minute)
		a.do(HangUp{Call: id})
		p.answer(p.request("BYE"), 200, "", "")
		ended(t, a, 200, "")
	})
}

// The PRACK without the answer that is due ends the call; nobody ever acknowledging does too.
func TestOfferInReliableRingingUnanswered(t *testing.T) {
	for _, silent := range []bool{false, true} {
		incoming(t, func(t *testing.T, a *phone, p *peer) {
			c := p.invite("", "Require: 100rel")
			id := want[Incoming](a).Call
			a.do(Alert{Call: id})
			ringing := p.response(180)
			c.learn(ringing)
			if silent {
				begin := time.Now()
				for range 6 {
					if m, ok := p.next(time.Minute).(*sip.Response); !ok || m.StatusCode != 180 {
						t.Fatalf("%v", m)
					}
				}
				if m, ok := p.next(time.Minute).(*sip.Response); !ok || m.StatusCode != 504 || time.Since(begin).Round(time.Second) != 32*time.Second {
					t.Errorf("%v after %v", m, time.Since(begin))
				}
				c.ack()
				ended(t, a, 408, "No answer")
				return
			}
			c.in("PRACK", "", "RAck: "+text(ringing, "RSeq")+" 1 INVITE")
			codes := map[int]string{}
			for range 2 { // their order is the network's
				r := p.next(time.Second).(*sip.Response)
				codes[r.StatusCode] = string(r.CSeq().MethodName)
			}
			if codes[200] != "PRACK" || codes[488] != "INVITE" {
				t.Errorf("%v", codes)
			}
			c.ack()
			ended(t, a, 488, "No common codec")
		})
	}
}

// A call with as many forks as there may be leaves nothing behind.
func TestForksAreForgotten(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		for n := range 40 {
			p.answer(inv, 180, fmt.Sprintf("f%d", n), "")
			want[Progress](a)
		}
		count := func() (dialogs int) {
			a.inside(func() { dialogs = len(a.dialogs) })
			return dialogs
		}
		if n := count(); n != 16 {
			t.Errorf("%d early dialogs are kept", n)
		}
		p.answer(inv, 200, "f3", described("sendrecv"))
		p.request("ACK")
		want[Answered](a)
		if n := count(); n != 1 {
			t.Errorf("%d dialogs stand", n)
		}
		a.do(HangUp{Call: 1})
		p.answer(p.request("BYE"), 200, "", "")
		want[Ended](a)
		p.silent(time.Minute)
		a.inside(func() {
			if len(a.dialogs)+len(a.ghosts)+len(a.calls) != 0 {
				t.Errorf("left: %d dialogs, %d ghosts, %d calls", len(a.dialogs), len(a.ghosts), len(a.calls))
			}
		})
	})
}
