package exchange

import (
	"strings"
	"testing"
)

// The services of RFC 5359 in which a proxy has a part, with this one in its place. It keeps no
// rules for its users: forwarding (§2.7 to §2.9) is a phone's own 302, which it follows, and
// find-me (§2.12) one phone after the other by their q. Those of telephones alone are in package
// sip.
func TestRFC5359(t *testing.T) { transcripts(t, "rfc5359.txt", flows5359) }

var flows5359 = []scene{
	{"2.4 Unattended transfer: bob sends alice to carol", nil, func(w *wire, x *Exchange, alice, bob *phone) {
		carol := w.on(registered(alice.t, x.Addr(), "udp", "203", "three"), "carol")
		out := alice.invite("202", sdp)
		in := takenBy(bob, alice, out)
		bob.within(in, "REFER", "Refer-To: <sip:203@offhook>\r\n", 7)
		alice.answer(alice.waitFor("^REFER "), "202 Accepted", "")
		bob.waitFor("^SIP/2.0 202")
		tells(out, alice, bob, "SIP/2.0 100 Trying\r\n", "active;expires=60")
		moved := alice.invite("203", sdp)
		takenBy(carol, alice, moved)
		tells(out, alice, bob, "SIP/2.0 200 OK\r\n", "terminated;reason=noresource")
		bob.within(in, "BYE", "", 8)
		byeAnswered(alice, bob)
	}},
	{"2.7 Call forwarding unconditional: bob's phone sends every call on to carol", following, func(w *wire, x *Exchange, alice, bob *phone) {
		carol := w.on(registered(alice.t, x.Addr(), "udp", "203", "three"), "carol")
		out := alice.invite("202", sdp)
		forwarding(bob, bob.waitFor("^INVITE "), "<sip:203@offhook>")
		alice.waitFor("^SIP/2.0 181")
		takes(carol, alice, out)
	}},
	{"2.7 The same, told to alice by an exchange that does not follow", nil, func(w *wire, x *Exchange, alice, bob *phone) {
		out := alice.invite("202", sdp)
		forwarding(bob, bob.waitFor("^INVITE "), "<sip:203@offhook>")
		out.ack(alice.waitFor("^SIP/2.0 302"))
	}},
	{"2.8 Call forwarding, busy: bob talks, and his phone sends the second call on to carol", following, func(w *wire, x *Exchange, alice, bob *phone) {
		carol := w.on(registered(alice.t, x.Addr(), "udp", "203", "three"), "carol")
		hall := second(w, x, alice.t)
		in := takenBy(bob, hall, hall.invite("202", sdp))
		out := alice.invite("202", sdp)
		forwarding(bob, bob.waitFor("^INVITE "), "<sip:203@offhook>")
		alice.waitFor("^SIP/2.0 181")
		takes(carol, alice, out)
		bob.hangUp(in)
		byeAnswered(hall, bob)
	}},
	{"2.9 Call forwarding, no answer: it rings at bob's first", following, func(w *wire, x *Exchange, alice, bob *phone) {
		carol := w.on(registered(alice.t, x.Addr(), "udp", "203", "three"), "carol")
		out, in := rung(alice, bob, sdp)
		forwarding(bob, in, "<sip:203@offhook>")
		alice.waitFor("^SIP/2.0 181")
		takes(carol, alice, out)
	}},
	{"2.12 Find-me: bob's desk first, then his other phone", nil, func(w *wire, x *Exchange, alice, bob *phone) {
		hall := second(w, x, alice.t)
		out, in := rung(alice, bob, sdp)
		bob.answer(in, "486 Busy Here", "")
		bob.waitFor("^ACK ")
		takes(hall, alice, out)
	}},
	{"2.12 Find-me: nobody is there, and alice hears the best of what they said", nil, func(w *wire, x *Exchange, alice, bob *phone) {
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
	p.hangUp(takenBy(p, caller, out))
	byeAnswered(caller, p)
}

// takenBy has a phone answer the call of another.
func takenBy(p, caller *phone, out *call) message {
	in := p.waitFor("^INVITE ")
	p.answer(in, "200 OK", sdp)
	out.ack(caller.waitFor("^SIP/2.0 200"))
	p.waitFor("^ACK ")
	return in
}

// within sends a request in the call that in began, from the phone that was called.
func (p *phone) within(in message, method, extra string, cseq int) {
	route := ""
	for _, r := range in.all("Record-Route") {
		route += "Route: " + r + "\r\n"
	}
	p.request(method, strings.Trim(in.one("Contact"), "<>"), in.one("To")+";tag="+p.user+p.transport(), in.one("From"), in.one("Call-ID"), cseq,
		route+"Contact: "+p.contact()+"\r\n"+extra, "")
}

// tells has a phone say in a call how another goes that it was asked for (RFC 3515 §2.4.4).
func tells(out *call, p, far *phone, status, state string) {
	out.cseq++
	p.request("NOTIFY", out.remote, out.from, out.to, out.id, out.cseq, out.route+"Contact: "+p.contact()+
		"\r\nEvent: refer\r\nSubscription-State: "+state+"\r\nContent-Type: message/sipfrag\r\n", status)
	far.answer(far.waitFor("^NOTIFY "), "200 OK", "")
	p.waitFor("^SIP/2.0 200")
}
