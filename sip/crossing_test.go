package sip

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"
)

// The user lifts and hangs up again before the caller's ACK has come: a re-INVITE or UPDATE
// of the caller meets a call that is over, whose ports are given back.
func TestOffersToACallThatIsOver(t *testing.T) {
	for _, method := range []string{"INVITE", "UPDATE"} {
		t.Run(method, func(t *testing.T) {
			incoming(t, func(t *testing.T, a *phone, p *peer) {
				c, id := lifted(a, p)
				a.do(HangUp{Call: id})
				ended(t, a, 200, "")
				synctest.Wait()
				seq := c.seq
				c.in(method, described("sendonly"))
				p.response(481)
				if method == "INVITE" {
					c.send("ACK", c.target, "z9hG4bK-"+c.callID+"-1", c.seq, "")
				}
				c.seq = seq
				c.in("ACK", "")
				p.answer(p.request("BYE"), 200, "", "")
				p.silent(time.Minute)
			})
		})
	}
}

// A transfer is under way when another one is wished for, to whom a second call rings: that
// call rings on, for nobody would hear of it otherwise.
func TestTransferMeetsTransfer(t *testing.T) {
	three(t, func(t *testing.T, x *trio) {
		alice, bob := x.talks(x.alice, x.bob, "sip:202@"+bobAddr)
		x.bob.do(Transfer{Call: bob, Target: "sip:203@" + carolAddr})
		want[Referred](x.alice)
		synctest.Wait()
		asks, carol := x.rings(x.bob, x.carol, "sip:203@"+carolAddr)
		x.bob.do(TransferTo{Call: bob, Other: asks})
		if e := want[TransferEnded](x.bob); e.Call != bob || e.Code != 491 {
			t.Errorf("%+v", e)
		}
		x.carol.do(Accept{Call: carol})
		want[Answered](x.carol)
		if e := want[Answered](x.bob); e.Call != asks {
			t.Errorf("%+v", e)
		}
		x.alice.do(Unfollow{Of: alice, Code: 603})
		if e := want[TransferEnded](x.bob); e.Code != 603 {
			t.Errorf("%+v", e)
		}
		synctest.Wait()
		x.byes(x.bob, asks, x.carol)
		x.byes(x.bob, bob, x.alice)
	})
}

// However often one fork says that it rings, the next one is known too (RFC 3891 §3: it may
// be replaced).
func TestForksAreNotedOnce(t *testing.T) {
	var c call
	for range 2 * maxEarly {
		c.rings(180, "one")
	}
	if c.rings(180, "two"); !c.isEarly("one") || !c.isEarly("two") {
		t.Errorf("%v", c.moving.early)
	}
}

// The account of a call has gone from the settings, and then our address changes: the far
// end is told, though no registration brings the news.
func TestAddressChangesInACallOfAFormerAccount(t *testing.T) {
	reloading(t, func(t *testing.T, a *phone, home, _ *registrar) {
		_, id := talkingVia(t, a, home)
		a.reconfigure(direct("430"))
		a.inside(func() {
			k := a.calls[id]
			k.hop.source = netip.MustParseAddr("10.0.0.77") // where the call began
		})
		a.do(Renew{})
		toldOurAddress(a, home.peer)
		a.do(HangUp{Call: id})
		home.answer(home.request("BYE"), 200, "", "")
		want[Ended](a)
		time.Sleep(33 * time.Second) // repeats of the 200 are awaited as long
		home.answer(home.request("REGISTER"), 200, "", "")
	})
}

// Hold is wished for while there is no way to the far end: it is refused, and the call goes
// on and can be held later (RFC 3261 §8.1.3.1, §12.2.1.2).
func TestHoldWithoutAWay(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		var was string
		a.inside(func() {
			k := a.calls[id]
			was, k.ses.Dialog.Target = k.ses.Dialog.Target, "tel:+4930123" // nowhere that we can go
		})
		a.do(Hold{Call: id, On: true})
		if r := want[Renegotiated](a); r.Held || r.FarHold || r.Pending {
			t.Errorf("%+v", r)
		}
		a.quiet(time.Minute)
		a.inside(func() { a.calls[id].ses.Dialog.Target = was })
		a.do(Hold{Call: id, On: true})
		p.answer(p.request("INVITE"), 200, "", described("recvonly"))
		p.request("ACK")
		if r := want[Renegotiated](a); !r.Held {
			t.Errorf("%+v", r)
		}
	})
}

// Our BYE is overtaken by another request of ours and refused for its CSeq: it comes again
// with a number that fits, and not for ever.
func TestOvertakenBye(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		a.do(HangUp{Call: id})
		ended(t, a, 200, "")
		first := p.request("BYE")
		a.inside(func() { // what has overtaken it
			for g := range a.ghosts {
				g.ses, _ = g.ses.Request("NOTIFY")
			}
		})
		p.answer(first, 500, "", "")
		again := p.request("BYE")
		if again.CSeq().SeqNo != first.CSeq().SeqNo+2 {
			t.Errorf("%v after %v", again.CSeq(), first.CSeq())
		}
		p.answer(again, 500, "", "")
		p.answer(p.request("BYE"), 500, "", "")
		p.silent(time.Minute)
	})
}

// However fast they follow one another, requests within a dialog are looked at as they came:
// none is refused as overtaken.
func TestRequestsInOrder(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		for range 10 {
			const burst = 60
			for range burst {
				c.in("INFO", "")
			}
			for range burst {
				if r, ok := p.next(5 * time.Second).(*sip.Response); !ok || r.StatusCode != 200 {
					t.Fatalf("%v", r)
				}
			}
			time.Sleep(2 * strangerTransaction) // so long each is remembered
		}
	})
}
