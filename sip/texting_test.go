package sip

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/digest"
)

// text sends a MESSAGE to the phone.
func (p *peer) text(kind, body string, lines ...string) {
	p.cseq++
	var b strings.Builder
	fmt.Fprintf(&b, "MESSAGE sip:201@10.0.0.1:5060 SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bK-m%d\n", p.addr(), p.cseq)
	fmt.Fprintf(&b, "From: \"Anna\" <sip:202@10.0.0.2>;tag=m\nTo: <sip:201@10.0.0.2>\nCall-ID: m%d\nCSeq: 1 MESSAGE\nMax-Forwards: 70\n", p.cseq)
	for _, l := range lines {
		b.WriteString(l + "\n")
	}
	crlf := strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\n", "\r\n")
	fmt.Fprintf(&b, "Content-Type: %s\nContent-Length: %d\n\n%s", kind, len(crlf), body)
	p.raw(b.String())
}

func TestTextsComeIn(t *testing.T) {
	attending(t, func(*Config) {}, func(t *testing.T, a *phone, n *notifier) {
		for _, c := range []struct {
			kind, body string
			lines      []string
			code       int
			words      string
		}{
			{kind: "text/plain", body: "Lunch?", code: 200, words: "Lunch?"},
			{kind: "Text/Plain; charset=UTF-8", body: "Grüße\nan \x1balle", code: 200, words: "Grüße\nan alle"},
			{kind: "text/plain;charset=ISO-8859-1", body: "caf\xe9", code: 200, words: "café"},
			{kind: "multipart/alternative; boundary=x", code: 200, words: "plain",
				body: "--x\nContent-Type: text/html\n\n<b>bold</b>\n--x\nContent-Type: text/plain\n\nplain\n--x--\n"},
			{kind: "text/plain", body: strings.Repeat("ä", 700), code: 200, words: strings.Repeat("ä", 500)},
			{kind: "application/im-iscomposing+xml", body: "<isComposing/>", code: 200},
			{kind: "text/html", body: "<b>x</b>", code: 415},
			{kind: "multipart/alternative; boundary=x", body: "--x\nContent-Type: text/html\n\nx\n--x--\n", code: 415},
			{kind: "multipart/alternative", body: "x", code: 400},
			{kind: "text/plain", body: "x", lines: []string{"Content-Encoding: gzip"}, code: 415},
			{kind: "text/plain", body: "caf\xe9", code: 400},
			{kind: "text/plain", body: " \n", code: 400},
			{kind: "text/plain", body: "x", lines: []string{"Require: secrets"}, code: 420},
		} {
			n.text(c.kind, c.body, c.lines...)
			res := n.response(c.code)
			if c.code == 415 && text(res, "Accept") != "text/plain, multipart/alternative" {
				t.Errorf("%v", res)
			}
			if c.words == "" {
				continue
			}
			if e := want[Texted](a); e != (Texted{Name: "Anna", Number: "202", Words: c.words}) {
				t.Errorf("%s: %+v", c.kind, e)
			}
		}
		a.quiet(time.Second)
	})
}

// RFC 3428 §4: a server that has the phone in a call may send its texts there.
func TestTextInACall(t *testing.T) {
	talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
		n := 0
		text := func(kind, body string, code int) *sip.Response {
			t.Helper()
			c.seq++
			n++
			c.sendOf(kind, "MESSAGE", c.target, fmt.Sprintf("z9hG4bK-text%d", n), c.seq, body)
			return p.response(code)
		}
		text("text/plain", "Parking lot 3", 200)
		if e := want[Texted](a); e != (Texted{Name: "Peer", Number: "peer", Words: "Parking lot 3"}) {
			t.Errorf("%+v", e)
		}
		if res := text("text/html", "<b>x</b>", 415); res.GetHeader("Accept") == nil {
			t.Errorf("%v", res)
		}
		c.seq -= 2
		text("text/plain", "late", 500) // RFC 3261 §12.2.2
		c.seq += 2
		a.quiet(time.Second)
		c.in("BYE", "") // the call has stood through it
		p.response(200)
		ended(t, a, 200, "")
	})
}

// Whom the account's own server vouches for is who has sent a text (RFC 3325 §9.2).
func TestTextIsVouchedFor(t *testing.T) {
	attending(t, func(*Config) {}, func(t *testing.T, a *phone, n *notifier) {
		for _, c := range []struct {
			line string
			who  Texted
		}{
			{`P-Asserted-Identity: "Bert" <sip:203@10.0.0.2>`, Texted{Name: "Bert", Number: "203", Words: "x"}},
			{"Privacy: id", Texted{Name: "Anonymous", Words: "x"}},
		} {
			n.text("text/plain", "x", c.line)
			n.response(200)
			if e := want[Texted](a); e != c.who {
				t.Errorf("%s: %+v", c.line, e)
			}
		}
	})
	incoming(t, func(t *testing.T, a *phone, p *peer) { // no server: nobody vouches
		p.text("text/plain", "x", `P-Asserted-Identity: "Bert" <sip:203@10.0.0.2>`)
		p.response(200)
		if e := want[Texted](a); e != (Texted{Name: "Anna", Number: "202", Words: "x"}) {
			t.Errorf("%+v", e)
		}
	})
}

func TestTextRepeatedIsOne(t *testing.T) {
	attending(t, func(*Config) {}, func(t *testing.T, a *phone, n *notifier) {
		n.text("text/plain", "once")
		n.cseq--
		n.response(200)
		n.text("text/plain", "once")
		n.response(200)
		want[Texted](a)
		a.quiet(time.Second)
	})
}

func TestTextsFromStrangersAndFloods(t *testing.T) {
	attending(t, func(*Config) {}, func(t *testing.T, a *phone, n *notifier) {
		stranger := peerOn(t, n.w, "10.0.0.66:5060")
		stranger.text("text/plain", "buy")
		stranger.silent(time.Second)
		taken := 0
		for i := range 30 {
			n.text("text/plain", fmt.Sprint(i))
			m := n.next(time.Second)
			if strings.Contains(brief(m), " 200 ") {
				taken++
				want[Texted](a)
			} else if !strings.Contains(brief(m), " 503 ") {
				t.Errorf("%s", brief(m))
			}
		}
		if taken != textBurst {
			t.Errorf("%d of 30 texts were taken", taken)
		}
		n.wait(3 * textEvery)
		n.text("text/plain", "later")
		n.response(200)
		if e := want[Texted](a); e.Words != "later" {
			t.Errorf("%+v", e)
		}
	})
}

func TestTextsGoOut(t *testing.T) {
	attending(t, func(*Config) {}, func(t *testing.T, a *phone, n *notifier) {
		a.do(SendText{Text: 5, Target: "202", Words: " Call you back\x00 "})
		req := n.request("MESSAGE")
		if req.Recipient.String() != "sip:202@10.0.0.2" || string(req.Body()) != "Call you back" || n.verify(req) != digest.Granted ||
			req.ContentType().Value() != "text/plain;charset=UTF-8" || req.Contact() != nil {
			t.Errorf("%v", req)
		}
		n.answer(req, 202, "", "")
		if e := want[TextDone](a); e != (TextDone{Text: 5, Code: 202}) {
			t.Errorf("%+v", e)
		}
		a.do(SendText{Text: 6, Target: "999", Words: "x"})
		n.answer(n.request("MESSAGE"), 404, "", "")
		if e := want[TextDone](a); e != (TextDone{Text: 6, Code: 404, Words: "No such number"}) {
			t.Errorf("%+v", e)
		}
		for id, bad := range []SendText{{Account: 9, Target: "1", Words: "x"}, {Target: "sip:a b@x", Words: "x"}, {Target: "1", Words: "\x00"}} {
			bad.Text = uint64(id)
			a.do(bad)
			if e := want[TextDone](a); e.Code < 400 || e.Words == "" || e.Text != bad.Text {
				t.Errorf("%+v", e)
			}
		}
		a.do(SendText{Text: 7, Target: "202", Words: "anybody?"})
		n.request("MESSAGE")
		if e := wantWithin[TextDone](a, 20*time.Second); e.Code != 0 || e.Words != "Server not answering" {
			t.Errorf("%+v", e)
		}
	})
}

func TestTextsOutAreBounded(t *testing.T) {
	attending(t, func(*Config) {}, func(t *testing.T, a *phone, n *notifier) {
		for i := range maxTexting + 1 {
			a.do(SendText{Text: uint64(i), Target: "202", Words: "x"})
		}
		if e := want[TextDone](a); e.Text != maxTexting || e.Code != 486 {
			t.Errorf("%+v", e)
		}
	})
}
