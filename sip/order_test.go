package sip

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

// What is wrong first, in the order of RFC 3261 §8.2, is what is answered.
func TestOrderOfRefusals(t *testing.T) {
	broken := strings.Replace(described("sendrecv"), "RTP/AVP 8 101\na=rtpmap:8 PCMA/8000", "RTP/AVP 99 101\na=rtpmap:99 X-NONE/8000", 1)
	for _, c := range []struct {
		name, method, uri, body string
		lines                   []string
		code                    int
	}{
		{"method before Require", "FROBNICATE", "sip:201@10.0.0.1", "", []string{"Require: x"}, 501},
		{"method before Require, known", "PUBLISH", "sip:201@10.0.0.1", "", []string{"Require: x"}, 405},
		{"scheme before user", "INVITE", "tel:999", broken, []string{"Require: x"}, 416},
		{"Require before body", "INVITE", "sip:201@10.0.0.1", broken, []string{"Require: x", "Content-Encoding: gzip"}, 420},
		{"encoding before codecs", "INVITE", "sip:201@10.0.0.1", broken, []string{"Content-Encoding: gzip"}, 415},
		{"timer before codecs", "INVITE", "sip:201@10.0.0.1", broken, []string{"Supported: timer", "Session-Expires: 30"}, 422},
		{"codecs", "INVITE", "sip:201@10.0.0.1", broken, nil, 488},
		{"Require in a dialog that is not", "UPDATE", "sip:201@10.0.0.1", "", []string{"Require: x"}, 420},
		{"no such dialog", "UPDATE", "sip:201@10.0.0.1", "", nil, 481},
		{"Join required (RFC 3911 §4)", "INVITE", "sip:201@10.0.0.1", described("sendrecv"), []string{"Require: join", "Join: a@b;to-tag=1;from-tag=2"}, 420},
	} {
		t.Run(c.name, func(t *testing.T) {
			incoming(t, func(t *testing.T, a *phone, p *peer) {
				x := &incomingCall{p: p, callID: "o@peer", seq: 1}
				x.send(c.method, c.uri, "z9hG4bK-o", 1, c.body, c.lines...)
				p.response(c.code)
				a.quiet(100 * time.Millisecond)
			})
		})
	}
	// A Join that nobody requires is a header like any other: the call rings.
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		p.invite(described("sendrecv"), "Join: a@b;to-tag=1;from-tag=2")
		want[Incoming](a)
	})
}

func parts(kind string, parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		fmt.Fprintf(&b, "--bb\n%s\n", p)
	}
	return strings.ReplaceAll(b.String()+"--bb--\n", "\n", "\r\n")
}

// Bodies of several parts, and foreign ones (RFC 5621 §3, RFC 3261 §20.11).
func TestUnwrap(t *testing.T) {
	sdp := "Content-Type: application/sdp\n\n" + described("sendrecv")
	isup := "Content-Type: application/isup;version=x\nContent-Disposition: signal;handling=optional\n\n\x01\x02"
	must := "Content-Type: application/x\nContent-Disposition: signal;handling=required\n\nx"
	for _, c := range []struct {
		name, headers, body string
		want                string // "sdp", "nothing" or "as it was"
	}{
		{"one description", "Content-Type: application/sdp", described("sendrecv"), "as it was"},
		{"with ISUP", "Content-Type: multipart/mixed;boundary=bb", parts("", sdp, isup), "sdp"},
		{"behind ISUP", "c: multipart/mixed; boundary=\"bb\"", parts("", isup, sdp), "sdp"},
		{"with what must be understood", "Content-Type: multipart/mixed;boundary=bb", parts("", sdp, must), "as it was"},
		{"without a description", "Content-Type: multipart/mixed;boundary=bb", parts("", isup), "as it was"},
		{"no boundary", "Content-Type: multipart/mixed", parts("", sdp), "as it was"},
		{"in base64", "Content-Type: multipart/mixed;boundary=bb", parts("", "Content-Transfer-Encoding: base64\n"+sdp), "as it was"},
		{"foreign, optional", "Content-Type: application/x\r\nContent-Disposition: signal;handling=optional", "x", "nothing"},
		{"foreign", "Content-Type: application/x", "x", "as it was"},
	} {
		m, err := sip.ParseMessage([]byte("INVITE sip:201@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:201@h>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n" +
			c.headers + fmt.Sprintf("\r\nContent-Length: %d\r\n\r\n", len(c.body)) + c.body))
		if err != nil {
			t.Fatal(err)
		}
		unwrap(m)
		kind, body := text(m, "Content-Type"), string(m.Body())
		got := "as it was"
		switch {
		case body == "" && kind == "":
			got = "nothing"
		case body != c.body && kind == accepts && strings.HasPrefix(body, "v=0\r\n"):
			got = "sdp"
		case body != c.body:
			got = kind + ": " + body
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// An INVITE of two parts rings and is answered; so is a 200 of two parts.
func TestCallOfManyParts(t *testing.T) {
	both := parts("", "Content-Type: application/isup\n\nx", "Content-Type: application/sdp\n\n"+described("sendrecv"))
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		p.raw("INVITE sip:201@10.0.0.1:5060 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKm\nFrom: <sip:1@x>;tag=1\n" +
			"To: <sip:201@x>\nCall-ID: m\nCSeq: 1 INVITE\nMax-Forwards: 70\nContact: <sip:1@10.0.0.2:5060>\n" +
			fmt.Sprintf("Content-Type: multipart/mixed;boundary=bb\nContent-Length: %d\n\n", len(both)) + both)
		a.do(Accept{Call: want[Incoming](a).Call})
		p.response(200)
		if e := want[Answered](a); e.Agreed.RTP.Port() != 7000 {
			t.Errorf("%+v", e)
		}
	})
}

// No body, however nested, is read beyond its bounds.
func FuzzUnwrap(f *testing.F) {
	f.Add("multipart/mixed;boundary=bb", parts("", "Content-Type: application/sdp\n\nv=0\n"))
	f.Add("multipart/mixed;boundary=bb", "--bb\n--bb\n--bb--")
	f.Fuzz(func(t *testing.T, kind, body string) {
		req := sip.NewRequest(sip.INVITE, sip.Uri{Scheme: "sip", Host: "h"})
		req.AppendHeader(&sip.CSeqHeader{SeqNo: 1, MethodName: sip.INVITE})
		req.AppendHeader(sip.NewHeader("Content-Type", kind))
		req.SetBody([]byte(body))
		unwrap(req)
		if len(req.Body()) > len(body) {
			t.Errorf("%d octets of %d", len(req.Body()), len(body))
		}
	})
}
