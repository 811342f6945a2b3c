package sip

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/emiago/sipgo/sip"
)

// Pieces are the value again when they are joined, none has the separator outside of quotes
// and brackets, and no parameter comes twice.
func FuzzParams(f *testing.F) {
	for _, s := range []string{
		`<sip:a@b>;tag=x`, `"a;b=\"c" <sip:a@b;lr>;+sip.instance="<urn:uuid:1;2=3>";reg-id=1;Q=0.5`, `sip:a@b;x;x=2;`,
		`<sip:a@b>, <sip:c@d>;q=1`, `"unfinished;<a`, `<unfinished;a,b`, `\";a`, `;;;`, `a;b=";";c`, ``,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, separator := range []byte{';', ','} {
			all := slices.Collect(pieces(text, separator))
			if got := strings.Join(all, string(separator)); got != text {
				t.Errorf("%q became %q", text, got)
			}
		}
		seen := map[string]bool{}
		for _, p := range params(text) {
			if p.K == "" || seen[p.K] || p.K != strings.ToLower(p.K) {
				t.Errorf("%q of %q", p.K, text)
			}
			seen[p.K] = true
		}
		_ = unquoted(params(text), "q")
	})
}

// What is shown is short and has nothing in it that moves a cursor; what is escaped comes
// back, and is a user part.
func FuzzNames(f *testing.F) {
	for _, s := range []string{"Anna", `An\"na`, "a\x00b\u202ec", "%41%", "%zz%4", "+49 (30) 1", "\xff\xfe", strings.Repeat("ä", 70), "a@b;c?d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := shown(text)
		if utf8.RuneCountInString(got) > 64 || !utf8.ValidString(got) ||
			strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
			t.Errorf("%q is shown as %q", text, got)
		}
		user := escape(text)
		if strings.ContainsAny(user, "@<>\" \r\n:") || unescape(user) != text {
			t.Errorf("%q as a user is %q", text, user)
		}
		_ = number(sip.Uri{Scheme: "tel", User: text})
		_ = number(sip.Uri{Scheme: "sip", User: text})
	})
}

// Times, sequence numbers and option tags of the network's are bounded, however written.
func FuzzFields(f *testing.F) {
	f.Add("1800;refresher=uac", "90", "7 1 INVITE", "100rel, timer", "120 (in a meeting);duration=60")
	f.Add("99999999999999999999 ; Refresher = UAS", "-1", "4294967296 1 INVITE", ",,100REL", "x")
	f.Add(";", "", "1  2\tINVITE", "\x00", "0")
	f.Fuzz(func(t *testing.T, expires, least, acknowledged, tags, retry string) {
		for _, v := range []string{expires, least, acknowledged, tags, retry} {
			if strings.ContainsAny(v, "\r\n") {
				t.Skip("no header value")
			}
		}
		res := sip.NewResponse(183, "X")
		for name, v := range map[string]string{"Session-Expires": expires, "Min-SE": least, "RSeq": least, "Require": tags, "Supported": tags, "Retry-After": retry} {
			res.AppendHeader(sip.NewHeader(name, v))
		}
		const most = time.Duration(1<<32) * time.Second
		if at := timingOf(res); at.Every < 0 || at.Every > most || at.Min < 0 || at.Min > most {
			t.Errorf("%+v", at)
		}
		if d := header(res, "Retry-After"); d < 0 || d > most {
			t.Errorf("Retry-After %q is %v", retry, d)
		}
		if reliably(res) != 0 && !strings.Contains(strings.ToLower(tags), "100rel") {
			t.Errorf("%q is reliable", tags)
		}
		rack(acknowledged)
	})
}

// Whatever a redirection names, what is called is a SIP URI without a password, headers or
// a method, of a call to sips another of that, and a preference is from 0 to 1.
func FuzzTargets(f *testing.F) {
	for _, s := range []string{
		`<sip:203@10.0.0.2>;q=0.5`, `<tel:+49-30-1;phone-context=x>`, `<sip:a:secret@b;method=BYE?Subject=x>;q=NaN`, `<sips:a@b>`, `<sip:a@[::1]:5060;transport=tcp>;q="1e9"`,
		`sip:a@b;q=-1`, `<http://a>`, `*`, `<sip:>`,
	} {
		f.Add(s, false, false)
		f.Add(s, false, true)
	}
	f.Add(`<sip:proxy.home.example;lr>`, true, false)
	l := newLine(&Agent{}, 0, home())
	f.Fuzz(func(t *testing.T, contact string, proxy, encrypted bool) {
		if strings.ContainsAny(contact, "\r\n") {
			t.Skip("no header value")
		}
		code := "302"
		if proxy {
			code = "305"
		}
		m, err := sip.ParseMessage([]byte("SIP/2.0 " + code + " X\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\n" +
			"Call-ID: 1\r\nCSeq: 1 INVITE\r\nContact: " + contact + "\r\nContent-Length: 0\r\n\r\n"))
		if err != nil {
			t.Skip("sipgo refuses it")
		}
		for _, target := range l.targets(m.(*sip.Response), encrypted) {
			var u sip.Uri
			if err := sip.ParseUri(target.URI, &u); err != nil || u.Scheme != "sip" && u.Scheme != "sips" || encrypted && u.Scheme != "sips" || u.Password != "" || len(u.Headers) > 0 || u.UriParams.Has("method") {
				t.Errorf("%q is called at %q (%v)", contact, target.URI, err)
			}
			if target.Q < 0 || target.Q > 1000 {
				t.Errorf("%q has q %d", contact, target.Q)
			}
		}
	})
}

// A message from a WebSocket goes into the stream with exactly one length, its own, so that
// no second message can hide in it (RFC 7118 §4.2).
func FuzzMeasured(f *testing.F) {
	for _, s := range []string{
		"OPTIONS sip:a SIP/2.0\r\nVia: x\r\n\r\nbody", "OPTIONS sip:a SIP/2.0\r\nl: 4\r\n\r\nbody", "OPTIONS sip:a SIP/2.0\r\nContent-Length : 3\r\n\r\nbody",
		"OPTIONS sip:a SIP/2.0\r\nContent-Length: 4\r\nContent-Length: 0\r\n\r\nbody", "\r\n\r\n", "", "a\r\nl:\r\n 4\r\n\r\nbody",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, m []byte) {
		got := measured(m)
		if got == nil {
			return
		}
		head, body, whole := bytes.Cut(got, []byte("\r\n\r\n"))
		if _, sent, _ := bytes.Cut(m, []byte("\r\n\r\n")); !bytes.Equal(body, sent) {
			t.Errorf("%q became %q", m, got)
		}
		if !whole || len(head) == 0 {
			return
		}
		if again := measured(got); !bytes.Equal(again, got) {
			t.Errorf("%q, and then %q", got, again)
		}
		for line := range bytes.SplitSeq(head, []byte("\r\n")) {
			name, value, _ := bytes.Cut(line, []byte(":"))
			if n := strings.ToLower(string(bytes.TrimSpace(name))); n != "content-length" && n != "l" {
				continue
			}
			if v := string(bytes.TrimSpace(value)); strings.TrimLeft(v, "+0") != strings.TrimLeft(itoa(len(body)), "0") {
				t.Errorf("%q says %s and has %d", got, v, len(body))
			}
		}
	})
}

func itoa(n int) string { return seconds(time.Duration(n) * time.Second) }

// A MESSAGE is words that can be shown, or a failure that says so.
func FuzzReadable(f *testing.F) {
	f.Add("text/plain", []byte("hello"))
	f.Add("text/plain;charset=iso-8859-1", []byte{'h', 0xe4})
	f.Add("multipart/mixed;boundary=b", []byte("--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n"))
	f.Add("multipart/alternative;boundary=\"", []byte("--"))
	f.Add("application/im-iscomposing+xml", []byte("<"))
	f.Add("text/plain", []byte("a\x00b\x1b[2J\u202e\xff"))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		if strings.ContainsAny(kind, "\r\n") {
			t.Skip("no header value")
		}
		req := sip.NewRequest(sip.MESSAGE, sip.Uri{Scheme: "sip", User: "201", Host: "a"})
		contentType := sip.ContentTypeHeader(kind)
		req.AppendHeader(&contentType)
		req.SetBody(body)
		words, code := readable(req)
		if code != 0 && code != 400 && code != 415 || code != 0 && words != "" {
			t.Errorf("%q with %d", words, code)
		}
		if !utf8.ValidString(words) || strings.ContainsFunc(words, func(r rune) bool { return r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
			t.Errorf("%q is shown as %q", body, words)
		}
	})
}
