package ingress

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// accepts runs a recogniser over texts that it must take and texts that it must not.
func accepts(t *testing.T, name string, is func(string) bool, yes, no []string) {
	t.Helper()
	for _, s := range yes {
		if !is(s) {
			t.Errorf("%s refuses %q", name, s)
		}
	}
	for _, s := range no {
		if is(s) {
			t.Errorf("%s accepts %q", name, s)
		}
	}
}

func TestTokens(t *testing.T) {
	accepts(t, "token", isToken,
		[]string{"INVITE", "a", "!%*_+`'~.-", "z9hG4bK", "100rel"},
		[]string{"", " ", "a b", "a;b", "a/b", "ü", "a\x00", "(a)", "a,b", "a@b", `"a"`})
}

func TestURIs(t *testing.T) {
	accepts(t, "URI", isURI,
		[]string{
			"sip:pbx.home", "SIP:201@pbx.home", "sips:201:pw@pbx.home:5061;transport=tcp", "sip:201@192.0.2.1",
			"sip:[2001:db8::1]:5060", "sip:[::ffff:192.0.2.1]", "sip:a%20b@pbx", "sip:+49301234567@pbx;user=phone",
			"sip:a;b=c@pbx", "sip:a@pbx?Subject=x&Priority=urgent", "tel:+49301234567", "urn:service:sos", "mailto:a@b",
			"sip:under_score.host", "sip:null-%00-null@pbx",
		},
		[]string{
			"", "201", "sip", ":", "sip:", "sip:@pbx", "sip::pw@pbx", "sip:a b@pbx", "sip:<a>@pbx", "sip:a@", "sip:a@b@c",
			"sip:a@pbx:0", "sip:a@pbx:65536", "sip:a@pbx:x", "sip:a@2001:db8::1", "sip:[2001:db8::1", "sip:[gg::1]",
			"sip:[::1%lo]", "sip:[192.0.2.1]", "sip:[::1]x", "sip:a%2@pbx", "sip:a%zz@pbx", "sip:a@p_b;x=%0", "1sip:a", "sip:a\"@pbx",
			"sip:ho st", "sip:host,other", "sip:" + strings.Repeat("h", 256),
		})
}

func TestAddresses(t *testing.T) {
	accepts(t, "address", isAddress,
		[]string{
			"<sip:a@b>", "sip:a@b", "sip:a@b;tag=1", "<sip:a@b;lr>;tag=1", "Anna <sip:a@b>", "Anna Schmidt<sip:a@b>",
			`"Schmidt, Anna" <sip:a@b>`, `"\"" <sip:a@b>`, `"" <sip:a@b>`, "<sip:a@b?x=y>", "<tel:+4930>",
			"<sip:a@b> ; tag = 1 ; x", "<sip:a@b>;x=\"a;b,c>\"", "<sip:a@b>;received=[::1]", "<sip:a@b>;+sip.instance=\"<urn:x>\"",
		},
		[]string{
			"", "a@b", "<>", "<sip:a@b", "sip:a@b>", "<sip:a@b>x", "<sip:a@b>;", "<sip:a@b>;;tag=1", "<sip:a@b>;=1", "<sip:a@b>;tag=",
			"< sip:a@b>", "<sip:a@b >", `"Anna <sip:a@b>`, `"Anna" sip:a@b`, "Schmidt, Anna <sip:a@b>", "Änna <sip:a@b>",
			"sip:a@b?x=y", "sip:a@b,sip:c@d", "Anna sip:a@b", `<sip:a@b>;x="a`, "<sip:a@b>;x=a b",
		})
}

func TestVias(t *testing.T) {
	accepts(t, "Via", isVia,
		[]string{
			"SIP/2.0/UDP pbx.home", "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1", "SIP / 2.0 / TCP [2001:db8::1] : 5060 ; rport",
			"SIP/2.0/UNKNOWN host;x", "SIP/2.0/UDP [::1];received=::1;branch=1", "SIP/2.0/UDP host:5060;received=[::1]",
		},
		[]string{
			"", "SIP/2.0/UDP", "SIP/2.0 UDP host", "SIP/2.0/UDP host;", "SIP/2.0/UDP host;;branch=1", "SIP/2.0/UDP ;branch=1",
			"SIP/2.0/UDP host:0", "SIP/2.0/UDP host:99999", "SIP/2.0/U(P host", "/2.0/UDP host", "SIP//UDP host", "SIP/2.0/UDP 2001:db8::1",
		})
}

func TestCSeqs(t *testing.T) {
	accepts(t, "CSeq", isCSeq,
		[]string{"1 INVITE", "0009   INVITE", "2147483647 ACK", "0 OPTIONS"},
		[]string{"", "INVITE", "1", "-1 INVITE", "1.5 INVITE", "2147483648 INVITE", "99999999999999999999 INVITE", "1 IN VITE", "1 (x)"})
}

func TestListed(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
		ok   bool
	}{
		{"a, b ,c", []string{"a", "b", "c"}, true},
		{`"a,b" <sip:c,d>, e`, []string{`"a,b" <sip:c,d>`, "e"}, true},
		{`"a\",b", c`, []string{`"a\",b"`, "c"}, true},
		{"", []string{""}, true},
		{",", []string{"", ""}, true},
		{`"a, b`, []string{`"a, b`}, false},
		{"<a, b", []string{"<a, b"}, false},
	} {
		got, ok := listed(c.in)
		if d := cmp.Diff(c.want, got); d != "" || ok != c.ok {
			t.Errorf("%q: %v\n%s", c.in, ok, d)
		}
	}
}

func TestScan(t *testing.T) {
	m, bad := scan([]byte("OPTIONS sip:a SIP/2.0\r\nv: SIP/2.0/UDP a,\r\n SIP/2.0/UDP b\r\nSUBJECT : x\r\n\t y\r\nX:\r\n\r\nbody\r\n\r\nmore"))
	if !bad.OK() {
		t.Fatalf("%+v", bad)
	}
	want := []field{
		{"via", "SIP/2.0/UDP a, SIP/2.0/UDP b", "v: SIP/2.0/UDP a, SIP/2.0/UDP b"},
		{"subject", "x y", "SUBJECT : x y"},
		{"x", "", "X:"},
	}
	if d := cmp.Diff(want, m.fields, cmp.AllowUnexported(field{})); d != "" {
		t.Error(d)
	}
	if m.first != "OPTIONS sip:a SIP/2.0" || string(m.body) != "body\r\n\r\nmore" || m.method() != "OPTIONS" || m.isResponse() {
		t.Errorf("%+v", m)
	}
}

func TestFrame(t *testing.T) {
	whole := string(change("Content-Length: 0", "l: 5")) + "12345"
	for _, c := range []struct {
		name, in string
		size     int
		words    string
	}{
		{"nothing", "", 0, ""},
		{"half a line end", "\r", 0, ""},
		{"a line end", "\r\n", 2, ""},
		{"a ping", "\r\n\r\n", 4, ""},
		{"a ping and more", "\r\n\r\n\r\nOPT", 4, ""},
		{"a part of the header", whole[:40], 0, ""},
		{"the header", whole[:len(whole)-5], len(whole), ""},
		{"a part of the body", whole[:len(whole)-1], len(whole), ""},
		{"whole", whole, len(whole), ""},
		{"two", whole + whole, len(whole), ""},
		{"no length", strings.Replace(whole, "l: 5", "x: 5", 1), 0, "Malformed Content-Length"},
		{"a length beyond all bounds", strings.Replace(whole, "l: 5", "l: 65536", 1), 0, "Malformed Content-Length"},
		{"a header beyond all bounds", "OPTIONS sip:a SIP/2.0\r\n" + strings.Repeat("X: yyyy\r\n", MaxHeader/8), 0, "Header Too Large"},
	} {
		size, bad := frame([]byte(c.in), max(strings.Index(c.in, "\r\n\r\n"), 0)) // as if it had come in two pieces
		if again, _ := frame([]byte(c.in), 0); again != size {
			t.Errorf("%s: %d, at once %d", c.name, size, again)
		}
		if size != c.size || bad.Words != c.words || bad.Lost != (c.words != "") {
			t.Errorf("%s: %d %+v, want %d %q", c.name, size, bad, c.size, c.words)
		}
	}
}
