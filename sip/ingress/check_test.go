package ingress

import (
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"
)

// parsed is what sipgo makes of a good request with one line changed.
func parsed(t *testing.T, old, new string) *sip.Request {
	t.Helper()
	msg, err := sip.ParseMessage(change(old, new))
	if err != nil {
		t.Fatalf("%q for %q: %v", new, old, err)
	}
	return msg.(*sip.Request)
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		old, new string
		want     int
		words    string
	}{
		{"CSeq", "CSeq", 0, ""},
		{"SIP/2.0\r\n", "SIP/7.0\r\n", 505, "Version Not Supported"},
		{"sip:201@192.0.2.1 ", "tel:+4930 ", 0, ""},
		{"sip:201@192.0.2.1 ", "http://192.0.2.1 ", 416, "Unsupported URI Scheme"},
		{"sip:201@192.0.2.1 ", "sip:201@192.0.2.1?Route=x ", 400, "Headers In Request-URI"},
		{"sip:201@192.0.2.1 ", "sip:2\"1@192.0.2.1 ", 400, "Malformed Request-URI"},
		{"OPTIONS sip", "OPT(IONS sip", 400, "Malformed Request Line"},
		{"To: <sip:201@192.0.2.1>\r\n", "", 400, "Missing To"},
		{"From: <sip:a@192.0.2.9>;tag=1\r\n", "", 400, "Missing From"},
		{"Call-ID: c1\r\n", "", 400, "Missing Call-ID"},
		{"CSeq: 1 OPTIONS\r\n", "", 400, "Missing CSeq"},
		{"CSeq: 1 OPTIONS", "CSeq: 1 OPTIONS\r\nCSeq: 2 OPTIONS", 400, "Repeated CSeq"},
		{"CSeq: 1 OPTIONS", "CSeq: 1 INVITE", 400, "CSeq Method Differs"},
		{"CSeq: 1 O", "Max-Forwards: 256\r\nCSeq: 1 O", 400, "Malformed Max-Forwards"},
		{"CSeq: 1 O", "Max-Forwards: 5\r\nMax-Forwards: 5\r\nCSeq: 1 O", 400, "Repeated Max-Forwards"},
		{"Content-Length: 0", "Content-Length: 0\r\nl: 0", 400, "Repeated Content-Length"},
		{"branch=z9hG4bK1", "branch=z9hG4bK", 400, "Malformed Branch"},
		{"192.0.2.9:5060;rport", ";rport", 400, "Malformed Via"},
		{"CSeq: 1 O", "Contact: <sip:a@b c>\r\nCSeq: 1 O", 400, "Malformed Contact"},
		{"CSeq: 1 O", "Contact: *\r\nCSeq: 1 O", 0, ""},
		{"CSeq: 1 O", "Record-Route: <sip:a@[::1]:5060;lr>\r\nCSeq: 1 O", 0, ""},
	} {
		status, words := Check(parsed(t, c.old, c.new))
		if status != c.want || words != c.words {
			t.Errorf("%q for %q: %d %q, want %d %q", c.new, c.old, status, words, c.want, c.words)
		}
	}
	if status, _ := Check(parsed(t, "Via: SIP/2.0/UDP 192.0.2.9:5060;rport;branch=z9hG4bK1\r\n", "")); status != -1 {
		t.Errorf("nobody to answer to: %d", status)
	}
}

func TestCheckResponse(t *testing.T) {
	good := strings.Replace(string(options(1)), "OPTIONS sip:201@192.0.2.1 SIP/2.0", "SIP/2.0 200 OK", 1)
	for _, c := range []struct {
		old, new, words string
	}{
		{"200", "200", ""},
		{"200", "099", "Malformed Status Line"},
		{"200", "700", "Malformed Status Line"},
		{"SIP/2.0 200", "SIP/3.0 200", "Malformed Status Line"},
		{"Call-ID: c1\r\n", "", "Missing Call-ID"},
		{"Call-ID: c1\r\n", "Call-ID: c1\r\nCall-ID: c2\r\n", "Repeated Call-ID"},
		{"Via: SIP/2.0/UDP 192.0.2.9:5060;rport;branch=z9hG4bK1\r\n", "", "Missing Via"},
	} {
		msg, err := sip.ParseMessage([]byte(strings.Replace(good, c.old, c.new, 1)))
		if err != nil {
			t.Fatalf("%q: %v", c.new, err)
		}
		if ok, words := CheckResponse(msg.(*sip.Response)); ok != (c.words == "") || words != c.words {
			t.Errorf("%q for %q: %v %q, want %q", c.new, c.old, ok, words, c.words)
		}
	}
}

func TestUnsupported(t *testing.T) {
	req := parsed(t, "CSeq", "Require: 100rel, , timer\r\nRequire: (bad), gruu\r\nCSeq")
	if got := strings.Join(Unsupported(req, "Timer"), " "); got != "100rel gruu" {
		t.Errorf("%q", got)
	}
	req.Method = sip.ACK // RFC 3261 §8.2.2.3
	if got := Unsupported(req); got != nil {
		t.Errorf("of an ACK: %q", got)
	}
}
