package sip

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/digest"
	"github.com/offhook/offhook/sip/registration"
)

// well reports whether the phone answers a question that anybody may ask.
func well(t *testing.T, a *phone, p *peer) {
	t.Helper()
	synctest.Wait()
	for len(p.msgs) > 0 {
		<-p.msgs
	}
	p.raw("OPTIONS sip:201@10.0.0.1:5060 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK-well\nFrom: <sip:x@10.0.0.2>;tag=w\nTo: <sip:201@10.0.0.2>\n" +
		"Call-ID: well\nCSeq: 1 OPTIONS\nMax-Forwards: 70\nContent-Length: 0\n\n")
	for {
		m := p.next(10 * time.Second)
		if m == nil {
			t.Fatal("the phone does not answer")
		}
		if res, ok := m.(*sip.Response); ok && res.CallID().Value() == "well" && res.StatusCode == 200 {
			return
		}
	}
}

// FuzzRegistrar answers a REGISTER with what the fuzzer likes: the phone is well, refreshes
// or tries again within the day unless it was told not to, and a call can be dialled and ended.
func FuzzRegistrar(f *testing.F) {
	const head = "\r\nVia: {via}\r\nFrom: {from}\r\nTo: <sip:201@10.0.0.2>;tag=t\r\nCall-ID: {call}\r\nCSeq: {cseq} REGISTER\r\nContent-Length: 0\r\n"
	for _, m := range []string{
		"200 OK" + head + "Contact: {contact};expires=60;pub-gruu=\"sip:201@10.0.0.2;gr=x\";temp-gruu=\"sip:t@10.0.0.2;gr\"\r\nRequire: outbound\r\nFlow-Timer: 30\r\nService-Route: <sip:10.0.0.2;lr>, \"E, f\" <sip:10.0.0.2;lr>\r\n",
		"200 OK" + head + "Contact: {contact};expires=60, <sip:201@10.9.9.9>;expires=5\r\nAllow-Events: reg\r\nP-Associated-URI: <sip:201@10.0.0.2>\r\nDate: x\r\n",
		"200 OK" + head + "Contact: *\r\nPath: <sip:p;lr>\r\nAuthentication-Info: nextnonce=\"n\", qop=auth, rspauth=\"0\", cnonce=\"c\", nc=1\r\n",
		"200 OK" + head + "Expires: 0\r\n",
		"301 Moved" + head + "Contact: <sip:10.0.0.2;transport=udp>;q=0.3, <sips:10.0.0.3>, <sip:[::1]:1;maddr=10.0.0.2>\r\n",
		"305 Proxy" + head + "Contact: <sip:10.0.0.2:5060;lr>\r\n",
		"401 Login" + head + "WWW-Authenticate: Digest realm=\"a\\\"b\", nonce=\"n\", qop=\"auth-int,auth\", algorithm=SHA-256-sess, opaque=\"\", stale=TRUE, domain=\"/\"\r\nWWW-Authenticate: Basic realm=x\r\n",
		"423 Brief" + head + "Min-Expires: 7200\r\n",
		"420 Bad" + head + "Unsupported: outbound, path\r\n",
		"503 Busy" + head + "Retry-After: 18000 (x);duration=60\r\n",
		"403 No" + head + "Warning: 399 x \"why \\\" not\"\r\n",
		"100 Trying" + head,
	} {
		f.Add([]byte("SIP/2.0 " + m + "\r\n"))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		synctest.Test(t, func(t *testing.T) {
			w := newCable()
			p := peerOn(t, w, "10.0.0.2:5060")
			acc := home()
			acc.Outbound = true
			cfg := config(acc)
			cfg.Resolver, cfg.Instance = names{}, "urn:uuid:00000000-0000-1000-8000-000a95a0e128"
			a := startOn(t, w, cfg)
			req := p.request("REGISTER")
			p.throw(b, "{via}", req.Via().Value(), "{from}", req.From().Value(), "{call}", req.CallID().Value(),
				"{cseq}", fmt.Sprint(req.CSeq().SeqNo), "{contact}", "<"+req.Contact().Address.String()+">")
			well(t, a, p)
			a.do(Dial{Call: 1, Target: "202"})
			overcome(t, a, p, 1)
			for m := p.next(24 * time.Hour); ; m = p.next(24 * time.Hour) {
				if req, ok := m.(*sip.Request); ok && req.Method == sip.REGISTER {
					return
				}
				if m != nil {
					continue
				}
				refused := false
				a.inside(func() { refused = a.lines[0].bindings[0].reg.Phase == registration.Refused })
				if !refused {
					t.Fatal("the phone registers no more")
				}
				return
			}
		})
	})
}

// FuzzFromServer has the account's own server say what the fuzzer likes, from outside any
// call and in the phone's subscriptions: of it the phone believes the most.
func FuzzFromServer(f *testing.F) {
	crlf := strings.NewReplacer("\n", "\r\n").Replace
	const to = " sip:201@10.0.0.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK-f\r\nMax-Forwards: 70\r\nContact: <sip:peer@10.0.0.2>\r\n"
	fresh := func(method, lines, kind, body string) []byte {
		return fmt.Appendf(nil, "%s%sFrom: \"Bert\" <sip:203@10.0.0.2>;tag=s\r\nTo: <sip:201@10.0.0.2>\r\nCall-ID: f\r\nCSeq: 1 %s\r\n%sContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s",
			method, to, method, lines, kind, len(body), body)
	}
	notify := func(id, pkg, state, kind, body string) []byte {
		return fmt.Appendf(nil, "NOTIFY%sFrom: <sip:x@10.0.0.2>;tag=peer\r\nTo: <sip:201@10.0.0.2>;tag={tag%s}\r\nCall-ID: {call%s}\r\nCSeq: 7 NOTIFY\r\nEvent: %s\r\nSubscription-State: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s",
			to, id, id, pkg, state, kind, len(body), body)
	}
	for _, m := range [][]byte{
		fresh("INVITE", "Diversion: \"A\" <sip:204@10.0.0.2>;reason=busy;privacy=off\r\nHistory-Info: <sip:205@10.0.0.2?Reason=SIP%3Bcause%3D302>;index=1, <sip:201@10.0.0.2>;index=1.1\r\nP-Asserted-Identity: <tel:+49>\r\n"+
			"Alert-Info: <http://x/Bellcore-dr3>;info=alert-group\r\nCall-Info: <sip:x>;answer-after=2\r\n", "application/sdp", crlf(described("sendrecv"))),
		fresh("INVITE", "Replaces: a;to-tag=b;from-tag=c;early-only\r\nRequire: replaces\r\nPrivacy: id;critical\r\nAnswer-Mode: Auto;require\r\n", "multipart/mixed;boundary=b", crlf("--b\nContent-Type: application/sdp\n\n"+described("sendonly")+"\n--b--\n")),
		fresh("INVITE", "Session-Expires: 90;refresher=uac\r\nSupported: timer, 100rel, from-change\r\nRemote-Party-ID: \"R\" <sip:206@10.0.0.2>;privacy=full;screen=yes\r\n", "text/x", ""),
		fresh("REFER", "Refer-To: <sip:203@10.0.0.2?Replaces=a>\r\nTarget-Dialog: a;local-tag=b;remote-tag=c\r\n", "text/x", ""),
		fresh("NOTIFY", "Event: message-summary\r\nSubscription-State: active\r\n", summaryType, twoMessages),
		notify("m", "message-summary", "active;expires=100", summaryType, crlf(twoMessages)),
		notify("m", "message-summary", "terminated;reason=deactivated;retry-after=99999999999", summaryType, ""),
		notify("d", "dialog", "active;expires=0", dialogType, `<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="1" state="partial" entity="sip:202@x"><dialog id="a" call-id="c" local-tag="l" remote-tag="r" direction="recipient"><state event="x">early</state></dialog></dialog-info>`),
		notify("d", "dialog", "pending", "multipart/related;boundary=b;type=\"application/rlmi+xml\"", "--b\r\n\r\n--b--"),
		notify("d", "dialog", "terminated;reason=giveup", "", ""),
	} {
		f.Add(m)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		attending(t, func(c *Config) {
			asked(c)
			c.Watches = []account.Watch{{Number: "202", Label: "Anna", Kind: account.WatchLine}}
		}, func(t *testing.T, a *phone, n *notifier) {
			known := []string{}
			for range 2 {
				req := n.request("SUBSCRIBE")
				id := text(req, "Event")[:1]
				tag, _ := req.From().Params.Get("tag")
				known = append(known, "{tag"+id+"}", tag, "{call"+id+"}", req.CallID().Value())
				n.answer(req, 200, "", "", "Expires: 600", "Contact: <sip:notifier@10.0.0.2:5060>")
			}
			n.throw(b, known...)
			well(t, a, n.peer)
			n.throw(b, known...) // a repeat, after something else
			well(t, a, n.peer)
			n.passes(10 * time.Minute)
			well(t, a, n.peer)
		})
	})
}

// passes lets time go by, in which nothing is answered but registrations.
func (n *notifier) passes(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		if req, ok := n.next(time.Until(end)).(*sip.Request); ok && req.Method == sip.REGISTER && n.verify(req) == digest.Granted {
			n.grant(req, 600)
		}
	}
}
