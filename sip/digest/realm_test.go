package digest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const (
	weak   = `Digest realm="r", nonce="1", algorithm=MD5, qop="auth"`
	strong = `Digest realm="r", nonce="2", algorithm=SHA-256, qop="auth"`
	bare   = `Digest realm="r", nonce="3"`
)

// A realm that has offered more is not answered with less, by whichever server it asks.
func TestNeverDowngraded(t *testing.T) {
	for _, c := range []struct {
		name        string
		first, then string
		ok          bool
	}{
		{"SHA-256, then MD5", strong, weak, false},
		{"MD5, then SHA-256", weak, strong, true},
		{"qop, then RFC 2069", weak, bare, false},
		{"RFC 2069, then qop", bare, weak, true},
		{"SHA-256 or MD5, then MD5", weak + ", " + strong, weak, false},
		{"SHA-256, then SHA-512-256", strong, strings.Replace(strong, "SHA-256", "SHA-512-256", 1), true},
		{"SHA-512-256, then SHA-256", strings.Replace(strong, "SHA-256", "SHA-512-256", 1), strong, true},
		{"MD5, then MD5-sess", weak, strings.Replace(weak, "MD5", "MD5-sess", 1), true},
		{"auth, then auth-int", weak, strings.Replace(weak, `"auth"`, `"auth-int"`, 1), true},
		{"another realm", strong, strings.Replace(weak, `"r"`, `"s"`, 1), true},
	} {
		known := challenged(t, Client{}, own, c.first)
		for _, from := range []Peer{own, viaProxy, {"backup", false}} {
			_, err := known.Challenged(from, []string{c.then}, nil, nil)
			if c.ok && err != nil || !c.ok && !errors.Is(err, ErrWeaker) {
				t.Errorf("%s, from %v: %v", c.name, from, err)
			}
		}
	}
	// A weaker one beside one of another realm: that is answered.
	both, err := challenged(t, Client{}, own, strong).Challenged(own, []string{weak, `Digest realm="s", nonce="4", qop="auth"`}, nil, nil)
	if err != nil || len(both.sessions) != 2 || both.sessions[0].challenge.Algorithm != SHA256 {
		t.Errorf("%v, %v", both.sessions, err)
	}
}

// What a realm has refused is not answered again, at no server and in no request.
func TestRefusedIsRemembered(t *testing.T) {
	again := strings.Replace(weak, `"1"`, `"9"`, 1)
	once := func(c Client) (Client, error) {
		c, lines := c.Authorize(own.Server, cred, register)
		return c.Challenged(own, []string{again}, []string{lines[0].Value}, nil)
	}
	c, err := once(challenged(t, Client{}, own, weak))
	if !errors.Is(err, ErrRefused) {
		t.Fatalf("%v", err)
	}
	if _, lines := c.Authorize(own.Server, cred, register); len(lines) > 0 {
		t.Errorf("the refused login goes out again: %v", lines)
	}
	for _, p := range []Peer{own, viaProxy, {"backup", false}} {
		for _, h := range []string{weak, strong} {
			if _, err := c.Challenged(p, []string{h}, nil, nil); !errors.Is(err, ErrRefused) {
				t.Errorf("%v is answered: %v", p, err)
			}
		}
	}
	if _, err := c.Challenged(own, []string{`Digest realm="s", nonce="1", qop="auth"`}, nil, nil); err != nil {
		t.Errorf("another realm: %v", err)
	}

	// A realm that has taken the login may refuse one call, not two.
	c = challenged(t, Client{}, own, weak)
	c, lines := c.Authorize(own.Server, cred, register)
	c = c.Accepted([]string{lines[0].Value})
	if c, err = once(challenged(t, c, own, weak)); !errors.Is(err, ErrRefused) {
		t.Fatalf("%v", err)
	}
	if c, err = c.Challenged(own, []string{weak}, nil, nil); err != nil {
		t.Fatalf("one refusal of a login that was taken: %v", err)
	}
	if c, err = once(c); !errors.Is(err, ErrRefused) {
		t.Fatalf("%v", err)
	}
	if _, err = c.Challenged(own, []string{weak}, nil, nil); !errors.Is(err, ErrRefused) {
		t.Errorf("two refusals: %v", err)
	}

	// A registrar's 403 is final at once.
	c = challenged(t, Client{}, own, weak)
	c, lines = c.Authorize(own.Server, cred, register)
	c = c.Accepted([]string{lines[0].Value}).Refused([]string{lines[0].Value})
	if _, err = c.Challenged(own, []string{weak}, nil, nil); !errors.Is(err, ErrRefused) {
		t.Errorf("after a 403: %v", err)
	}
	if d := c.Accepted(nil).Refused([]string{"nonsense"}); len(d.realms) != len(c.realms) {
		t.Errorf("%v", d.realms)
	}
}

// A server is only shown what its own realms asked for.
func TestAnswersStayWithTheirServer(t *testing.T) {
	c := challenged(t, Client{}, own, weak)
	c = challenged(t, c, Peer{"backup", false}, `Digest realm="r", nonce="b", qop="auth"`, `Digest realm="s", nonce="c", qop="auth"`)
	for server, want := range map[string]int{"pbx": 1, "backup": 2, "evil": 0, "": 0} {
		_, lines := c.Authorize(server, cred, register)
		if len(lines) != want {
			t.Errorf("%q is shown %q", server, lines)
		}
		for _, l := range lines {
			if server == "backup" && field(t, l.Value, "nonce") == "1" {
				t.Errorf("the nonce of another server: %s", l.Value)
			}
		}
	}
}

func TestUnspokenIsNamed(t *testing.T) {
	for h, want := range map[string]string{
		`Digest realm="r", nonce="n", algorithm=AKAv1-MD5, qop="auth"`:     "AKA",
		`Digest realm="r", nonce="n", algorithm=AKAv2-SHA-256, qop="auth"`: "AKA",
		`Digest realm="r", nonce="n", algorithm=SHA3-512, qop="auth"`:      "SHA3-512",
		`Basic realm="r"`: "Basic",
		`Digest realm="r", nonce="n", qop="auth-conf"`:                       "qop",
		`Digest realm="r", nonce="n", algorithm="x y;` + "\u00fc" + `"`:      "xy;",
		`Digest realm="r", nonce="n", algorithm=` + strings.Repeat("A", 100): strings.Repeat("A", 16),
	} {
		var u *Unspoken
		_, err := Client{}.Challenged(own, []string{h}, nil, nil)
		if !errors.As(err, &u) || u.Method != want || !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s: %v", h, err)
		}
	}
	// Beside something that we speak it does not matter.
	if _, err := (Client{}).Challenged(own, []string{`Digest realm="r", nonce="n", algorithm=AKAv1-MD5`, weak}, nil, nil); err != nil {
		t.Error(err)
	}
}

// auth-int covers the body, and an empty one where there is none (RFC 7616 §3.4.3).
func TestAuthIntOverTheBody(t *testing.T) {
	for _, a := range preference {
		c := challenged(t, Client{}, own, fmt.Sprintf(`Digest realm="r", nonce="n", algorithm=%s, qop="auth-int"`, a))
		for _, body := range []string{"", "v=0\r\n"} {
			r := Request{Method: "INVITE", URI: "sip:202@pbx.home", Body: []byte(body)}
			_, lines := c.Authorize(own.Server, cred, r)
			h := a.hash
			a1 := h("201:r:secret")
			own := field(t, lines[0].Value, "cnonce")
			if a.sess() {
				a1 = h(a1 + ":n:" + own)
			}
			want := h(a1 + ":n:00000001:" + own + ":auth-int:" + h("INVITE:sip:202@pbx.home:"+h(body)))
			if got := field(t, lines[0].Value, "response"); got != want {
				t.Errorf("%s over %q: %s", a, body, lines[0].Value)
			}
		}
	}
}

// Whoever challenges in whatever order: what is remembered stays bounded, no realm gets a
// second wrong answer, and none a weaker one.
func TestMemoryIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Client{}
		best := map[string]int{}
		wrong := map[string]int{}
		for i := range rapid.IntRange(1, 60).Draw(t, "challenges") {
			name := fmt.Sprintf("r%d", rapid.IntRange(0, 6).Draw(t, "realm"))
			p := Peer{fmt.Sprintf("s%d", rapid.IntRange(0, 3).Draw(t, "server")), rapid.Bool().Draw(t, "proxy")}
			ch := fmt.Sprintf(`Digest realm="%s", nonce="n%d", algorithm=%s`, name, i, rapid.SampledFrom(preference).Draw(t, "algorithm"))
			if rapid.Bool().Draw(t, "qop") {
				ch += `, qop="auth"`
			}
			parsed, _ := Parse(ch)
			var err error
			if c, err = c.Challenged(p, []string{ch}, nil, nil); err == nil {
				if parsed[0].strength() < best[name] {
					t.Fatalf("%s is answered, weaker than before", ch)
				}
				best[name] = parsed[0].strength()
				var lines []Header
				c, lines = c.Authorize(p.Server, cred, register)
				if rapid.Bool().Draw(t, "refuse") {
					var sent []string
					for _, l := range lines {
						if field2(l.Value, "realm") == name {
							sent = append(sent, l.Value)
						}
					}
					c = c.Refused(sent)
					if wrong[name]++; wrong[name] > 1 {
						t.Fatalf("realm %s got a second wrong answer", name)
					}
				}
			}
			if len(c.sessions) > maxSessions || len(c.realms) > maxRealms {
				t.Fatalf("%d sessions, %d realms", len(c.sessions), len(c.realms))
			}
		}
	})
}

func field2(header, name string) string {
	g, _ := split(header)
	v, _ := g[0].values()
	return v[name]
}
