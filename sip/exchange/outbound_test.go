package exchange

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A flow is known by phone and number: whatever its URI, a later one takes its place, and
// two flows may share a URI (RFC 5626 §6).
func TestFlowsInTheTable(t *testing.T) {
	flowing := func(call string, cseq uint32, host, instance string, id uint32, port uint16) registration {
		return registration{user: "201", flow: at(port), callID: call, cseq: cseq, expires: time.Minute,
			contacts: []contact{{uri: uri(t, "sip:201@"+host), q: 1000, expires: -1, instance: instance, regID: id}}}
	}
	table := testTable()
	for _, step := range []struct {
		r      registration
		status int
		want   string
	}{
		{flowing("a", 1, "10.0.0.1", "<i>", 1, 1), 200, "10.0.0.1/1"},
		{flowing("b", 1, "10.0.0.1", "<i>", 2, 2), 200, "10.0.0.1/1 10.0.0.1/2"},
		{flowing("c", 1, "10.0.0.7", "<i>", 1, 3), 200, "10.0.0.1/2 10.0.0.7/3"},
		{flowing("c", 1, "10.0.0.8", "<i>", 1, 4), 500, "10.0.0.1/2 10.0.0.7/3"},
		{flowing("d", 1, "10.0.0.1", "<j>", 1, 5), 200, "10.0.0.1/2 10.0.0.7/3 10.0.0.1/5"},
		{flowing("e", 1, "10.0.0.9", "<j>", 2, 6), 403, "10.0.0.1/2 10.0.0.7/3 10.0.0.1/5"},
	} {
		status, _ := table.register(epoch, step.r)
		var got []string
		for _, b := range table.live(epoch, "201") {
			got = append(got, fmt.Sprint(b.uri.Host, "/", b.flow.addr.Port()))
		}
		if status != step.status || strings.Join(got, " ") != step.want {
			t.Errorf("%s: %d, %q, want %d, %q", step.r.callID, status, got, step.status, step.want)
		}
	}
	if b, ok := table.find(epoch, uri(t, "sip:201@10.0.0.1")); !ok || b.flow != at(5) {
		t.Errorf("the latest is not found: %v", b.flow)
	}
	to := targetsOf(table.targets(epoch, "201", "202", at(9)), "")
	if len(to) != 2 || len(to[0].others)+len(to[1].others) != 1 {
		t.Errorf("%+v", to)
	}
}

// A phone that was restarted is not looked for at its old address.
func TestRestartedPhone(t *testing.T) {
	table := testTable()
	for i, c := range []struct{ call, host, instance string }{{"a", "10.0.0.1", "<i>"}, {"a", "10.0.0.2", "<i>"}, {"b", "10.0.0.3", "<i>"}, {"c", "10.0.0.4", "<j>"}} {
		table.register(epoch, registration{user: "201", flow: at(1), callID: c.call, cseq: uint32(i), expires: time.Minute,
			contacts: []contact{{uri: uri(t, "sip:201@"+c.host), q: 1000, expires: -1, instance: c.instance}}})
	}
	want := []string{"sip:201@10.0.0.2 60 1000", "sip:201@10.0.0.3 60 1000", "sip:201@10.0.0.4 60 1000"}
	if d := cmp.Diff(want[1:], list(table.live(epoch, "201"), epoch)[1:]); d != "" {
		t.Error(d)
	}
}

func (p *phone) flows(id int) string {
	return fmt.Sprintf("Contact: %s;+sip.instance=\"<urn:uuid:%s>\";reg-id=%d\r\nSupported: path, outbound\r\n", p.contact(), p.user, id)
}

// A phone with two flows is called once. When the one that it registered last is gone,
// the call comes by the other (RFC 5626 §5.3, §6).
func TestTwoFlows(t *testing.T) {
	x := start(t, nil)
	a := registered(t, x.Addr(), "udp", "201", "one")
	first, second := newPhone(t, x.Addr(), "tcp", "202", "two"), newPhone(t, x.Addr(), "tcp", "202", "two")
	for i, p := range []*phone{first, second} {
		m := p.ask("REGISTER", "sip:offhook", "sip:202@offhook", p.flows(i+1), "200")
		if m.one("Require") != "outbound" || m.one("Flow-Timer") != "120" || !strings.Contains(m.text, `;+sip.instance="<urn:uuid:202>";reg-id=`) {
			t.Errorf("%s", m.text)
		}
	}
	out := a.invite("202", "")
	in := second.waitFor("^INVITE ")
	first.silent("^INVITE", 100*time.Millisecond)
	second.answer(in, "486 Busy Here", "")
	out.ack(a.waitFor("^SIP/2.0 486"))
	second.conn.Close()
	time.Sleep(50 * time.Millisecond) // for the exchange to see it
	out = a.invite("202", "")
	in = first.waitFor("^INVITE ")
	first.answer(in, "200 OK", "")
	ok := a.waitFor("^SIP/2.0 200")
	first.conn.Close()
	time.Sleep(50 * time.Millisecond)
	// Within the call, the flow is the only way; with neither there is none.
	out.ack(ok)
	out.next("INFO", "")
	if m := a.waitFor("^SIP/2.0 [3-6]"); !strings.HasPrefix(m.first(), "SIP/2.0 430 ") {
		t.Errorf("within the call: %s", m.first())
	}
	a.ask("MESSAGE", "sip:202@offhook", "sip:202@offhook", "", "480")
}

// Within a call, requests find a phone whose Contact is an address that only its NAT
// knows, also when its registration is gone.
func TestBehindNAT(t *testing.T) {
	x := start(t, nil)
	a, b := registered(t, x.Addr(), "udp", "201", "one"), registered(t, x.Addr(), "udp", "202", "two")
	out := a.invite("202", "")
	in := b.waitFor("^INVITE ")
	b.write("SIP/2.0 200 OK\r\n" + in.lines("Via", "Record-Route", "From") + "To: " + in.one("To") + ";tag=b\r\n" + in.lines("Call-ID", "CSeq") +
		"Contact: <sip:202@192.0.2.7:5060>\r\nContent-Length: 0\r\n\r\n")
	out.ack(a.waitFor("^SIP/2.0 200"))
	b.waitFor("^ACK ")
	b.ask("REGISTER", "sip:offhook", "sip:202@offhook", "Contact: *\r\nExpires: 0\r\n", "200")
	out.next("BYE", "")
	b.answer(b.waitFor("^BYE "), "200 OK", "")
	a.waitFor("^SIP/2.0 200")
}

// A phone behind a proxy of its own: the Path comes back in the answer, and requests take
// it as their route (RFC 3327 §5.3). The proxy is played by the phone's own socket.
func TestPath(t *testing.T) {
	x := start(t, nil)
	a, edge := registered(t, x.Addr(), "udp", "201", "one"), newPhone(t, x.Addr(), "udp", "202", "two")
	path := "<sip:edge@" + edge.conn.LocalAddr().String() + ";lr;ob>"
	m := edge.ask("REGISTER", "sip:offhook", "sip:202@offhook", "Contact: <sip:202@10.0.0.5:5060>\r\nPath: "+path+", <sip:far.example;lr>\r\nSupported: path\r\n", "200")
	if d := cmp.Diff([]string{path, "<sip:far.example;lr>"}, m.all("Path")); d != "" {
		t.Error(d)
	}
	a.invite("202", "")
	in := edge.waitFor("^INVITE sip:202@10.0.0.5:5060 ")
	if d := cmp.Diff([]string{path, "<sip:far.example;lr>"}, in.all("Route")); d != "" {
		t.Error(d)
	}
}

// What a phone asks of another by its Contact, as the target of a transfer does (RFC 5589
// §7): it reaches that phone and no other of the user, and strangers nothing.
func TestCallToAContact(t *testing.T) {
	x := start(t, nil)
	a := registered(t, x.Addr(), "udp", "201", "one")
	one, two := registered(t, x.Addr(), "udp", "202", "two"), registered(t, x.Addr(), "udp", "202", "two")
	done := make(chan message, 1)
	go func() {
		m, _ := one.read(5 * time.Second)
		one.answer(m, "200 OK", "")
		done <- m
	}()
	target := strings.Trim(one.contact(), "<>")
	a.ask("MESSAGE", target, target, "", "200")
	if m := <-done; !strings.HasPrefix(m.first(), "MESSAGE "+target) {
		t.Errorf("%s", m.first())
	}
	two.silent("^MESSAGE", 100*time.Millisecond)
	a.ask("MESSAGE", "sip:202@10.9.9.9", "sip:202@10.9.9.9", "", "404")
	newPhone(t, x.Addr(), "udp", "666", "guess").ask("MESSAGE", target, target, "", "407")
}

// Whom the login showed is told to those who are called, unless the caller asks to stay
// unknown (RFC 3325 §7).
func TestCallerIdentity(t *testing.T) {
	x := start(t, nil)
	b := registered(t, x.Addr(), "udp", "202", "two")
	a := newPhone(t, x.Addr(), "udp", "201", "one")
	a.ask("REGISTER", "sip:offhook", "\"Anna\" <sip:201@offhook>", "Contact: "+a.contact()+"\r\n", "200")
	for _, c := range []struct{ from, extra, want string }{
		{"sip:201@offhook", "P-Asserted-Identity: <sip:666@offhook>\r\n", `"Anna" <sip:201@offhook>`},
		{"sip:201@offhook", "Privacy: critical;ID\r\n", ""},
		{"sip:anonymous@anonymous.invalid", "Privacy: id\r\n", ""},
		{"sip:anonymous@anonymous.invalid", "", `"Anna" <sip:201@offhook>`},
	} {
		done := make(chan message, 1)
		go func() {
			in, _ := b.read(5 * time.Second)
			b.answer(in, "200 OK", "")
			done <- in
		}()
		a.from = c.from
		a.ask("MESSAGE", "sip:202@offhook", "sip:202@offhook", c.extra, "200")
		in := <-done
		if got := strings.Join(in.all("P-Asserted-Identity"), "|"); got != c.want {
			t.Errorf("%s %q: %q", c.from, c.extra, got)
		}
	}
}
