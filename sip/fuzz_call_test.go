package sip

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/ingress"
)

// overcome ends a call whatever was said in it before, and sees that the phone is well: it
// answers, and it tells the end. The far end says nothing any more. What was sent to it
// could be parsed, or the peer has told so; what was reserved is given back, or the end of
// the phone will tell.
func overcome(t *testing.T, a *phone, p *peer, id CallID) {
	t.Helper()
	well(t, a, p)
	a.Do(HangUp{Call: id})
	limit := time.After(5 * time.Minute)
	for {
		select {
		case e := <-a.Events():
			if e, ok := e.(Ended); ok && e.Call == id {
				return
			}
			if e, ok := e.(Referred); ok { // whatever it names is called
				a.Do(Follow{Call: 99, Of: e.Call})
				a.Do(HangUp{Call: 99})
			}
		case <-p.msgs: // unanswered
		case <-limit:
			t.Fatal("the call does not end")
		}
	}
}

// asked is an account with all that its server may say and ask.
func asked(c *Config) {
	acc := &c.Accounts[0]
	acc.Intercom, acc.DistinctiveRing, acc.Messages, acc.SRTP = true, true, true, account.SRTPPreferred
	c.Resolver = names{}
}

// throw sends a message of the fuzzer's, with what a peer knows of its dialog filled in. What
// does not pass ingress never gets to a call: FuzzIngress has that.
func (p *peer) throw(b []byte, known ...string) {
	m := strings.NewReplacer(known...).Replace(string(b))
	if ingress.Inspect([]byte(m), false).OK() {
		_, _ = p.conn.WriteTo([]byte(m), p.to)
	}
}

// FuzzInACall sends what the fuzzer likes to a phone in a call, from the far end and with
// the dialog's tags: no request inside a call hurts the phone, and the call can be ended.
func FuzzInACall(f *testing.F) {
	head := " {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK-f\r\nFrom: <sip:peer@example.com>;tag=peer\r\nTo: <sip:201@example.com>;tag={tag}\r\n" +
		"Call-ID: {call}\r\nMax-Forwards: 70\r\nContact: <sip:peer@10.0.0.2>\r\nCSeq: 2 "
	crlf := strings.NewReplacer("\n", "\r\n").Replace
	for _, m := range []struct{ method, lines, body string }{
		{"INVITE", "Content-Type: application/sdp\r\nSession-Expires: 90;refresher=uas\r\nSupported: timer, replaces\r\n", crlf(described("sendonly"))},
		{"INVITE", "Content-Type: application/sdp\r\n", crlf(described("inactive") + "a=rtcp-mux\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\na=ptime:40\nm=video 0 RTP/AVP 96\n")},
		{"INVITE", "", ""},
		{"UPDATE", "P-Asserted-Identity: \"B\" <sip:b@c>\r\nSession-Expires: 1800\r\n", ""},
		{"PRACK", "RAck: 1 1 INVITE\r\n", ""},
		{"INFO", "Content-Type: application/dtmf-relay\r\n", "Signal=5\r\nDuration=160\r\n"},
		{"MESSAGE", "Content-Type: multipart/mixed;boundary=b\r\n", "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n"},
		{"REFER", "Refer-To: <sip:203@10.0.0.2?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>\r\nReferred-By: <sip:peer@example.com>\r\n", ""},
		{"NOTIFY", "Event: refer\r\nSubscription-State: terminated;reason=noresource\r\nContent-Type: message/sipfrag\r\n", "SIP/2.0 200 OK\r\n"},
		{"BYE", "Reason: Q.850;cause=16;text=\"x\"\r\n", ""},
		{"OPTIONS", "Require: x, y\r\n", ""},
	} {
		f.Add([]byte(m.method + head + m.method + "\r\n" + m.lines + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(m.body), m.body)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		attending(t, asked, func(t *testing.T, a *phone, n *notifier) {
			n.answer(n.request("SUBSCRIBE"), 489, "", "")
			c, id := talkingVia(t, a, n.registrar)
			n.throw(b, "{uri}", c.target, "{tag}", c.to, "{call}", c.callID)
			overcome(t, a, n.peer, id)
		})
	})
}

// FuzzAnswers answers a call of the phone's with what the fuzzer likes: whatever a server
// says, the user can hang up.
func FuzzAnswers(f *testing.F) {
	head := "\r\nVia: {via}\r\nFrom: {from}\r\nTo: <sip:202@10.0.0.2>;tag=t\r\nCall-ID: {call}\r\nCSeq: {cseq} INVITE\r\n"
	crlf := strings.NewReplacer("\n", "\r\n").Replace
	for _, m := range []struct{ line, lines, body string }{
		{"183 Progress", "Contact: <sip:b@10.0.0.2>\r\nRequire: 100rel\r\nRSeq: 7\r\nContent-Type: application/sdp\r\nP-Asserted-Identity: \"B\" <sip:b@c>\r\n", crlf(described("sendrecv"))},
		{"200 OK", "Contact: <sip:b@10.0.0.2>\r\nRecord-Route: <sip:10.0.0.2;lr>\r\nSession-Expires: 90;refresher=uac\r\nRequire: timer\r\nContent-Type: application/sdp\r\n", crlf(described("sendrecv"))},
		{"200 OK", "Contact: <tel:+1>\r\nContent-Type: multipart/mixed;boundary=b\r\n", "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b--\r\n"},
		{"302 Moved", "Contact: <sip:203@10.0.0.2>;q=0.5, <sips:x@y>;q=NaN\r\nDiversion: <sip:a@b>\r\n", ""},
		{"305 Use Proxy", "Contact: <sip:10.0.0.2;lr>\r\n", ""},
		{"407 Login", "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth,auth-int\", algorithm=SHA-512-256\r\n", ""},
		{"422 Small", "Min-SE: 3600\r\n", ""},
		{"480 Gone", "Retry-After: 300 (x)\r\nReason: Q.850;cause=18;text=\"no \\\"user\\\"\"\r\nWarning: 399 x \"why\"\r\n", ""},
		{"491 Pending", "", ""},
		{"199 Early Dialog Terminated", "Reason: SIP;cause=486\r\n", ""},
		{"503 Busy", "Retry-After: 99999999999999999999\r\n", ""},
	} {
		f.Add([]byte("SIP/2.0 " + m.line + head + m.lines + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(m.body), m.body)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		attending(t, asked, func(t *testing.T, a *phone, n *notifier) {
			n.answer(n.request("SUBSCRIBE"), 489, "", "")
			a.do(Dial{Call: 1, Target: "202"})
			inv := n.request("INVITE")
			n.throw(b, "{via}", inv.Via().Value(), "{from}", inv.From().Value(), "{call}", inv.CallID().Value(), "{cseq}", fmt.Sprint(inv.CSeq().SeqNo))
			overcome(t, a, n.peer, 1)
		})
	})
}
