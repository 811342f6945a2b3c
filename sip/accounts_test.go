package sip

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/locate"
	"github.com/offhook/offhook/sip/registration"
)

func TestTarget(t *testing.T) {
	for _, c := range []struct {
		s         string
		transport account.Transport
		want      string // host port transport; "": an error
	}{
		{"pbx.home", account.Auto, "pbx.home 0 auto"},
		{"pbx.home:5070", account.UDP, "pbx.home 5070 udp"},
		{"10.0.0.2", account.TCP, "10.0.0.2 0 tcp"},
		{"[2001:db8::1]:5070", account.Auto, "2001:db8::1 5070 auto"},
		{"2001:db8::1", account.Auto, "2001:db8::1 0 auto"},
		{"sip:202@pbx.home;transport=TCP", account.Auto, "pbx.home 0 tcp"},
		{"sip:202@[2001:db8::1]:5080;transport=udp", account.TCP, "2001:db8::1 5080 udp"},
		{"sip:p1.example;lr;maddr=10.9.8.7", account.UDP, "10.9.8.7 0 udp"},
		{"sips:202@pbx.home", account.Auto, "pbx.home 0 tls"},
		{"sips:202@pbx.home;transport=tcp", account.UDP, "pbx.home 0 tls"},
		{"sip:202@pbx.home;transport=tls", account.UDP, "pbx.home 0 tls"},
		{"pbx.home:sip", account.Auto, ""},
		{"pbx.home:70000", account.Auto, ""},
		{"sip:202@pbx.home:70000", account.Auto, ""},
	} {
		got := ""
		if tg, err := target(c.s, c.transport); err == nil {
			got = fmt.Sprintf("%s %d %s", tg.Host, tg.Port, tg.Transport)
		}
		if got != c.want {
			t.Errorf("%s over %s: %q, want %q", c.s, c.transport, got, c.want)
		}
	}
}

func TestCallee(t *testing.T) {
	for _, c := range []struct{ target, domain, want string }{
		{"600", "pbx.home", "sip:600@pbx.home"},
		{" *72#201 ", "pbx.home:5070", "sip:*72%23201@pbx.home:5070"},
		{"+49 30", "pbx.home", "sip:+49%2030@pbx.home"},
		{"ann@example.com", "pbx.home", "sip:ann@example.com"},
		{"sip:ann@example.com:5080;transport=tcp?Subject=x", "", "sip:ann@example.com:5080;transport=tcp"},
		{"600", "", ""}, {"", "pbx.home", ""}, {"sip:", "pbx.home", ""}, {"a b@c", "pbx.home", ""},
		{"sip:x@y\r\nVia: z", "pbx.home", ""}, {strings.Repeat("1", 300), "pbx.home", ""}, {"sip:x@<y>", "", ""},
	} {
		acc := direct("201")
		acc.Domain = c.domain
		u, err := callee(c.target, &line{acc: acc})
		got := ""
		if err == nil {
			got = u.String()
		}
		if got != c.want {
			t.Errorf("%q at %q: %q, want %q", c.target, c.domain, got, c.want)
		}
	}
}

// Which of several accounts an INVITE is for.
func TestLineFor(t *testing.T) {
	server := func(l *line, at string) {
		l.hops = []hop{{Candidate: locate.Candidate{Addr: netip.MustParseAddrPort(at)}}}
		l.reg.Phase = registration.Bound
	}
	acc := func(user, domain string) account.Account {
		a := direct(user)
		a.Domain = domain
		return a
	}
	a := &Agent{}
	for i, x := range []account.Account{acc("201", "home"), acc("430", "work.example"), acc("201", "other.example:5070"), acc("a b", "home")} {
		a.lines = append(a.lines, newLine(a, i, x))
	}
	server(a.lines[0], "10.0.0.2:5060")
	server(a.lines[2], "10.0.0.3:5060")
	for _, c := range []struct {
		uri, to, from string
		want          int
	}{
		{"sip:201@10.0.0.1", "<sip:201@home>", "10.0.0.2", 0},
		{"sip:430@10.0.0.1", "<sip:430@work.example>", "10.0.0.2", 1},
		{"sip:201@10.0.0.1", "<sip:201@other.example:5070>", "10.0.0.2", 2}, // by domain
		{"sip:201@10.0.0.1", "<sip:group@else>", "10.0.0.3", 2},             // by where it came from
		{"sip:x77@10.0.0.1", "<sip:430@work.example>", "10.0.0.9", 1},       // by To
		{"sip:a%20b@10.0.0.1", "<sip:a%20b@home>", "10.0.0.9", 3},
		{"sip:999@10.0.0.1", "<sip:999@home>", "10.0.0.2", -1},
	} {
		req := sip.NewRequest(sip.INVITE, parsed(t, c.uri))
		to := &sip.ToHeader{}
		if _, err := sip.ParseAddressValue(c.to, &to.Address, &to.Params); err != nil {
			t.Fatal(err)
		}
		req.AppendHeader(to)
		l := a.lineFor(&inbound{req: req, from: netip.AddrPortFrom(netip.MustParseAddr(c.from), 5060)})
		got := -1
		if l != nil {
			got = l.index
		}
		if got != c.want {
			t.Errorf("%s to %s from %s: account %d, want %d", c.uri, c.to, c.from, got, c.want)
		}
	}
}

func TestContact(t *testing.T) {
	a := &Agent{port: 5070}
	acc := direct("a b")
	l := newLine(a, 0, acc)
	udp := hop{Candidate: locate.Candidate{Addr: netip.MustParseAddrPort("10.0.0.2:5060"), Transport: account.UDP}, source: netip.MustParseAddr("10.0.0.1")}
	tcp, six := udp, udp
	tcp.Transport = account.TCP
	six.source = netip.MustParseAddr("2001:db8::7")
	for _, c := range []struct {
		h    hop
		want string
	}{
		{udp, "sip:a%20b@10.0.0.1:5070"},
		{tcp, "sip:a%20b@10.0.0.1:5070;transport=tcp"},
		{six, "sip:a%20b@[2001:db8::7]:5070"},
	} {
		u := l.contact(c.h)
		if got := u.String(); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
	l.hops, l.public, l.inside = []hop{udp}, netip.MustParseAddrPort("192.0.2.9:4000"), udp.source
	u := l.contact(udp)
	if got := u.String(); got != "sip:a%20b@192.0.2.9:4000" {
		t.Errorf("behind a NAT: %s", got)
	}
	moved := udp
	moved.source = netip.MustParseAddr("10.0.7.1") // another network: that NAT is not ours any more
	if u = l.contact(moved); u.Host != "10.0.7.1" {
		t.Errorf("after a move: %s", u.String())
	}
}

func parsed(t *testing.T, s string) sip.Uri {
	t.Helper()
	var u sip.Uri
	if err := sip.ParseUri(s, &u); err != nil {
		t.Fatal(err)
	}
	return u
}
