package exchange

import "testing"

// A phone with two accounts may call one from the other, as the test extensions do that are
// transferred to each other; one that calls its own number reaches its user's other phones, and
// is busy where there are none.
func TestTwoAccountsOfAPhone(t *testing.T) {
	x := start(t, nil)
	p := registered(t, x.Addr(), "udp", "201", "one")
	q := *p
	q.user, q.cred.Username, q.cred.Password = "202", "202", "two"
	q.login = newPhone(t, x.Addr(), "udp", "202", "two").login
	q.ask("REGISTER", "sip:offhook", "sip:202@offhook", "Contact: "+q.contact()+"\r\n", "200")

	p.branch = 100 // both have one socket
	out, in := rung(p, p, sdp)
	p.answer(in, "200 OK", sdp)
	out.ack(p.waitFor("^SIP/2.0 200"))
	p.waitFor("^ACK ")

	if self, m := p.calls("201", sdp); m.first() != "SIP/2.0 486 Busy Here" {
		t.Error(m.first())
	} else {
		self.ack(m)
	}
}
