package exchange

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A redirect server tells where the user's phones are, best first, and has no part in
// the call (RFC 3261 §8.3).
func TestRedirect(t *testing.T) {
	x := start(t, func(c *Config) { c.Mode = Redirect })
	a := registered(t, x.Addr(), "udp", "201", "one")
	b := newPhone(t, x.Addr(), "udp", "202", "two")
	b.ask("REGISTER", "sip:offhook", "sip:202@offhook", "Contact: <sip:202@10.0.0.1>;q=0.25, <sip:202@10.0.0.2;transport=tcp>\r\n", "200")
	m := a.ask("INVITE", "sip:202@offhook", "sip:202@offhook", "Contact: "+a.contact()+"\r\n", "302")
	if d := cmp.Diff([]string{"<sip:202@10.0.0.2;transport=tcp>", "<sip:202@10.0.0.1>;q=0.250"}, m.all("Contact")); d != "" {
		t.Errorf("%s\n%s", d, m.text)
	}
	if m.one("Record-Route") != "" {
		t.Error("it stays in the way")
	}
	a.ask("MESSAGE", "sip:203@offhook", "sip:203@offhook", "", "480")
	b.silent("^INVITE", 100*time.Millisecond)
	c := newPhone(t, x.Addr(), "udp", "203", "three")
	c.ask("REGISTER", "sip:offhook", "sip:203@offhook", "Contact: "+c.contact()+"\r\nPath: <sip:10.0.0.9;lr>\r\nSupported: path\r\n", "200")
	a.ask("MESSAGE", "sip:203@offhook", "sip:203@offhook", "", "480") // it cannot be reached without its proxy
}

// forwarding is a phone that answers 302.
func forwarding(p *phone, in message, to string) {
	p.write("SIP/2.0 302 Moved Temporarily\r\n" + in.lines("Via", "From") + "To: " + in.one("To") + ";tag=" + p.user + "\r\n" +
		in.lines("Call-ID", "CSeq") + "Contact: " + to + "\r\nContent-Length: 0\r\n\r\n")
	p.waitFor("^ACK ")
}

func TestFollow(t *testing.T) {
	x := start(t, func(c *Config) { c.Recurse = true })
	a, b, c := registered(t, x.Addr(), "udp", "201", "one"), registered(t, x.Addr(), "udp", "202", "two"), registered(t, x.Addr(), "tcp", "203", "three")
	out := a.invite("202", "v=0\r\n")
	forwarding(b, b.waitFor("^INVITE "), "<sip:203@offhook>")
	in := c.waitFor("^INVITE ")
	if d := in.one("Diversion"); d != "<sip:202@offhook>;reason=unknown" {
		t.Errorf("Diversion: %q", d)
	}
	c.answer(in, "200 OK", "v=0\r\n")
	ok := a.waitFor("^SIP/2.0 200")
	if id := ok.one("P-Asserted-Identity"); id != "<sip:203@offhook>" {
		t.Errorf("answered by %q", id)
	}
	out.ack(ok)
	c.waitFor("^ACK ")

	// While it rings elsewhere too, the caller is told of that, and of nothing else.
	d := newPhone(t, x.Addr(), "udp", "202", "two")
	d.ask("REGISTER", "sip:offhook", "sip:202@offhook", "Contact: "+d.contact()+"\r\n", "200")
	out = a.invite("202", "v=0\r\n")
	d.answer(d.waitFor("^INVITE "), "180 Ringing", "")
	a.waitFor("^SIP/2.0 180")
	forwarding(b, b.waitFor("^INVITE "), "<sip:203@offhook>")
	in = c.waitFor("^INVITE ")
	c.answer(in, "200 OK", "v=0\r\n")
	for m := a.waitFor("^SIP/2.0 "); ; m = a.waitFor("^SIP/2.0 ") {
		if strings.HasPrefix(m.first(), "SIP/2.0 181") {
			t.Errorf("%s", m.text)
		}
		if strings.HasPrefix(m.first(), "SIP/2.0 200") {
			out.ack(m)
			break
		}
	}
	c.waitFor("^ACK ")
	d.waitFor("^CANCEL ")
	d.ask("REGISTER", "sip:offhook", "sip:202@offhook", "Contact: "+d.contact()+";expires=0\r\n", "200")

	// Round and round: nobody is called twice, and the caller learns what the last one said.
	out = a.invite("202", "")
	forwarding(b, b.waitFor("^INVITE "), "<sip:203@offhook>")
	forwarding(c, c.waitFor("^INVITE "), "<sip:202@offhook>")
	m := a.waitFor("^SIP/2.0 302")
	if m.one("Contact") != "<sip:202@offhook>" {
		t.Errorf("%s", m.text)
	}
	out.ack(m)

	// Elsewhere the caller goes by itself.
	out = a.invite("202", "")
	forwarding(b, b.waitFor("^INVITE "), "<sip:someone@example.com>")
	out.ack(a.waitFor("^SIP/2.0 302"))
}

func TestNotFollowed(t *testing.T) {
	x := start(t, nil)
	a, b, c := registered(t, x.Addr(), "udp", "201", "one"), registered(t, x.Addr(), "udp", "202", "two"), registered(t, x.Addr(), "udp", "203", "three")
	out := a.invite("202", "")
	forwarding(b, b.waitFor("^INVITE "), "<sip:203@offhook>")
	out.ack(a.waitFor("^SIP/2.0 302"))
	c.silent("^INVITE", 100*time.Millisecond)
}

// The challenges of all phones that want a login reach the caller (RFC 3261 §16.7 step 7).
func TestChallengesAreGathered(t *testing.T) {
	x := start(t, nil)
	a, one, two := registered(t, x.Addr(), "udp", "201", "one"), registered(t, x.Addr(), "udp", "202", "two"), registered(t, x.Addr(), "tcp", "202", "two")
	out := a.invite("202", "")
	for _, p := range []*phone{one, two} {
		in := p.waitFor("^INVITE ")
		p.write("SIP/2.0 401 Unauthorized\r\n" + in.lines("Via", "From") + "To: " + in.one("To") + ";tag=x\r\n" + in.lines("Call-ID", "CSeq") +
			"WWW-Authenticate: Digest realm=\"" + p.transport() + "\", nonce=\"1\"\r\nContent-Length: 0\r\n\r\n")
		p.waitFor("^ACK ")
	}
	m := a.waitFor("^SIP/2.0 401")
	all := strings.Join(m.all("WWW-Authenticate"), "\n")
	if len(m.all("WWW-Authenticate")) != 2 || !strings.Contains(all, `"UDP"`) || !strings.Contains(all, `"TCP"`) {
		t.Errorf("%s", m.text)
	}
	out.ack(m)
}
