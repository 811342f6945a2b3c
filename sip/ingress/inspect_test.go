package ingress

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"
)

// change replaces one line of a good request.
func change(old, new string) []byte {
	b := string(options(1))
	if !strings.Contains(b, old) {
		panic(old)
	}
	return []byte(strings.Replace(b, old, new, 1))
}

func TestInspect(t *testing.T) {
	const to = "To: <sip:201@192.0.2.1>"
	for _, c := range []struct {
		name    string
		message []byte
		want    int
		words   string
	}{
		{"as it is", options(1), 0, ""},
		{"lower case version", change("SIP/2.0\r\n", "sip/2.0\r\n"), 0, ""},
		{"lower case method", change("OPTIONS sip", "options sip"), 501, "Not Implemented"},
		{"version 3", change("SIP/2.0\r\n", "SIP/3.0\r\n"), 505, "Version Not Supported"},
		{"no version", change(" SIP/2.0\r\nVia", " SIP/x\r\nVia"), 400, "Malformed Version"},
		{"tel URI", change("sip:201@192.0.2.1 ", "tel:+49301234567 "), 0, ""},
		{"mail URI", change("sip:201@192.0.2.1 ", "mailto:a@b "), 416, "Unsupported URI Scheme"},
		{"no URI", change("sip:201@192.0.2.1 ", "201 "), 400, "Malformed Request-URI"},
		{"port 0", change("sip:201@192.0.2.1 ", "sip:201@192.0.2.1:0 "), 400, "Malformed Request-URI"},
		{"two ats", change("sip:201@192.0.2.1 ", "sip:2@1@192.0.2.1 "), 400, "Malformed Request-URI"},
		{"half an escape", change("sip:201@192.0.2.1 ", "sip:20%1@192.0.2.1 "), 400, "Malformed Request-URI"},
		{"comma in an unquoted name", change(to, "To: Bell, Alexander <sip:201@192.0.2.1>"), 400, "Malformed To"},
		{"name", change(to, "To: Alexander Bell <sip:201@192.0.2.1>"), 0, ""},
		{"quoted name", change(to, `t: "Bell, \"A\"" <sip:201@192.0.2.1>;x="a;b";y=1`), 0, ""},
		{"open quote", change(to, `To: "Bell <sip:201@192.0.2.1>`), 400, "Malformed To"},
		{"open bracket", change(to, "To: <sip:201@192.0.2.1"), 400, "Malformed To"},
		{"text after", change(to, "To: <sip:201@192.0.2.1> x"), 400, "Malformed To"},
		{"empty parameter", change(to, "To: <sip:201@192.0.2.1>;;tag=1"), 400, "Malformed To"},
		{"parameter without value", change(to, "To: <sip:201@192.0.2.1>;tag="), 400, "Malformed To"},
		{"no To", change(to+"\r\n", ""), 400, "Missing To"},
		{"two To", change(to, to+"\r\n"+to), 400, "Repeated To"},
		{"two by short name", change(to, to+"\r\nt: <sip:x>"), 400, "Repeated To"},
		{"no Via", change("Via: SIP/2.0/UDP 192.0.2.9:5060;rport;branch=z9hG4bK1\r\n", ""), 400, "Missing Via"},
		{"Via without host", change("UDP 192.0.2.9:5060;", "UDP ;"), 400, "Malformed Via"},
		{"Via port", change("192.0.2.9:5060;", "192.0.2.9:99999;"), 400, "Malformed Via"},
		{"empty branch", change("branch=z9hG4bK1", "branch=z9hG4bK"), 400, "Malformed Branch"},
		{"CSeq without method", change("CSeq: 1 OPTIONS", "CSeq: 1"), 400, "Malformed CSeq"},
		{"CSeq of 2^31", change("CSeq: 1 O", "CSeq: 2147483648 O"), 400, "Malformed CSeq"},
		{"CSeq of another method", change("CSeq: 1 O", "CSeq: 1 XO"), 400, "CSeq Method Differs"},
		{"Call-ID with a space", change("Call-ID: c1", "Call-ID: c 1"), 400, "Malformed Call-ID"},
		{"Max-Forwards", change("CSeq", "Max-Forwards: 256\r\nCSeq"), 400, "Malformed Max-Forwards"},
		{"Contact", change("CSeq", "Contact: <sip:a@b>;q=0.5, sip:c@d\r\nCSeq"), 0, ""},
		{"Contact with bare headers", change("CSeq", "Contact: sip:a@b?Route=c\r\nCSeq"), 400, "Malformed Contact"},
		{"star", change("CSeq", "Contact: *\r\nCSeq"), 0, ""},
		{"Route without brackets", change("CSeq", "Route: a\r\nCSeq"), 400, "Malformed Route"},
		{"no colon", change("CSeq", "nonsense\r\nCSeq"), 400, "Malformed Header Line"},
		{"name with a space inside", change("CSeq", "X Y: z\r\nCSeq"), 400, "Malformed Header Line"},
		{"bare LF", change("Call-ID: c1", "Call-ID: c1\nX: y"), 400, "Bare CR Or LF"},
		{"folded", change("CSeq: 1 O", "CSeq:\r\n 1\r\n\t O"), 0, ""},
		{"fold before any header", change("Via", " Via"), 400, "Folded First Line"},
		{"header lines without end", change("CSeq", strings.Repeat("X: y\r\n", MaxLines)+"CSeq"), 400, "Too Many Header Lines"},
		{"body cut", change("Content-Length: 0", "Content-Length: 5"), 400, "Message Shorter Than Content-Length"},
		{"trailing octets", append(options(1), "xyz"...), 0, ""},
		{"length not a number", change("Content-Length: 0", "Content-Length: +0"), 400, "Malformed Content-Length"},
		{"header not closed", bytes.TrimSuffix(options(1), []byte("\r\n")), 400, "No End Of Header"},
	} {
		f := Inspect(c.message, false)
		if f.Status != c.want || f.Words != c.words {
			t.Errorf("%s: %+v, want %d %s", c.name, f, c.want, c.words)
		}
	}
	if f := Inspect(change("Content-Length: 0\r\n", ""), true); !f.Lost || f.Status != 400 {
		t.Errorf("no Content-Length on a stream: %+v", f)
	}
}

func TestNeverAnswered(t *testing.T) {
	for name, b := range map[string][]byte{
		"a response": []byte("SIP/2.0 2000 OK\r\n\r\n"),
		"an ACK":     []byte("ACK sip:a SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n\r\n"),
	} {
		f := Inspect(b, false)
		if !f.Drop || f.OK() || Refusal(b, f, stranger) != nil {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if r := Refusal([]byte("OPTIONS sip:a SIP/2.0\r\n\r\n"), Finding{Status: 400, Words: "x"}, stranger); r != nil {
		t.Errorf("a request without Via was answered: %s", r)
	}
}

// What names no sender in its topmost Via is answered by nothing; odd parameters are its own.
func TestRefusalNeedsASender(t *testing.T) {
	for via, answered := range map[string]bool{
		"SIP/2.0/UDP 192.0.2.9;;,;,,": true, "SIP / 2.0 / UDP  192.0.2.9 ;branch=": true, "SIP/2.0/UDP [::1]:5060, nonsense": true,
		"": false, ";branch=z9hG4bK1": false, "SIP/2.0/UDP": false, "SIP/2.0/UDP ;rport": false, ", SIP/2.0/UDP 192.0.2.9": false, "\x00": false,
	} {
		b := []byte("OPTIONS sip:a SIP/2.0\r\nVia: " + via + "\r\n\r\n")
		if got := Refusal(b, Finding{Status: 400, Words: "x"}, stranger); (got != nil) != answered {
			t.Errorf("%q: %q", via, got)
		}
	}
}

func TestRefusalText(t *testing.T) {
	b := change("CSeq: 1 O", "CSeq: 1 XO")
	got := string(Refusal(b, Inspect(b, false), netip.MustParseAddrPort("192.0.2.7:4444")))
	want := strings.ReplaceAll(`SIP/2.0 400 CSeq Method Differs
Via: SIP/2.0/UDP 192.0.2.9:5060;rport=4444;branch=z9hG4bK1;received=192.0.2.7
From: <sip:a@192.0.2.9>;tag=1
To: <sip:201@192.0.2.1>;tag=TAG
Call-ID: c1
CSeq: 1 XOPTIONS
Content-Length: 0

`, "\n", "\r\n")
	_, tag, _ := strings.Cut(got, "192.0.2.1>;tag=")
	tag, _, _ = strings.Cut(tag, "\r\n")
	if got != strings.Replace(want, "TAG", tag, 1) || len(tag) < 6 {
		t.Errorf("got %s", got)
	}
	if again := string(Refusal(b, Inspect(b, false), netip.MustParseAddrPort("192.0.2.7:4444"))); again != got {
		t.Error("a repeated request gets another answer")
	}
}

func TestCheckTellsAcksApart(t *testing.T) {
	msg, err := sip.ParseMessage([]byte("ACK sip:a SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := Check(msg.(*sip.Request)); status != -1 {
		t.Errorf("%d", status)
	}
	if ok, why := CheckResponse(sip.NewResponse(99, "x")); ok || why == "" {
		t.Error("a response 99 passes")
	}
}

func TestSqueeze(t *testing.T) {
	for in, want := range map[string]string{
		"SIP  / 2.0\t/ UDP   192.0.2.2 ; branch = x": "SIP/2.0/UDP 192.0.2.2;branch=x",
		`"A ; B"   <sip:a ; b> ; tag = 1`:            `"A ; B" <sip:a ; b>;tag=1`,
		`"\" ; "  <sip:a> , <sip:b>`:                 `"\" ; " <sip:a>,<sip:b>`,
		"0009   INVITE":                              "0009 INVITE",
	} {
		if got := squeeze(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// Nothing that comes from the network makes the way up to the agent panic, and what our
// strict reading accepts, the parser accepts too.
func FuzzIngress(f *testing.F) {
	for name := range tortured {
		f.Add(wireFile(f, name))
	}
	f.Add(options(1))
	f.Fuzz(func(t *testing.T, b []byte) {
		kind(b)
		finding := Inspect(b, false)
		if !finding.OK() {
			if r := Refusal(b, finding, stranger); r != nil {
				if finding.Drop || len(r) > len(b)+512 || !bytes.HasPrefix(r, []byte("SIP/2.0 ")) || !bytes.Contains(r, []byte("\r\nVia: ")) {
					t.Fatalf("%+v answered with %q", finding, r)
				}
				if bytes.Contains(bytes.ReplaceAll(r, []byte("\r\n"), nil), []byte("\n")) {
					t.Fatalf("bare LF in %q", r)
				}
			}
		}
		Inspect(b, true)
		frame(b, 0)
		own := bytes.Clone(b)
		m, bad := scan(own)
		if m.inspect(bad, false).OK() {
			own = own[:m.tidy(own, len(own))]
			if f := Inspect(own, false); !f.OK() {
				t.Fatalf("tidied, it is refused: %+v\n%q\n%q", f, b, own)
			}
		}
		msg, err := sip.ParseMessage(own)
		if err != nil {
			return
		}
		switch msg := msg.(type) {
		case *sip.Request:
			Check(msg)
			Unsupported(msg)
		case *sip.Response:
			CheckResponse(msg)
		}
	})
}
