package exchange

import (
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/offhook/offhook/sip/digest"
	"github.com/offhook/offhook/sip/ingress"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRegisterFlow(t *testing.T) {
	x := start(t, nil)
	p := newPhone(t, x.Addr(), "udp", "201", "one")
	m := p.ask("REGISTER", "sip:offhook", "sip:201@offhook", "Contact: "+p.contact()+";q=0.5\r\nExpires: 120\r\n", "200")
	if got, want := m.one("Contact"), strings.Replace(p.contact(), "<", "<", 1)+";expires=120;q=0.500"; got != want {
		t.Errorf("Contact: %s, want %s", got, want)
	}
	if m.one("Date") == "" || x.Bindings() != 1 {
		t.Errorf("%d bindings\n%s", x.Bindings(), m.text)
	}
	m = p.ask("REGISTER", "sip:offhook", "sip:201@offhook", "Contact: "+p.contact()+";expires=30\r\n", "423")
	if m.one("Min-Expires") != "60" {
		t.Errorf("Min-Expires: %q", m.one("Min-Expires"))
	}
	if m = p.ask("REGISTER", "sip:offhook", "sip:201@offhook", "", "200"); len(m.all("Contact")) != 1 {
		t.Errorf("asking gives %q", m.all("Contact"))
	}
	p.ask("REGISTER", "sip:offhook", "sip:202@offhook", "Contact: "+p.contact()+"\r\n", "403")
	p.ask("REGISTER", "sip:example.com", "sip:201@offhook", "Contact: "+p.contact()+"\r\n", "404")
	p.ask("REGISTER", "sip:offhook", "sip:201@offhook", "Require: gruu\r\n", "420")
	p.ask("REGISTER", "sip:offhook", "sip:201@offhook", "Contact: <tel:201>\r\n", "400")
	p.ask("REGISTER", "sip:offhook", "sip:201@offhook", "Contact: *\r\n", "400")
	if m = p.ask("REGISTER", "sip:offhook", "sip:201@offhook", "Contact: *\r\nExpires: 0\r\n", "200"); m.one("Contact") != "" || x.Bindings() != 0 {
		t.Errorf("after *: %d bindings, %q", x.Bindings(), m.one("Contact"))
	}
}

func TestWrongPasswordAndUnknownUser(t *testing.T) {
	x := start(t, nil)
	for user, password := range map[string]string{"201": "guess", "999": "one"} {
		p := newPhone(t, x.Addr(), "udp", user, password)
		first := p.ask("REGISTER", "sip:offhook", "sip:"+user+"@offhook", "", "401")
		if all := first.all("WWW-Authenticate"); len(all) != 2 || !strings.Contains(all[0], "SHA-256") || !strings.Contains(all[1], "MD5") {
			t.Errorf("challenge: %q", all)
		}
		p.learn(first, nil)
		p.ask("REGISTER", "sip:offhook", "sip:"+user+"@offhook", "Contact: "+p.contact()+"\r\n", "401")
	}
	if x.Bindings() != 0 {
		t.Error("somebody got in")
	}
}

func TestAlgorithms(t *testing.T) {
	x := start(t, func(c *Config) { c.Algorithms = []digest.Algorithm{digest.MD5} })
	p := newPhone(t, x.Addr(), "udp", "201", "one")
	if all := p.ask("REGISTER", "sip:offhook", "sip:201@offhook", "", "401").all("WWW-Authenticate"); len(all) != 1 || !strings.Contains(all[0], "algorithm=MD5,") {
		t.Errorf("challenge: %q", all)
	}
	registered(t, x.Addr(), "udp", "201", "one")
}

// A nonce count that comes again is not believed, but the phone learns that only the
// nonce was the reason.
func TestReplayedLogin(t *testing.T) {
	x := start(t, nil)
	p := registered(t, x.Addr(), "udp", "201", "one")
	var sent []string
	auth := p.authorize("REGISTER", "sip:offhook", &sent)
	for i, want := range []string{"SIP/2.0 200", "SIP/2.0 401"} {
		p.request("REGISTER", "sip:offhook", "<sip:201@offhook>;tag=1", "<sip:201@offhook>", "replay", 100+i, auth, "")
		m := p.waitFor("^SIP/2.0")
		if !strings.HasPrefix(m.first(), want) || strings.Contains(m.one("WWW-Authenticate"), "stale=true") != (i == 1) {
			t.Errorf("%d: %s", i, m.text)
		}
	}
}

func TestOnlyUsersMayCall(t *testing.T) {
	x := start(t, nil)
	registered(t, x.Addr(), "udp", "202", "two")
	a := newPhone(t, x.Addr(), "udp", "201", "one")
	a.ask("MESSAGE", "sip:202@offhook", "sip:202@offhook", "", "403") // logged in, not registered
	a.ask("REGISTER", "sip:offhook", "sip:201@offhook", "Contact: "+a.contact()+"\r\n", "200")
	a.user = "203" // in another's name
	a.ask("MESSAGE", "sip:202@offhook", "sip:202@offhook", "", "403")
	s := newPhone(t, x.Addr(), "udp", "666", "guess")
	s.ask("INVITE", "sip:202@offhook", "sip:202@offhook", "", "407")
	s.request("BYE", "sip:202@127.0.0.1:9", "<sip:a@b>;tag=1", "<sip:c@d>;tag=2", "stray", 1, "", "")
	s.waitFor("^SIP/2.0 481")
	s.request("CANCEL", "sip:202@offhook", "<sip:a@b>;tag=1", "<sip:c@d>", "stray", 1, "", "")
	s.waitFor("^SIP/2.0 481")
	s.write("OPTIONS sip:offhook SIP/3.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKv\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: v\r\nCSeq: 1 OPTIONS\r\n\r\n")
	s.waitFor("^SIP/2.0 505")
}

func TestNoRoom(t *testing.T) {
	x := start(t, func(c *Config) { c.MaxPending = 1 })
	a, b := registered(t, x.Addr(), "udp", "201", "one"), registered(t, x.Addr(), "udp", "202", "two")
	out := a.invite("202", "")
	in := b.waitFor("^INVITE ")
	if m := b.ask("MESSAGE", "sip:201@offhook", "sip:201@offhook", "", "503"); m.one("Retry-After") == "" {
		t.Errorf("%s", m.text)
	}
	b.answer(in, "486 Busy Here", "")
	out.ack(a.waitFor("^SIP/2.0 486"))
}

func TestFlood(t *testing.T) {
	x := start(t, func(c *Config) { c.Limits = ingress.Limits{PerSource: 1, SourceBurst: 20} })
	p := newPhone(t, x.Addr(), "udp", "201", "one")
	begin := time.Now()
	for range 200 {
		p.request("OPTIONS", "sip:offhook", "<sip:a@b>;tag=1", "<sip:offhook>", "flood", 1, "", "")
	}
	p.waitFor("^SIP/2.0 ") // however long the machine takes
	got := 1
	for {
		if _, ok := p.read(300 * time.Millisecond); !ok {
			break
		}
		got++
	}
	if late := int(time.Since(begin) / time.Second); got > 20+1+late { // one more is allowed each second
		t.Errorf("%d answers to a flood in %d s", got, late)
	}
}

func TestBusyPort(t *testing.T) {
	x := start(t, nil)
	if _, err := New(Config{Listen: x.Addr(), Users: map[string]string{"a": "b"}}); err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("%v", err)
	}
	if _, err := New(Config{}); err == nil {
		t.Error("an exchange without users")
	}
	if x.Addr().Port() == 0 || !x.Addr().Addr().IsLoopback() {
		t.Errorf("%v", x.Addr())
	}
}

func TestIPv6(t *testing.T) {
	if c, err := net.ListenPacket("udp6", "[::1]:0"); err != nil {
		t.Skip("no IPv6 on this machine")
	} else {
		c.Close()
	}
	x := start(t, func(c *Config) { c.Listen = v6loopback })
	a, b := registered(t, x.Addr(), "udp", "201", "one"), registered(t, x.Addr(), "udp", "202", "two")
	out := a.invite("202", "")
	in := b.waitFor("^INVITE ")
	b.answer(in, "200 OK", "")
	out.ack(a.waitFor("^SIP/2.0 200"))
	b.waitFor("^ACK ")
}

func TestUnspecifiedAddress(t *testing.T) {
	x := start(t, func(c *Config) { c.Listen = anyV4 })
	local := v4(x.Addr().Port()) // the phones reach it by loopback
	a, b := registered(t, local, "udp", "201", "one"), registered(t, local, "tcp", "202", "two")
	out := a.invite("202", "")
	in := b.waitFor("^INVITE ")
	if rr := in.all("Record-Route"); len(rr) != 2 || !strings.Contains(rr[0], "sip:127.0.0.1:") {
		t.Errorf("%q", rr)
	}
	b.answer(in, "200 OK", "")
	out.ack(a.waitFor("^SIP/2.0 200"))
	b.waitFor("^ACK ")
}
