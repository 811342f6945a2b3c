package exchange

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"
)

func parse(t testing.TB, text string) *sip.Request {
	t.Helper()
	m, err := sip.ParseMessage([]byte(strings.ReplaceAll(text, "\n", "\r\n") + "\r\n\r\n"))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return m.(*sip.Request)
}

// request is one with extra header lines and To parameters.
func request(t testing.TB, line, toParams, extra string) *sip.Request {
	t.Helper()
	method, _, _ := strings.Cut(line, " ")
	return parse(t, fmt.Sprintf(`%s SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5071;branch=z9hG4bK1;rport
From: <sip:201@offhook>;tag=f
To: <sip:202@offhook>%s
Call-ID: c1
CSeq: 1 %s%s
Content-Length: 0`, line, toParams, method, extra))
}

func testPlace() place {
	return newPlace(netip.MustParseAddrPort("127.0.0.1:5060"), "offhook", []string{"pbx.home"}, []byte("key"))
}

func TestDecide(t *testing.T) {
	p := testPlace()
	k := p.passageOf(request(t, "BYE sip:a@b", "", ""), at(5071), flow{"TCP", at(5072).addr})
	own := "\nRoute: <sip:127.0.0.1:5060;transport=udp;lr;k=" + k + ">"
	for _, c := range []struct {
		name, line, to, extra string
		want                  string
	}{
		{"by address", "INVITE sip:202@127.0.0.1:5060", "", "", "user 202"},
		{"by default port", "INVITE sip:202@127.0.0.1", "", "", "user 202"},
		{"by realm", "INVITE sip:202@OFFHOOK", "", "", "user 202"},
		{"by domain", "INVITE sip:20%32@pbx.home:5080;user=phone", "", "", "user 202"},
		{"another domain, or a phone", "INVITE sip:202@example.com", "", "", "phone"},
		{"another port", "INVITE sip:202@127.0.0.1:5061", "", "", "phone"},
		{"nobody named", "INVITE sip:127.0.0.1", "", "", "404"},
		{"sips", "INVITE sips:202@offhook", "", "", "416"},
		{"ping", "OPTIONS sip:127.0.0.1", "", "", "local"},
		{"ping of a phone", "OPTIONS sip:202@offhook", "", "", "user 202"},
		{"last hop", "INVITE sip:202@offhook", "", "\nMax-Forwards: 0", "483"},
		{"last hop of a ping", "OPTIONS sip:202@offhook", "", "\nMax-Forwards: 0", "local"},
		{"extension for proxies", "INVITE sip:202@offhook", "", "\nProxy-Require: foo, bar", "420 foo, bar"},
		{"outbound proxy", "INVITE sip:202@offhook", "", "\nRoute: <sip:127.0.0.1;lr>", "user 202 routes 1"},
		{"relaying", "INVITE sip:202@offhook", "", "\nRoute: <sip:10.0.0.1;lr>", "403"},
		{"relaying behind us", "INVITE sip:202@offhook", "", own + "\nRoute: <sip:10.0.0.1;lr>", "403"},
		{"in a dialog of ours", "BYE sip:202@127.0.0.1:5072", ";tag=t", own, "dialog routes 1"},
		{"between two transports", "BYE sip:202@127.0.0.1:5072", ";tag=t", own + strings.Replace(own, "udp", "tcp", 1), "dialog routes 2"},
		{"one line with both", "BYE sip:202@127.0.0.1:5072", ";tag=t", own + ", <sip:127.0.0.1:5060;lr>", "dialog routes 2"},
		{"in a dialog of nobody", "BYE sip:202@127.0.0.1:5072", ";tag=t", "", "481"},
		{"with a cookie of another call", "BYE sip:202@127.0.0.1:5072", ";tag=t", strings.Replace(own, k, "0123456789abcdef", 1), "481"},
		{"with an empty cookie", "BYE sip:202@127.0.0.1:5072", ";tag=t", "\nRoute: <sip:127.0.0.1:5060;lr;k=>", "481"},
		{"with the cookie on a Route elsewhere", "BYE sip:202@127.0.0.1:5072", ";tag=t", strings.Replace(own, "127.0.0.1", "127.0.0.9", 1), "481"},
	} {
		d := p.decide(request(t, c.line, c.to, c.extra))
		var got []string
		switch {
		case d.status != 0:
			got = append(got, fmt.Sprint(d.status))
		case d.local:
			got = append(got, "local")
		case d.dialog:
			got = append(got, "dialog")
			if want := (passage{at(5071), flow{"TCP", at(5072).addr}, d.way.tag}); d.way != want {
				t.Errorf("%s: way %+v", c.name, d.way)
			}
		case d.phone:
			got = append(got, "phone")
		default:
			got = append(got, "user "+d.user)
		}
		if d.unsupported != "" {
			got = append(got, d.unsupported)
		}
		if d.routes > 0 {
			got = append(got, fmt.Sprint("routes ", d.routes))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %s, want %s", c.name, s, c.want)
		}
	}
}

func TestLoop(t *testing.T) {
	p := testPlace()
	branch := p.branch(request(t, "INVITE sip:202@offhook", "", ""))
	via := "\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=" + branch
	if d := p.decide(request(t, "INVITE sip:202@offhook", "", via)); d.status != 482 {
		t.Errorf("unchanged: %+v", d)
	}
	if d := p.decide(request(t, "INVITE sip:203@offhook", "", via)); d.user != "203" {
		t.Errorf("a spiral to another user: %+v", d)
	}
	if other := newPlace(p.addr, "offhook", nil, []byte("another")); other.loops(request(t, "INVITE sip:202@offhook", "", via)) {
		t.Error("another exchange takes our mark for its own")
	}
	if p.branch(request(t, "INVITE sip:202@offhook", "", "")) == branch {
		t.Error("two branches are the same")
	}
}

func TestLiteral(t *testing.T) {
	for in, want := range map[string]string{
		"sip:202@127.0.0.1":                    "UDP 127.0.0.1:5060",
		"sip:202@127.0.0.1:5072;transport=tcp": "TCP 127.0.0.1:5072",
		"sip:[::1]:5072":                       "UDP [::1]:5072",
		"sip:[::ffff:127.0.0.1]":               "UDP 127.0.0.1:5060",
		"sip:202@phone.home":                   "",
		"sip:202@224.0.0.1":                    "",
		"sip:202@0.0.0.0":                      "",
		"sip:202@127.0.0.1;transport=ws":       "",
		"tel:+49301234567":                     "",
	} {
		f, ok := literal(uri(t, in))
		got := ""
		if ok {
			got = f.transport + " " + f.addr.String()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

var (
	v6loopback = netip.MustParseAddrPort("[::1]:0")
	anyV4      = netip.MustParseAddrPort("0.0.0.0:0")
)

func v4(port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)
}
