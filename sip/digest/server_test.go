package digest

import (
	"strings"
	"testing"
	"time"
)

var epoch = time.Date(2026, 11, 23, 9, 41, 0, 0, time.UTC)

const home = "127.0.0.1"

func users(u string) (string, bool) {
	p, ok := map[string]string{"201": "secret", `a"b`: "x"}[u]
	return p, ok
}

// login challenges and answers once.
func login(t *testing.T, s *Server, who Credentials) (Client, string) {
	t.Helper()
	c, err := Client{}.Challenged(own, s.Challenge(epoch, home, false), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, h := c.Authorize("pbx", who, register)
	return c, h[0].Value
}

func TestServerGrants(t *testing.T) {
	for _, algorithms := range [][]Algorithm{nil, {MD5}, {MD5Sess}, {SHA256Sess}, {SHA512256}, {SHA512256Sess}} {
		s := NewServer(ServerConfig{Realm: `the "home"`, Algorithms: algorithms})
		for _, who := range []Credentials{cred, {`a"b`, "x"}} {
			_, value := login(t, s, who)
			if user, v := s.Verify(epoch, home, register, []string{value}, users); v != Granted || user != who.Username {
				t.Errorf("%v %s: %q %v", algorithms, who.Username, user, v)
			}
		}
	}
}

func TestServerOffersTheStrongestFirst(t *testing.T) {
	got := NewServer(ServerConfig{Realm: "r"}).Challenge(epoch, home, true)
	if len(got) != 2 || !strings.Contains(got[0], "algorithm=SHA-256") || !strings.Contains(got[1], "algorithm=MD5") || !strings.Contains(got[1], "stale=true") {
		t.Errorf("%q", got)
	}
}

func TestServerVerdicts(t *testing.T) {
	s := NewServer(ServerConfig{Realm: "r", Lifetime: time.Minute})
	_, good := login(t, s, cred)
	_, wrong := login(t, s, Credentials{"201", "guess"})
	_, nobody := login(t, s, Credentials{"999", "secret"})
	_, again := login(t, s, cred)
	_, third := login(t, s, cred)
	replace := func(old, new string) string { return strings.Replace(third, old, new, 1) }
	for _, c := range []struct {
		name   string
		at     time.Time
		source string
		r      Request
		header []string
		want   Verdict
	}{
		{"none", epoch, home, register, nil, Missing},
		{"another realm", epoch, home, register, []string{strings.Replace(good, `realm="r"`, `realm="s"`, 1)}, Missing},
		{"another scheme", epoch, home, register, []string{"Basic dTpw"}, Missing},
		{"good", epoch, home, register, []string{good}, Granted},
		{"the same again", epoch, home, register, []string{good}, Replayed},
		{"wrong password", epoch, home, register, []string{wrong}, Wrong},
		{"unknown user", epoch, home, register, []string{nobody}, Wrong},
		{"too late", epoch.Add(2 * time.Minute), home, register, []string{again}, Stale},
		{"from the future", epoch.Add(-time.Minute), home, register, []string{again}, Stale},
		{"from another address", epoch, "127.0.0.2", register, []string{again}, Stale},
		{"another method", epoch, home, Request{Method: "INVITE", URI: register.URI}, []string{again}, Wrong},
		{"another resource", epoch, home, Request{Method: "REGISTER", URI: "sip:elsewhere"}, []string{again}, Wrong},
		{"parameters dropped by a proxy", epoch, home, Request{Method: "REGISTER", URI: "sip:pbx.home"}, []string{again}, Granted},
		{"second of two headers", epoch, home, register, []string{strings.Replace(good, `realm="r"`, `realm="s"`, 1), replace("", "")}, Granted},
		{"nc 0", epoch, home, register, []string{replace("nc=00000001", "nc=00000000")}, Malformed},
		{"nc short", epoch, home, register, []string{replace("nc=00000001", "nc=1")}, Malformed},
		{"no response", epoch, home, register, []string{replace("response=", "responce=")}, Malformed},
		{"not offered", epoch, home, register, []string{replace("qop=auth", "qop=auth-int")}, Wrong},
		{"unknown algorithm", epoch, home, register, []string{replace("SHA-256", "SHA-384")}, Wrong},
		{"garbage", epoch, home, register, []string{`Digest username="`}, Malformed},
		{"two in one header", epoch, home, register, []string{good + ", " + good}, Malformed},
	} {
		if user, v := s.Verify(c.at, c.source, c.r, c.header, users); v != c.want || (user != "") != (v == Granted) {
			t.Errorf("%s: %q %v, want %v", c.name, user, v, c.want)
		}
	}
}

func TestServerTakesCountsOutOfOrderOnce(t *testing.T) {
	s := NewServer(ServerConfig{Realm: "r"})
	c, err := Client{}.Challenged(own, s.Challenge(epoch, home, false), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var sent []string
	for range 100 {
		var h []Header
		c, h = c.Authorize("pbx", cred, register)
		sent = append(sent, h[0].Value)
	}
	verify := func(nc int) Verdict {
		_, v := s.Verify(epoch, home, register, sent[nc-1:nc], users)
		return v
	}
	for _, step := range []struct {
		nc   int
		want Verdict
	}{{3, Granted}, {1, Granted}, {2, Granted}, {2, Replayed}, {5, Granted}, {4, Granted}, {3, Replayed},
		{100, Granted}, {37, Granted}, {37, Replayed}, {36, Replayed}, {99, Granted}} {
		if got := verify(step.nc); got != step.want {
			t.Errorf("nc %d: %v, want %v", step.nc, got, step.want)
		}
	}
}

func TestOneUseWithoutQOP(t *testing.T) {
	s := NewServer(ServerConfig{Realm: "r"})
	c, err := Client{}.Challenged(own, []string{strings.Replace(s.Challenge(epoch, home, false)[1], `, qop="auth"`, "", 1)}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, h := c.Authorize("pbx", cred, register)
	for _, want := range []Verdict{Granted, Replayed} {
		if _, v := s.Verify(epoch, home, register, []string{h[0].Value}, users); v != want {
			t.Errorf("%v, want %v", v, want)
		}
	}
}

// The memory for counts is bounded, and what falls out of it is never believed again.
func TestReplayMemoryIsBounded(t *testing.T) {
	s := NewServer(ServerConfig{Realm: "r", Nonces: 8})
	var sent []string
	for i := range 20 {
		at := epoch.Add(time.Duration(i) * time.Millisecond)
		c, err := Client{}.Challenged(own, s.Challenge(at, home, false), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, h := c.Authorize("pbx", cred, register)
		if _, v := s.Verify(at, home, register, []string{h[0].Value}, users); v != Granted {
			t.Fatalf("login %d: %v", i, v)
		}
		sent = append(sent, h[0].Value)
	}
	if n := len(s.uses.seen); n > 8 {
		t.Errorf("%d nonces remembered", n)
	}
	for i, h := range sent {
		if _, v := s.Verify(epoch.Add(time.Second), home, register, []string{h}, users); v == Granted {
			t.Errorf("login %d was replayed", i)
		}
	}
	if _, v := s.Verify(epoch.Add(time.Hour), home, register, sent[:1], users); v != Stale {
		t.Errorf("an hour later: %v", v)
	}
}

func TestNonceIsBound(t *testing.T) {
	key := []byte("k")
	n := issue(key, epoch, home)
	if at, ok := read(key, n, home); !ok || !at.Equal(epoch) {
		t.Errorf("%v %v", at, ok)
	}
	for name, bad := range map[string]string{"cut": n[1:], "other": strings.ToUpper(n), "empty": "", "not base64": "***"} {
		if _, ok := read(key, bad, home); ok {
			t.Errorf("%s nonce accepted", name)
		}
	}
	if _, ok := read([]byte("l"), n, home); ok {
		t.Error("nonce of another secret accepted")
	}
	if _, ok := read(key, n, "::1"); ok {
		t.Error("nonce of another source accepted")
	}
}
