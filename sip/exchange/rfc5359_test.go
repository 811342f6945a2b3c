package exchange

import "testing"

// The services of RFC 5359 that a proxy renders, with this one in its place: forwarding by
// the phone's own 302, and find-me, one phone after the other by their q. Those of telephones
// alone are in package sip.
func TestRFC5359(t *testing.T) { transcripts(t, "rfc5359.txt", flows5359) }

var flows5359 = []scene{
	{"Call forwarding unconditional: bob's phone sends every call on to carol", following, func(w *wire, x *Exchange, alice, bob *phone) {
		carol := w.on(registered(alice.t, x.Addr(), "udp", "203", "three"), "carol")
		out := alice.invite("202", sdp)
		forwarding(bob, bob.waitFor("^INVITE "), "<sip:203@offhook>")
		takes(carol, alice, out)
	}},
	{"Call forwarding, no answer: it rings at bob's first", following, func(w *wire, x *Exchange, alice, bob *phone) {
		carol := w.on(registered(alice.t, x.Addr(), "udp", "203", "three"), "carol")
		out, in := rung(alice, bob, sdp)
		forwarding(bob, in, "<sip:203@offhook>")
		takes(carol, alice, out)
	}},
	{"Call forwarding, busy, without a proxy that follows: alice is told, and may call", nil, func(w *wire, x *Exchange, alice, bob *phone) {
		out := alice.invite("202", sdp)
		forwarding(bob, bob.waitFor("^INVITE "), "<sip:203@offhook>")
		out.ack(alice.waitFor("^SIP/2.0 302"))
	}},
	{"Find-me: bob's desk first, then his other phone", nil, func(w *wire, x *Exchange, alice, bob *phone) {
		hall := second(w, x, alice.t)
		out, in := rung(alice, bob, sdp)
		bob.answer(in, "486 Busy Here", "")
		bob.waitFor("^ACK ")
		takes(hall, alice, out)
	}},
	{"Find-me: nobody is there, and alice hears the best of what they said", nil, func(w *wire, x *Exchange, alice, bob *phone) {
		hall := second(w, x, alice.t)
		out := alice.invite("202", sdp)
		bob.answer(bob.waitFor("^INVITE "), "486 Busy Here", "")
		bob.waitFor("^ACK ")
		hall.answer(hall.waitFor("^INVITE "), "480 Temporarily Unavailable", "")
		hall.waitFor("^ACK ")
		out.ack(alice.waitFor("^SIP/2.0 486"))
	}},
}

func following(c *Config) { c.Recurse = true }

// second is another phone of bob's, which is called when the first has said no. How it
// registers is not written down.
func second(w *wire, x *Exchange, t *testing.T) *phone {
	hall := newPhone(t, x.Addr(), "udp", "202", "two")
	hall.ask("REGISTER", "sip:offhook", "sip:202@offhook", "Contact: "+hall.contact()+";q=0.5\r\n", "200")
	return w.on(hall, "hall")
}

// takes has a phone answer the call of another, which then is ended.
func takes(p, caller *phone, out *call) {
	in := p.waitFor("^INVITE ")
	p.answer(in, "200 OK", sdp)
	out.ack(caller.waitFor("^SIP/2.0 200"))
	p.waitFor("^ACK ")
	p.hangUp(in)
	byeAnswered(caller, p)
}
