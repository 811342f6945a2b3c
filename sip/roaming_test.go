package sip

import (
	"testing"
	"time"
)

// Behind a NAT that gives us another address, the registration moves, and with it the
// call: the far end learns the new Contact.
func TestCallsFollowTheRegistration(t *testing.T) {
	registering(t, func(t *testing.T, a *phone, r *registrar) {
		seen := "192.0.2.9"
		enter := func() string {
			req := r.request("REGISTER")
			via := req.Via()
			via.Params.Add("rport", "4000")
			via.Params.Add("received", seen)
			contact := values(req, "Contact")[0]
			r.answer(req, 200, "", "", "Contact: "+contact+";expires=600")
			return contact
		}
		enter()
		if contact := enter(); contact != "<sip:201@192.0.2.9:4000>" {
			t.Fatal(contact)
		}
		a.do(Dial{Call: 1, Target: "202"})
		inv := r.request("INVITE")
		r.answer(inv, 200, "", described("sendrecv"))
		r.request("ACK")
		want[Answered](a)
		if inv.Contact().Address.Host != seen {
			t.Errorf("%v", inv.Contact())
		}
		// Nothing has changed: the call is left alone.
		a.do(Renew{})
		enter()
		r.silent(5 * time.Second)
		seen = "192.0.2.77"
		a.do(Renew{})
		enter()
		enter()
		again := r.request("INVITE")
		if again.Contact().Address.Host != seen || again.CSeq().SeqNo != inv.CSeq().SeqNo+1 {
			t.Errorf("%v", again)
		}
		// It meets theirs: once more, and again with a description.
		r.answer(again, 491, "", "")
		r.request("ACK")
		again = r.request("INVITE")
		if again.Contact().Address.Host != seen || len(again.Body()) == 0 {
			t.Errorf("%v", again)
		}
		r.answer(again, 200, "", described("sendrecv"))
		r.request("ACK")
		want[Renegotiated](a)
		r.silent(5 * time.Second)
		a.do(HangUp{Call: 1})
		r.answer(r.request("BYE"), 200, "", "")
		want[Ended](a)
		last := make(chan struct{})
		go func() { a.stop(); close(last) }()
		r.answer(r.request("REGISTER"), 200, "", "")
		<-last
	})
}
