package digest

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, header string
		want         []Challenge
	}{
		{"plain", `Digest realm="pbx.home", nonce="abc", algorithm=MD5, qop="auth"`,
			[]Challenge{{Realm: "pbx.home", Nonce: "abc", Algorithm: MD5, Auth: true}}},
		{"no algorithm is MD5, no qop is RFC 2069", `Digest realm="r",nonce="n"`,
			[]Challenge{{Realm: "r", Nonce: "n", Algorithm: MD5, NoQOP: true}}},
		{"case does not count", `dIgEsT REALM="r", Nonce="n", Algorithm=sha-256, QOP="AUTH-INT, AUTH", STALE=TRUE`,
			[]Challenge{{Realm: "r", Nonce: "n", Algorithm: SHA256, Auth: true, AuthInt: true, Stale: true}}},
		{"commas and escaped quotes stay inside quotes", `Digest realm="a, b \"c\", Digest d", nonce="n,m", opaque="", qop="auth"`,
			[]Challenge{{Realm: `a, b \"c\", Digest d`, Nonce: "n,m", HasOpaque: true, Algorithm: MD5, Auth: true}}},
		{"two in one header, as in HTTP", `Digest realm="r", nonce="1", algorithm=SHA-256, qop="auth", Digest realm="r", nonce="2", qop=auth`,
			[]Challenge{{Realm: "r", Nonce: "1", Algorithm: SHA256, Auth: true}, {Realm: "r", Nonce: "2", Algorithm: MD5, Auth: true}}},
		{"other schemes are skipped", `Basic realm="x", NTLM TlRMTVNTUAAC==, Digest realm = "r" , nonce = "n", qop="auth"`,
			[]Challenge{{Realm: "r", Nonce: "n", Algorithm: MD5, Auth: true}}},
		{"only another scheme", `Bearer realm="x"`, nil},
		{"unknown algorithm is kept and cannot be answered", `Digest realm="r", nonce="n", algorithm=AKAv1-MD5, qop="auth"`,
			[]Challenge{{Realm: "r", Nonce: "n", Algorithm: "AKAv1-MD5", Auth: true}}},
		{"empty elements", `Digest , realm="r",, nonce="n", qop="auth",`,
			[]Challenge{{Realm: "r", Nonce: "n", Algorithm: MD5, Auth: true}}},
		{"unknown parameters", `Digest realm="r", nonce="n", domain="sip:a sip:b", charset=UTF-8, x-y=1, qop="auth"`,
			[]Challenge{{Realm: "r", Nonce: "n", Algorithm: MD5, Auth: true}}},
	} {
		got, err := Parse(c.header)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s:\n%s", c.name, d)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for name, header := range map[string]string{
		"no realm":             `Digest nonce="n"`,
		"no nonce":             `Digest realm="r"`,
		"open quote":           `Digest realm="r, nonce="n`,
		"quote ends in escape": `Digest realm="r", nonce="n\"`,
		"text after quote":     `Digest realm="r"x, nonce="n"`,
		"twice":                `Digest realm="r", realm="s", nonce="n"`,
		"no value":             `Digest realm="r", nonce=`,
		"no name":              `Digest ="r", nonce="n"`,
		"no scheme":            `realm="r", nonce="n"`,
		"control character":    "Digest realm=\"r\r\nVia: x\", nonce=\"n\"",
		"too long":             `Digest realm="r", nonce="` + strings.Repeat("n", MaxHeader) + `"`,
		"too many parameters":  `Digest realm="r", nonce="n"` + strings.Repeat(`, a="b"`, maxParams),
		"too many schemes":     strings.Repeat(`Basic a=b, `, 3*MaxChallenges),
		"too many challenges":  strings.Repeat(`Digest realm=r, nonce=n, `, MaxChallenges+1),
	} {
		if got, err := Parse(header); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v, %v; want ErrMalformed", name, got, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`Digest realm="r", nonce="n", qop="auth,auth-int", algorithm=SHA-256, stale=true`,
		`Basic x, Digest realm="a\"b", nonce=abc==`, `,,,`, `Digest realm = "r`, "",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		all, err := Parse(s)
		if err != nil && !errors.Is(err, ErrMalformed) {
			t.Fatalf("error %v is not ErrMalformed", err)
		}
		if len(all) > MaxChallenges {
			t.Fatalf("%d challenges", len(all))
		}
		c, err := Client{}.Challenged(own, []string{s}, nil, nil)
		if err != nil {
			return
		}
		_, headers := c.Authorize("pbx", Credentials{`a"b\`, "p"}, Request{Method: "REGISTER", URI: "sip:x"})
		for _, h := range headers {
			if strings.ContainsAny(h.Value, "\r\n\x00") {
				t.Fatalf("a line break gets into our own header: %q", h.Value)
			}
			g, err := split(h.Value)
			if len(s) < MaxHeader/2 && (err != nil || len(g) != 1) {
				t.Fatalf("our own header cannot be read: %q: %v", h.Value, err)
			}
		}
		c.Info(own, s)
	})
}

func FuzzVerify(f *testing.F) {
	s := NewServer(ServerConfig{Realm: "r"})
	f.Add(`Digest username="u", realm="r", nonce="n", uri="sip:r", response="x", qop=auth, nc=00000001, cnonce="c"`)
	f.Fuzz(func(t *testing.T, h string) {
		if u, v := s.Verify(epoch, "127.0.0.1", Request{Method: "REGISTER", URI: "sip:r"}, []string{h},
			func(string) (string, bool) { return "p", true }); v == Granted {
			t.Fatalf("granted to %q by %q", u, h)
		}
	})
}
