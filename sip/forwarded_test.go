package sip

import (
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
)

// RFC 3261 §8.1.3.4: the Contacts of a 302 are called by q; whoever sends the call back to
// where it was is not asked again.
func TestForwarded(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		p.answer(inv, 302, "", "", "Contact: <sip:later@"+p.addr()+">;q=0.2, <sip:mail@"+p.addr()+";method=BYE?Subject=x>;q=0.9", "Contact: <sip:202@"+p.addr()+">, <http://x/>, <ftp:x@y>")
		p.request("ACK")
		if e := want[Progress](a); e.Code != 181 || e.To != "mail" || e.Words != "Forwarded to mail" {
			t.Errorf("%+v", e)
		}
		second := p.request("INVITE")
		if second.Recipient.String() != "sip:mail@"+p.addr() || second.To().Value() != inv.To().Value() || second.CallID().Value() != inv.CallID().Value() ||
			second.From().Value() != inv.From().Value() || second.CSeq().SeqNo != inv.CSeq().SeqNo+1 || via(second) == via(inv) {
			t.Errorf("%v", second)
		}
		p.answer(second, 302, "", "", "Contact: <sip:mail@"+p.addr()+">", "Contact: <sip:202@"+p.addr()+">")
		p.request("ACK")
		if e := want[Progress](a); e.Words != "Forwarded to later" {
			t.Errorf("%+v", e)
		}
		p.answer(p.request("INVITE"), 486, "", "")
		p.request("ACK")
		ended(t, a, 486, "Busy")
	})
}

// Nobody who can be called: the words say that the callee has moved.
func TestForwardedNowhere(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		p.answer(inv, 302, "", "", "Contact: <mailto:x@y>")
		p.request("ACK")
		ended(t, a, 302, "Number has moved")
		p.silent(time.Second)
	})
}

// What the far end's server does with the call is news too (RFC 3261 §21.1.3, §21.1.4).
func TestForwardedThere(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		for code, words := range map[int]string{181: "Being forwarded", 182: "Waiting in a queue", 180: ""} {
			p.answer(inv, code, "", "")
			if e := want[Progress](a); e.Code != code || e.Words != words || e.To != "" {
				t.Errorf("%+v", e)
			}
		}
	})
}

// A number of the account's domain goes to its server, with its login; hanging up ends it.
func TestForwardedAtHome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		p := peerOn(t, w, "10.0.0.2:5060")
		a := startOn(t, w, config(home()))
		p.answer(p.request("REGISTER"), 200, "", "", "Contact: <sip:201@10.0.0.1:5060>;expires=3600", "Expires: 3600")
		a.do(Dial{Call: 1, Target: "202"})
		p.answer(p.request("INVITE"), 301, "", "", "Contact: <tel:+49-(30)-123.4;phone-context=x>")
		p.request("ACK")
		if e := want[Progress](a); e.Words != "Forwarded to +49301234" {
			t.Errorf("%+v", e)
		}
		if inv := p.request("INVITE"); inv.Recipient.String() != "sip:+49301234@10.0.0.2" {
			t.Errorf("%v", inv)
		} else {
			p.answer(inv, 180, "", "")
			want[Progress](a)
			a.do(HangUp{Call: 1})
			p.answer(p.request("CANCEL"), 200, "", "")
			p.answer(inv, 487, "", "")
			p.request("ACK")
		}
		ended(t, a, 487, "")
	})
}

func TestCallable(t *testing.T) {
	l := &line{acc: account.Account{User: "201", Domain: "pbx.home"}}
	for in, want := range map[string]string{
		"sip:203@pbx.home":                     "sip:203@pbx.home",
		"sip:203:secret@pbx.home;user=phone?a": "sip:203@pbx.home;user=phone",
		"sip:pbx.home":                         "sip:pbx.home",
		"tel:112":                              "sip:112@pbx.home",
		"tel:+1-800-555;ext=3":                 "sip:+1800555@pbx.home",
		"tel:":                                 "",
		"tel:911@evil":                         "",
		"sips:203@pbx.home":                    "sips:203@pbx.home",
		"sips:203:secret@pbx.home":             "sips:203@pbx.home",
		"http://pbx.home":                      "",
	} {
		var u sip.Uri
		_ = sip.ParseUri(in, &u)
		if got, ok := l.callable(u); got != want && ok || ok != (want != "") {
			t.Errorf("%s: %q, %v", in, got, ok)
		}
	}
	for q, want := range map[string]int{"": 1000, "1": 1000, "0.5": 500, "0": 0, "0.999": 999, "NaN": 0, "-1": 0, "7": 1000, "x": 0} {
		if got := thousandths(q); got != want {
			t.Errorf("q=%s: %d", q, got)
		}
	}
}

// RFC 6228: the fork that was heard gives up; the one before it is heard again, and after
// the last the phone knows that there is nothing to hear.
func TestForkFades(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		if !lists(inv, "Supported", "199") {
			t.Errorf("%v", inv)
		}
		p.answer(inv, 183, "one", described("sendrecv"))
		want[Progress](a)
		p.answer(inv, 183, "two", strings.Replace(described("sendrecv"), "7000", "7002", 1))
		want[Progress](a)
		p.answer(inv, 199, "two", "")
		if e := want[Progress](a); e.Code != 199 || !e.Early {
			t.Errorf("%+v", e)
		}
		if l := a.media.last(); l.tag != "one" || l.a.RTP.Port() != 7000 {
			t.Errorf("applied %+v", l)
		}
		p.answer(inv, 199, "three", "")
		a.quiet(time.Second)
		p.answer(inv, 199, "one", "")
		if e := want[Progress](a); e.Code != 199 || e.Early {
			t.Errorf("%+v", e)
		}
	})
}

// RFC 3261 §21.3.4: the account's own servers may name a proxy: the same callee is called by
// way of it, once.
func TestUseProxy(t *testing.T) {
	atHome(t, asIs, func(t *testing.T, a *phone, p *peer) {
		inv := dialledOut(a, p)
		a.inside(func() {
			b := a.lines[0].bindings[0]
			other := b.hops[0]
			other.Addr = netip.MustParseAddrPort("10.0.0.4:5060")
			b.hops = append(b.hops, other)
		})
		q := p.twin("10.0.0.4:5060")
		p.answer(inv, 305, "", "", "Contact: <sip:10.0.0.4>")
		p.request("ACK")
		again := q.request("INVITE")
		if again.Recipient.String() != inv.Recipient.String() || again.CallID().Value() != inv.CallID().Value() || again.CSeq().SeqNo != inv.CSeq().SeqNo+1 {
			t.Errorf("%v", again)
		}
		q.answer(again, 305, "", "", "Contact: <sip:10.0.0.2>")
		q.request("ACK")
		ended(t, a, 305, "Needs another proxy")
		p.silent(time.Second)
	})
}

// Nobody else may: a stranger's proxy is not used, and 380 is words.
func TestUseAnothersProxy(t *testing.T) {
	for code, words := range map[int]string{305: "Needs another proxy", 380: "Try another way"} {
		outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
			p.answer(inv, code, "", "", "Contact: <sip:10.0.0.9>, <sip:proxy.elsewhere.example>")
			p.request("ACK")
			ended(t, a, code, words)
			p.silent(time.Second)
		})
	}
}

func TestHostsAtHome(t *testing.T) {
	l := &line{acc: account.Account{Domain: "PBX.home:5070", Proxy: "edge.example"}}
	l.binding = &binding{}
	l.bindings = []*binding{l.binding}
	for host, want := range map[string]bool{
		"pbx.home": true, "two.pbx.HOME": true, "edge.example": true,
		"home": false, "xpbx.home": false, "a.edge.example": false, "10.0.0.1": false, "[::1]": false, "": false,
	} {
		if l.atHome(host) != want {
			t.Errorf("%s", host)
		}
	}
}
