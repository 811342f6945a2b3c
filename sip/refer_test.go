package sip

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// RFC 5359 §2.4, RFC 5589 §6.1: Bob sends Alice on to Carol, who knows nothing of it.
func TestBlindTransfer(t *testing.T) {
	three(t, func(t *testing.T, x *trio) {
		alice, bob := x.talks(x.alice, x.bob, "sip:202@"+bobAddr)
		x.holds(x.bob, bob, x.alice)
		x.bob.do(Transfer{Call: bob, Target: "sip:203@" + carolAddr})
		r := want[Referred](x.alice)
		if (r != Referred{Call: alice, Number: "203", By: "202"}) {
			t.Errorf("%+v", r)
		}
		x.alice.do(Follow{Call: 101, Of: alice})
		in := want[Incoming](x.carol)
		if in.Number != "201" {
			t.Errorf("%+v", in)
		}
		x.carol.do(Alert{Call: in.Call})
		want[Progress](x.alice)
		if e := want[Transferring](x.bob); e.Call != bob || e.Code != 180 {
			t.Errorf("%+v", e)
		}
		x.carol.do(Accept{Call: in.Call})
		want[Answered](x.carol)
		want[Answered](x.alice)
		if e := want[TransferEnded](x.bob); (e != TransferEnded{Call: bob, Done: true, Code: 200}) {
			t.Errorf("%+v", e)
		}
		x.byes(x.bob, bob, x.alice)
		x.byes(x.carol, in.Call, x.alice)
		x.golden("blind")
	})
}

// RFC 5589 §6.2: the target is busy; the old call is still there to be taken back.
func TestBlindTransferFails(t *testing.T) {
	three(t, func(t *testing.T, x *trio) {
		alice, bob := x.talks(x.alice, x.bob, "sip:202@"+bobAddr)
		x.holds(x.bob, bob, x.alice)
		x.bob.do(Transfer{Call: bob, Target: "sip:203@" + carolAddr})
		want[Referred](x.alice)
		x.alice.do(Follow{Call: 101, Of: alice})
		x.carol.do(Reject{Call: want[Incoming](x.carol).Call, Code: 486})
		want[Ended](x.carol)
		if e := want[Ended](x.alice); e.Call != 101 || e.Code != 486 {
			t.Errorf("%+v", e)
		}
		if e := want[TransferEnded](x.bob); (e != TransferEnded{Call: bob, Code: 486, Words: "Busy"}) {
			t.Errorf("%+v", e)
		}
		x.bob.do(Hold{Call: bob, On: false})
		want[Renegotiated](x.alice)
		want[Renegotiated](x.bob)
		synctest.Wait()
		// And once more, to where nobody is: the second REFER of a dialog names itself.
		x.bob.do(Transfer{Call: bob, Target: "sip:999@" + carolAddr})
		want[Referred](x.alice)
		x.alice.do(Follow{Call: 103, Of: alice})
		want[Ended](x.alice)
		if e := want[TransferEnded](x.bob); e.Code != 404 || e.Words != "No such number" {
			t.Errorf("%+v", e)
		}
		x.byes(x.alice, alice, x.bob)
		x.golden("blind-busy")
	})
}

// RFC 5359 §2.5, RFC 5589 §7.3: Bob asks Carol first, then Alice takes his place there.
func TestAttendedTransfer(t *testing.T) {
	three(t, func(t *testing.T, x *trio) {
		alice, bob := x.talks(x.alice, x.bob, "sip:202@"+bobAddr)
		x.holds(x.bob, bob, x.alice)
		asks, carol := x.talks(x.bob, x.carol, "sip:203@"+carolAddr)
		x.bob.do(TransferTo{Call: bob, Other: asks})
		if r := want[Referred](x.alice); !r.Attended || r.Number != "203" {
			t.Errorf("%+v", r)
		}
		x.alice.do(Follow{Call: 101, Of: alice})
		r := want[Replaced](x.carol)
		if r.Call != carol || r.New == carol || r.New%2 != 0 || r.Leg == 0 || r.Number != "201" {
			t.Errorf("%+v", r)
		}
		want[Answered](x.alice)
		// Both news reach Bob, in any order.
		for range 2 {
			switch e := (<-x.bob.Events()).(type) {
			case TransferEnded:
				if !e.Done || e.Call != bob {
					t.Errorf("%+v", e)
				}
			case Ended:
				if e.Call != asks || e.Code != 200 {
					t.Errorf("%+v", e)
				}
			default:
				t.Errorf("%T%+v", e, e)
			}
		}
		x.byes(x.bob, bob, x.alice)
		x.byes(x.carol, r.New, x.alice)
		x.golden("attended")
	})
}

// RFC 5589 §7: Carol has not answered yet: Bob cancels his call, and Alice makes her own.
func TestSemiAttendedTransfer(t *testing.T) {
	three(t, func(t *testing.T, x *trio) {
		alice, bob := x.talks(x.alice, x.bob, "sip:202@"+bobAddr)
		x.holds(x.bob, bob, x.alice)
		asks, _ := x.rings(x.bob, x.carol, "sip:203@"+carolAddr)
		x.bob.do(TransferTo{Call: bob, Other: asks})
		if e := want[Ended](x.bob); e.Call != asks || e.Code != 487 {
			t.Errorf("%+v", e)
		}
		want[Ended](x.carol)
		if r := want[Referred](x.alice); r.Attended || r.Number != "203" {
			t.Errorf("%+v", r)
		}
		x.alice.do(Follow{Call: 101, Of: alice})
		in := want[Incoming](x.carol)
		x.carol.do(Accept{Call: in.Call})
		want[Answered](x.carol)
		want[Answered](x.alice)
		if e := want[TransferEnded](x.bob); !e.Done {
			t.Errorf("%+v", e)
		}
		x.byes(x.bob, bob, x.alice)
		x.byes(x.alice, 101, x.carol)
		x.golden("semi-attended")
	})
}

// The one who transfers leaves before it is known how it went (RFC 5589 §6.1): the call
// goes on, and what is still told finds its dialog or a 481.
func TestTransferorLeavesAtOnce(t *testing.T) {
	three(t, func(t *testing.T, x *trio) {
		alice, bob := x.talks(x.alice, x.bob, "sip:202@"+bobAddr)
		x.bob.do(Transfer{Call: bob, Target: "sip:203@" + carolAddr})
		want[Referred](x.alice)
		synctest.Wait() // the 202
		x.bob.do(HangUp{Call: bob})
		if e := want[TransferEnded](x.bob); !e.Lost || !e.Gone {
			t.Errorf("%+v", e)
		}
		want[Ended](x.bob)
		if e := want[Ended](x.alice); e.Call != alice {
			t.Errorf("%+v", e)
		}
		x.alice.do(Follow{Call: 101, Of: alice}) // its owner had not said so yet
		in := want[Incoming](x.carol)
		x.carol.do(Accept{Call: in.Call})
		want[Answered](x.carol)
		want[Answered](x.alice)
		x.byes(x.alice, 101, x.carol)
	})
}

// The far end answers nothing but 202: after 64*T1 nobody waits any more.
func TestTransferUntold(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		a.do(Transfer{Call: id, Target: "sip:203@10.0.0.3"})
		refer := p.request("REFER")
		if text(refer, "Refer-To") != "<sip:203@10.0.0.3>" || text(refer, "Referred-By") != "<sip:201@10.0.0.1:5060>" || refer.Contact() == nil {
			t.Errorf("%v", refer)
		}
		p.answer(refer, 202, "", "")
		a.do(Transfer{Call: id, Target: "sip:204@10.0.0.3"})
		if e := want[TransferEnded](a); e.Code != 491 || e.Words != "Under way already" {
			t.Errorf("%+v", e)
		}
		begin := time.Now()
		if e := wantWithin[TransferEnded](a, time.Hour); !e.Lost || time.Since(begin) != 32*time.Second {
			t.Errorf("%+v after %v", e, time.Since(begin))
		}
		// It may be asked again; a refusal has words.
		for code, words := range map[int]string{405: "Not possible there", 603: "Declined", 404: "No such number"} {
			a.do(Transfer{Call: id, Target: "sip:203@10.0.0.3"})
			p.answer(p.request("REFER"), code, "", "")
			if e := want[TransferEnded](a); e.Done || e.Lost || e.Code != code || e.Words != words {
				t.Errorf("%d: %+v", code, e)
			}
		}
		a.do(Transfer{Call: id, Target: "not a number"})
		if e := want[TransferEnded](a); e.Code != 484 {
			t.Errorf("%+v", e)
		}
		a.do(TransferTo{Call: id, Other: 77})
		if e := want[TransferEnded](a); e.Code != 481 {
			t.Errorf("%+v", e)
		}
	})
}

// NOTIFYs as far ends send them (RFC 3515 §2.4.4 to §2.4.6, RFC 6665 §4.1.3).
func TestNotifies(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		note := func(event, kind, body string, code int) {
			t.Helper()
			lines := []string{"Subscription-State: active;expires=60"}
			if event != "" {
				lines = append(lines, "Event: "+event)
			}
			c.notify(kind, body, lines...)
			p.response(code)
		}
		note("refer", fragment, "SIP/2.0 100 Trying\n", 481) // nothing was asked for
		note("", fragment, "SIP/2.0 100 Trying\n", 489)
		note("dialog", fragment, "SIP/2.0 100 Trying\n", 489)
		a.do(Transfer{Call: id, Target: "sip:203@10.0.0.3"})
		p.answer(p.request("REFER"), 202, "", "")
		synctest.Wait()
		note("refer;id=999999999", fragment, "SIP/2.0 200 OK\n", 481)
		note("refer", "text/plain", "SIP/2.0 200 OK\n", 415)
		note("refer", fragment, "what?\n", 200)
		note("refer", fragment, "SIP/2.0 180 Ringing\n", 200)
		if e := want[Transferring](a); e.Code != 180 {
			t.Errorf("%+v", e)
		}
		for range 100 { // a flood: bounded, answered, and it decides nothing but itself
			note("refer", fragment, "SIP/2.0 180 Ringing\n", 200)
		}
		if e := want[TransferEnded](a); !e.Lost {
			t.Errorf("%+v", e)
		}
		a.quiet(time.Minute)
		a.do(HangUp{Call: id})
		p.answer(p.request("BYE"), 200, "", "")
		want[Ended](a)
	})
}

// notify sends a NOTIFY inside the dialog.
func (c *incomingCall) notify(kind, body string, lines ...string) {
	c.n++
	c.seq++
	c.sendOf(kind, "NOTIFY", c.target, fmt.Sprintf("z9hG4bK-%s-%d", c.callID, c.n), c.seq, body, lines...)
}
