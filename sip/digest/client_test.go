package digest

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

var (
	cred     = Credentials{"201", "secret"}
	register = Request{Method: "REGISTER", URI: "sip:pbx.home;transport=tcp"}
)

var own, viaProxy = Peer{"pbx", false}, Peer{"pbx", true}

func zeros() *bytes.Reader { return bytes.NewReader(make([]byte, 1024)) }

// field is one parameter of a header value.
func field(t *testing.T, header, name string) string {
	t.Helper()
	g, err := split(header)
	if err != nil || len(g) != 1 {
		t.Fatalf("%q: %v", header, err)
	}
	v, err := g[0].values()
	if err != nil {
		t.Fatalf("%q: %v", header, err)
	}
	return v[name]
}

func challenged(t *testing.T, c Client, p Peer, headers ...string) Client {
	t.Helper()
	c, err := c.Challenged(p, headers, nil, zeros())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestStrongestIsChosen(t *testing.T) {
	md5 := `Digest realm="r", nonce="1", algorithm=MD5, qop="auth"`
	sha := `Digest realm="r", nonce="2", algorithm=SHA-256, qop="auth"`
	top := `Digest realm="r", nonce="3", algorithm=SHA-512-256, qop="auth"`
	odd := `Digest realm="r", nonce="4", algorithm=SHA3-512, qop="auth"`
	sess := `Digest realm="r", nonce="5", algorithm=MD5-sess, qop="auth"`
	foul := `Digest realm="r`
	for _, c := range []struct {
		want    Algorithm
		headers []string
	}{
		{MD5, []string{md5}},
		{SHA256, []string{md5, sha}},
		{SHA256, []string{sha, md5}},
		{SHA512256, []string{md5, top, sha, odd}},
		{MD5Sess, []string{odd, sess}},
		{MD5, []string{sess, md5}},
		{MD5, []string{foul, md5}},
		{SHA256, []string{md5 + ", " + sha}},
	} {
		_, h := challenged(t, Client{}, own, c.headers...).Authorize("pbx", cred, register)
		if len(h) != 1 || field(t, h[0].Value, "algorithm") != string(c.want) {
			t.Errorf("%q answered with %q, want %s", c.headers, h, c.want)
		}
	}
}

func TestAnswerOnTheWire(t *testing.T) {
	c := challenged(t, Client{}, viaProxy, `Digest realm="r\"1", nonce="n", opaque="o", qop="auth-int,auth"`)
	_, h := c.Authorize("pbx", Credentials{`a"b`, "p"}, register)
	want := `Digest username="a\"b", realm="r\"1", nonce="n", uri="sip:pbx.home;transport=tcp", response="` +
		proof{algorithm: MD5, username: `a"b`, password: "p", realm: `r\"1`, nonce: "n", qop: "auth",
			cnonce: strings.Repeat("0", 32), nc: 1, method: "REGISTER", uri: register.URI}.response() +
		`", algorithm=MD5, cnonce="00000000000000000000000000000000", qop=auth, nc=00000001, opaque="o"`
	if len(h) != 1 || h[0].Name != "Proxy-Authorization" || h[0].Value != want {
		t.Errorf("got  %q\nwant %q", h, want)
	}
}

func TestRFC2069HasNoCount(t *testing.T) {
	_, h := challenged(t, Client{}, own, `Digest realm="r", nonce="n"`).Authorize("pbx", cred, register)
	for _, absent := range []string{"nc=", "cnonce=", "qop="} {
		if strings.Contains(h[0].Value, absent) {
			t.Errorf("%s in %s", absent, h[0].Value)
		}
	}
}

func TestNonceIsReusedAndCounted(t *testing.T) {
	c := challenged(t, Client{}, own, `Digest realm="r", nonce="n", qop="auth"`)
	before := c
	var h []Header
	for _, want := range []string{"00000001", "00000002", "00000003"} {
		c, h = c.Authorize("pbx", cred, register)
		if got := field(t, h[0].Value, "nc"); got != want {
			t.Errorf("nc=%s, want %s", got, want)
		}
	}
	if _, h = before.Authorize("pbx", cred, register); field(t, h[0].Value, "nc") != "00000001" {
		t.Error("an older value of the client was changed")
	}
}

func TestRefusedOrRetried(t *testing.T) {
	plain := `Digest realm="r", nonce="new", qop="auth"`
	stale := plain + ", stale=true"
	base := challenged(t, Client{}, own, `Digest realm="r", nonce="old", qop="auth"`)
	one, first := base.Authorize("pbx", cred, register)
	two, second := one.Authorize("pbx", cred, register)

	if _, err := one.Challenged(own, []string{plain}, []string{first[0].Value}, nil); !errors.Is(err, ErrRefused) {
		t.Errorf("a fresh nonce challenged again: %v, want ErrRefused", err)
	}
	c, err := one.Challenged(own, []string{stale}, []string{first[0].Value}, nil)
	if err != nil {
		t.Errorf("stale: %v", err)
	}
	if _, h := c.Authorize("pbx", cred, register); field(t, h[0].Value, "nonce") != "new" || field(t, h[0].Value, "nc") != "00000001" {
		t.Errorf("after stale: %s", h[0].Value)
	}
	if _, err := two.Challenged(own, []string{plain}, []string{second[0].Value}, nil); err != nil {
		t.Errorf("a used nonce that expired without stale: %v, want a retry", err)
	}
	if _, err := one.Challenged(own, []string{`Digest realm="other", nonce="x", qop="auth"`}, []string{first[0].Value}, nil); err != nil {
		t.Errorf("another realm on the way: %v, want a retry", err)
	}
	if _, err := one.Challenged(viaProxy, []string{plain}, []string{first[0].Value}, nil); err != nil {
		t.Errorf("a proxy with the same realm: %v, want a retry", err)
	}
}

func TestStaleWithoutEndIsRefused(t *testing.T) {
	c := challenged(t, Client{}, own, `Digest realm="r", nonce="0", qop="auth"`)
	for i := range 10 {
		next, h := c.Authorize("pbx", cred, register)
		var err error
		if c, err = next.Challenged(own, []string{`Digest realm="r", nonce="n", stale=true, qop="auth"`}, []string{h[0].Value}, nil); err != nil {
			if !errors.Is(err, ErrRefused) || i+1 != maxStrikes {
				t.Errorf("round %d: %v", i, err)
			}
			return
		}
	}
	t.Error("the loop never ends")
}

func TestInfo(t *testing.T) {
	c := challenged(t, Client{}, own, `Digest realm="r", nonce="n", algorithm=MD5-sess, qop="auth"`)
	c, _ = c.Authorize("pbx", cred, register)
	_, h := c.Info(own, `nextnonce="m", qop=auth`).Authorize("pbx", cred, register)
	if field(t, h[0].Value, "nonce") != "m" || field(t, h[0].Value, "nc") != "00000001" {
		t.Errorf("nextnonce ignored: %s", h[0].Value)
	}
	for _, ignored := range []string{``, `rspauth="x"`, `nextnonce="`, `nextnonce=""`} {
		if _, h := c.Info(own, ignored).Authorize("pbx", cred, register); field(t, h[0].Value, "nonce") != "n" {
			t.Errorf("%q changed the nonce", ignored)
		}
	}
	two := challenged(t, c, own, `Digest realm="s", nonce="k", qop="auth"`)
	if _, h := two.Info(own, `nextnonce="m"`).Authorize("pbx", cred, register); field(t, h[0].Value, "nonce") != "n" {
		t.Error("nextnonce taken although nobody can tell whose it is")
	}
}

func TestUnsupported(t *testing.T) {
	for _, h := range []string{
		`Digest realm="r", nonce="n", algorithm=AKAv1-MD5, qop="auth"`,
		`Digest realm="r", nonce="n", qop="auth-conf"`,
		`Basic realm="r"`,
	} {
		if _, err := (Client{}).Challenged(own, []string{h}, nil, nil); !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s: %v", h, err)
		}
	}
	if _, err := (Client{}).Challenged(own, nil, nil, nil); !errors.Is(err, ErrUnsupported) {
		t.Errorf("no header: %v", err)
	}
	if _, err := (Client{}).Challenged(own, []string{`Digest realm="r", nonce="n"`}, nil, bytes.NewReader(nil)); err == nil {
		t.Error("no random numbers, and no error")
	}
}

func TestRealmsAreBounded(t *testing.T) {
	c := Client{}
	for i := range 3 * maxRealms {
		c = challenged(t, c, own, `Digest realm="`+strings.Repeat("x", i)+`", nonce="n", qop="auth"`)
	}
	if _, h := c.Authorize("pbx", cred, register); len(h) != maxSessions || len(c.realms) != maxRealms {
		t.Errorf("%d sessions and %d realms remembered", len(h), len(c.realms))
	}
}
