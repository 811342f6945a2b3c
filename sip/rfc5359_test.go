package sip

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/offhook/offhook/sip/event"
	"github.com/offhook/offhook/sip/transfer"
)

// The services of RFC 5359 that telephones render by themselves, or have their part in, as golden
// transcripts. The transfers (§2.4, §2.5) are in refer_test.go; what takes a proxy (forwarding,
// find-me) is in sip/exchange; music on hold (§2.3) and screening are a PBX's, and a REFER from
// outside, as for click to dial (§2.18), is refused: see TestReferFromOutside.

// Call hold (§2.1): Bob holds Alice, and takes her back.
func TestCallHold(t *testing.T) {
	three(t, func(t *testing.T, x *trio) {
		_, bob := x.talks(x.alice, x.bob, "sip:202@"+bobAddr)
		x.holds(x.bob, bob, x.alice)
		x.bob.do(Hold{Call: bob, On: false})
		if r := want[Renegotiated](x.alice); r.FarHold {
			t.Errorf("%+v", r)
		}
		want[Renegotiated](x.bob)
		synctest.Wait()
		x.byes(x.bob, bob, x.alice)
		x.golden("hold")
	})
}

// Consultation hold (§2.2): Bob holds Alice, asks Carol, and returns to Alice.
func TestConsultationHold(t *testing.T) {
	three(t, func(t *testing.T, x *trio) {
		_, bob := x.talks(x.alice, x.bob, "sip:202@"+bobAddr)
		x.holds(x.bob, bob, x.alice)
		asks, _ := x.talks(x.bob, x.carol, "sip:203@"+carolAddr)
		x.byes(x.bob, asks, x.carol)
		x.bob.do(Hold{Call: bob, On: false})
		want[Renegotiated](x.alice)
		want[Renegotiated](x.bob)
		synctest.Wait()
		x.byes(x.bob, bob, x.alice)
		x.golden("consultation-hold")
	})
}

// Call pickup (§2.16): Alice calls Bob, and Carol, who was told of it, takes the call: Alice is
// asked to let her take Bob's place, and Bob has not missed it (RFC 3891 §4, RFC 3326).
func TestCallPickup(t *testing.T) {
	three(t, func(t *testing.T, x *trio) {
		alice, bob := x.rings(x.alice, x.bob, "sip:202@"+bobAddr)
		var info string
		x.bob.inside(func() {
			req := x.bob.calls[bob].first.req
			d := takenDialog(req)
			info = ringingAt(0, fmt.Sprintf("call-id=%q local-tag=%q remote-tag=%q", d.CallID, d.Local, d.Remote),
				"<identity>"+req.From().Address.String()+"</identity>")
		})
		told, err := event.ParseDialogInfo([]byte(info))
		if err != nil {
			t.Fatal(err)
		}
		var rings string
		x.carol.inside(func() { rings = (&colleague{a: x.carol.Agent}).ringing(told.Calls[0]) })
		x.carol.do(Dial{Call: 101, PickUp: rings})
		if e := want[Ended](x.bob); e.Call != bob || !e.Elsewhere {
			t.Errorf("%+v", e)
		}
		r := want[Replaced](x.alice)
		if r.Call != alice {
			t.Errorf("%+v", r)
		}
		want[Answered](x.carol)
		synctest.Wait()
		x.byes(x.carol, 101, x.alice)
		x.golden("pickup")
	})
}

// Three-way conference (§2.10), as a phone does it that mixes: Bob holds Alice, calls Carol and
// takes Alice back beside her. Neither is told of the other; Carol leaves first.
func TestThreeWay(t *testing.T) {
	three(t, func(t *testing.T, x *trio) {
		_, bob := x.talks(x.alice, x.bob, "sip:202@"+bobAddr)
		x.holds(x.bob, bob, x.alice)
		_, carol := x.talks(x.bob, x.carol, "sip:203@"+carolAddr)
		x.bob.do(Hold{Call: bob, On: false})
		if r := want[Renegotiated](x.alice); r.FarHold {
			t.Errorf("%+v", r)
		}
		want[Renegotiated](x.bob)
		synctest.Wait()
		x.byes(x.carol, carol, x.bob)
		x.byes(x.bob, bob, x.alice)
		x.golden("conference")
	})
}

// Call park (§2.15): Bob parks Alice with a REFER, and takes her back from another call: he asks
// her to let him take the park's place. Carol stands for the park, which tells him how that
// dialog is named as for any other (RFC 4235).
func TestCallPark(t *testing.T) {
	three(t, func(t *testing.T, x *trio) {
		alice, bob := x.talks(x.alice, x.bob, "sip:202@"+bobAddr)
		x.holds(x.bob, bob, x.alice)
		x.bob.do(Transfer{Call: bob, Target: "sip:203@" + carolAddr})
		want[Referred](x.alice)
		x.alice.do(Follow{Call: 101, Of: alice})
		x.carol.do(Accept{Call: want[Incoming](x.carol).Call})
		want[Answered](x.carol)
		want[Answered](x.alice)
		if e := want[TransferEnded](x.bob); !e.Done {
			t.Errorf("%+v", e)
		}
		x.byes(x.bob, bob, x.alice)

		var parked transfer.ReferTo
		x.alice.inside(func() {
			d := x.alice.calls[101].ses.Dialog
			parked = transfer.ReferTo{URI: "sip:201@" + aliceAddr, Attended: true,
				Replaces: transfer.Replaces{CallID: d.CallID, To: d.Local, From: d.Remote}}
		})
		x.bob.do(Dial{Call: 103, PickUp: parked.String()})
		if r := want[Replaced](x.alice); r.Call != 101 || r.Number != "202" {
			t.Errorf("%+v", r)
		}
		want[Ended](x.carol)
		want[Answered](x.bob)
		synctest.Wait()
		x.byes(x.bob, 103, x.alice)
		x.golden("park")
	})
}
