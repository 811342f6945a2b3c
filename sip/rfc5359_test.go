package sip

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/offhook/offhook/sip/event"
)

// The services of RFC 5359 that telephones render by themselves, as golden transcripts. The
// transfers are in refer_test.go; what takes a proxy (forwarding, find-me) is in
// sip/exchange; music on hold, park and screening are a PBX's.

// Call hold: Bob holds Alice, and takes her back.
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

// Consultation hold: Bob holds Alice, asks Carol, and returns to Alice.
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

// Call pickup: Alice calls Bob, and Carol, who was told of it, takes the call: Alice is
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
