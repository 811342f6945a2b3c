package sip

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
)

func inviteWith(from, lines string) *sip.Request {
	m, err := sip.ParseMessage([]byte("INVITE sip:201@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: " + from + ";tag=1\r\nTo: <sip:201@pbx.home>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n" + lines + "Content-Length: 0\r\n\r\n"))
	if err != nil {
		panic(err)
	}
	return m.(*sip.Request)
}

// Who is shown, from our server and from anybody else.
func TestCaller(t *testing.T) {
	eve := identity{"Eve", "666"}
	for _, c := range []struct {
		name, from, lines string
		vouched, stranger identity
	}{
		{"From alone", `"Eve" <sip:666@x>`, "", eve, eve},
		{"asserted", `"Eve" <sip:666@x>`, "P-Asserted-Identity: \"Ann, B.\" <sip:202@pbx>, <tel:+4930>\r\n", identity{"Ann, B.", "202"}, eve},
		{"asserted without a name", `"Eve" <sip:666@x>`, "P-Asserted-Identity: <sip:202@pbx>\r\n", identity{"", "202"}, eve},
		{"asserted, the number of From", `"Eve" <sip:666@x>`, "P-Asserted-Identity: <sip:666@pbx>\r\n", eve, eve},
		{"a comma in the number", `"Eve" <sip:666@x>`, "P-Asserted-Identity: \"Ann\" <sip:20,2@pbx>, <tel:+4930>\r\n", identity{"Ann", "20,2"}, eve},
		{"the older header, hidden behind a quoted value", `"Eve" <sip:666@x>`, "Remote-Party-ID: <sip:203@pbx>;x=\";privacy=off\";Privacy=full\r\n", anonymous, eve},
		{"the older header", `"Eve" <sip:666@x>`, "Remote-Party-ID: \"Bob\" <sip:203@pbx>;party=calling;privacy=off\r\n", identity{"Bob", "203"}, eve},
		{"the older header, hidden", `"Eve" <sip:666@x>`, "Remote-Party-ID: \"Bob\" <sip:203@pbx>;privacy=full\r\n", anonymous, eve},
		{"privacy", `"Eve" <sip:666@x>`, "Privacy: id;critical\r\nP-Asserted-Identity: <sip:202@pbx>\r\n", anonymous, anonymous},
		{"privacy of the history alone", `"Eve" <sip:666@x>`, "Privacy: history\r\n", eve, eve},
		{"no privacy", `"Eve" <sip:666@x>`, "Privacy: none\r\n", eve, eve},
		{"anonymous", `"Anonymous" <sip:anonymous@anonymous.invalid>`, "", anonymous, anonymous},
		{"anonymous, yet asserted", `<sip:anonymous@anonymous.invalid>`, "P-Asserted-Identity: <sip:202@pbx>\r\n", anonymous, anonymous},
		{"asserted to be nobody", `"Eve" <sip:666@x>`, "P-Asserted-Identity: <sip:anonymous@anonymous.invalid>\r\n", anonymous, eve},
		{"nonsense", `"Eve" <sip:666@x>`, "P-Asserted-Identity: <<<\r\nRemote-Party-ID: ,,\r\n", eve, eve},
	} {
		req := inviteWith(c.from, c.lines)
		if got := caller(req, true); got != c.vouched {
			t.Errorf("%s, from the server: %+v", c.name, got)
		}
		if got := caller(req, false); got != c.stranger {
			t.Errorf("%s, from a stranger: %+v", c.name, got)
		}
	}
}

// No header, however written, gets more onto the display than a line.
func FuzzIdentity(f *testing.F) {
	f.Add(`"Ann" <sip:202@pbx>;privacy=off`)
	f.Add(`<sip:202@pbx?Reason=SIP%3Bcause%3D302>;index=1.1, "`)
	f.Fuzz(func(t *testing.T, value string) {
		if strings.ContainsAny(value, "\r\n") {
			return
		}
		req := sip.NewRequest(sip.INVITE, sip.Uri{Scheme: "sip", User: "201", Host: "h"})
		req.AppendHeader(&sip.FromHeader{Address: sip.Uri{Scheme: "sip", User: "a", Host: "h"}})
		req.AppendHeader(&sip.ToHeader{Address: sip.Uri{Scheme: "sip", User: "201", Host: "h"}})
		for _, name := range []string{"P-Asserted-Identity", "Remote-Party-ID", "Diversion", "History-Info", "Privacy", "Alert-Info", "Answer-Mode"} {
			req.AppendHeader(sip.NewHeader(name, value))
		}
		who := caller(req, true)
		if len([]rune(who.name)) > 64 || len([]rune(who.number)) > 64 {
			t.Errorf("%+v", who)
		}
		if w := wishOf(req); w.after < 0 || w.after > maxAfter {
			t.Errorf("%+v", w)
		}
	})
}

// atHome runs a test with a phone that is registered at the peer.
func atHome(t *testing.T, change func(*account.Account), f func(t *testing.T, a *phone, p *peer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newCable()
		p := peerOn(t, w, "10.0.0.2:5060")
		acc := home()
		change(&acc)
		a := startOn(t, w, config(acc))
		p.answer(p.request("REGISTER"), 200, "", "", "Contact: <sip:201@10.0.0.1:5060>;expires=36000", "Expires: 36000")
		f(t, a, p)
	})
}

func asIs(*account.Account) {}

// Through whom, or for whom, a call comes (RFC 5806, RFC 7044): the server's word only.
func TestNewsOfACall(t *testing.T) {
	for lines, news := range map[string]string{
		"": "",
		"Diversion: \"Bob\" <sip:202@pbx>;reason=unconditional, <sip:203@pbx>":                                                    "via Bob",
		"Diversion: <sip:201@pbx>, <tel:203>;reason=no-answer":                                                                    "via 203",
		"Diversion: <sip:202@pbx>;privacy=full":                                                                                   "",
		"History-Info: <sip:sales@pbx>;index=1, <sip:202@pbx?Reason=SIP%3Bcause%3D302>;index=1.1, <sip:201@10.0.0.1>;index=1.1.1": "via 202",
		"History-Info: <sip:202@pbx?Privacy=history>;index=1, <sip:201@10.0.0.1>;index=1.1":                                       "",
	} {
		atHome(t, asIs, func(t *testing.T, a *phone, p *peer) {
			if lines == "" {
				p.invite(described("sendrecv"))
			} else {
				p.invite(described("sendrecv"), lines)
			}
			if e := want[Incoming](a); e.News != news {
				t.Errorf("%s: %q, want %q", lines, e.News, news)
			}
		})
	}
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		p.invite(described("sendrecv"), "Diversion: <sip:202@pbx>")
		if e := want[Incoming](a); e.News != "" {
			t.Errorf("a stranger says %q", e.News)
		}
	})
}

// A group's call says for whom it is.
func TestNewsOfAGroup(t *testing.T) {
	atHome(t, asIs, func(t *testing.T, a *phone, p *peer) {
		p.raw("INVITE sip:201@10.0.0.1:5060 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKg\nFrom: <sip:1@x>;tag=1\n" +
			"To: \"Sales\" <sip:sales@pbx>\nCall-ID: g\nCSeq: 1 INVITE\nMax-Forwards: 70\nContact: <sip:1@10.0.0.2:5060>\nContent-Length: 0\n\n")
		if e := want[Incoming](a); e.News != "for Sales" {
			t.Errorf("%+v", e)
		}
	})
}

// RFC 3323, RFC 3325: by setting or by prefix who calls is hidden from the callee, and
// told to the server alone.
func TestAnonymousCall(t *testing.T) {
	for _, c := range []struct {
		change func(*account.Account)
		target string
		hidden bool
	}{
		{func(a *account.Account) { a.Anonymous = true }, "202", true},
		{func(a *account.Account) { a.AnonymousPrefix = "*67" }, "*67202", true},
		{func(a *account.Account) { a.AnonymousPrefix = "*67" }, "202", false},
	} {
		atHome(t, c.change, func(t *testing.T, a *phone, p *peer) {
			a.do(Dial{Call: 1, Target: c.target})
			inv := p.request("INVITE")
			from := inv.From()
			if inv.Recipient.User != "202" {
				t.Errorf("%v", inv)
			}
			if hidden := text(inv, "Privacy") == "id" && strings.Contains(text(inv, "P-Preferred-Identity"), "sip:201@") &&
				from.Address.Host == "anonymous.invalid" && from.DisplayName == "Anonymous"; hidden != c.hidden {
				t.Errorf("%v", inv)
			}
			p.answer(inv, 200, "", described("sendrecv"))
			if ack := p.request("ACK"); ack.From().Value() != from.Value() {
				t.Errorf("%v", ack)
			}
			want[Answered](a)
		})
	}
}

// RFC 4916: who is at the far end changes inside the call, before and after the answer.
func TestConnectedIdentity(t *testing.T) {
	atHome(t, asIs, func(t *testing.T, a *phone, p *peer) {
		a.do(Dial{Call: 1, Target: "202"})
		inv := p.request("INVITE")
		if !lists(inv, "Supported", "from-change") {
			t.Errorf("%v", inv)
		}
		p.answer(inv, 180, "", "", "P-Asserted-Identity: \"Bert\" <sip:203@pbx>")
		if e := want[Connected](a); e != (Connected{1, "Bert", "203"}) {
			t.Errorf("%+v", e)
		}
		want[Progress](a)
		p.answer(inv, 200, "", described("sendrecv"), "P-Asserted-Identity: <sip:204@pbx>", "Privacy: id")
		p.request("ACK")
		if e := want[Answered](a); e.Name != "Anonymous" || e.Number != "" {
			t.Errorf("%+v", e)
		}
		own, _ := inv.From().Params.Get("tag")
		c := &incomingCall{p: p, callID: inv.CallID().Value(), to: own, target: "sip:201@10.0.0.1:5060", seq: 3}
		c.in("UPDATE", "", "P-Asserted-Identity: \"Zoe\" <sip:205@pbx>") // its From is another, too
		p.response(200)
		if e := want[Connected](a); e != (Connected{1, "Zoe", "205"}) {
			t.Errorf("%+v", e)
		}
		a.do(HangUp{Call: 1})
		if bye := p.request("BYE"); bye.To().Address.String() != "sip:peer@example.com" {
			t.Errorf("%v", bye)
		}
	})
}

// Answer-Mode, Alert-Info and what PBXs write.
func TestWishOf(t *testing.T) {
	now := wish{auto: true}
	for lines, want := range map[string]wish{
		"":                          {},
		"Answer-Mode: Auto":         now,
		"Answer-Mode: auto;require": {auto: true, insist: true},
		"Priv-Answer-Mode: Auto":    now,
		"Answer-Mode: Manual\r\nAlert-Info: info=alert-autoanswer":           {},
		"Alert-Info: <http://www.notused.com>;info=alert-autoanswer;delay=0": now,
		"Alert-Info: alert-autoanswer":                                       now,
		"Alert-Info: \"info=alert-autoanswer\"":                              {},
		"Alert-Info: <sip:pbx>;answer-after=5":                               {auto: true, after: 5 * time.Second},
		"Call-Info: <sip:pbx>;answer-after=0":                                now,
		"Call-Info: <sip:pbx>;answer-after=99999999":                         {},
		"Call-Info: <sip:pbx>;answer-after=6000":                             {auto: true, after: time.Minute},
		"Call-Info: <http://x/p.jpg>;purpose=icon":                           {},
		"Alert-Info: <urn:alert:source:internal>":                            {},
	} {
		if lines != "" {
			lines += "\r\n"
		}
		if got := wishOf(inviteWith("<sip:1@x>", lines)); got != want {
			t.Errorf("%q: %+v, want %+v", lines, got, want)
		}
	}
}

// Only where the settings allow it, and only through the account's server.
func TestIntercom(t *testing.T) {
	allowed := func(a *account.Account) { a.Intercom = true }
	atHome(t, allowed, func(t *testing.T, a *phone, p *peer) {
		p.invite(described("sendrecv"), "Alert-Info: <x>;answer-after=3")
		if e := want[Incoming](a); !e.Auto || e.After != 3*time.Second {
			t.Errorf("%+v", e)
		}
	})
	atHome(t, asIs, func(t *testing.T, a *phone, p *peer) {
		p.invite(described("sendrecv"), "Alert-Info: <x>;answer-after=0")
		if e := want[Incoming](a); e.Auto {
			t.Errorf("%+v", e)
		}
		p.response(100)
		c := p.invite(described("sendrecv"), "Answer-Mode: Auto;require")
		p.response(403)
		c.ack()
		a.quiet(time.Second)
	})
	atHome(t, allowed, func(t *testing.T, a *phone, p *peer) {
		a.inside(func() { a.lines[0].hops[0].Addr = addrPortOf(loopback, 5060) }) // the server is another
		p.invite(described("sendrecv"), "Answer-Mode: Auto")
		if e := want[Incoming](a); e.Auto {
			t.Errorf("%+v", e)
		}
	})
}
