package digest

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever the names and passwords, and whichever algorithms are offered: our client gets
// in at our server, every time with the same nonce, and nobody else's password does.
func TestClientAndServerAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune(`ab "\,=ü:@;`)), 1, 12, -1)
		cred := Credentials{text.Draw(t, "user"), text.Draw(t, "password")}
		offered := rapid.SliceOfNDistinct(rapid.SampledFrom(preference), 1, 4, rapid.ID[Algorithm]).Draw(t, "algorithms")
		server := NewServer(ServerConfig{Realm: text.Draw(t, "realm"), Algorithms: offered})
		r := Request{Method: rapid.SampledFrom([]string{"REGISTER", "INVITE", "BYE"}).Draw(t, "method"),
			URI: "sip:" + rapid.StringMatching(`[a-z0-9.;=]{1,20}`).Draw(t, "uri")}
		known := func(user string) (string, bool) { return cred.Password, user == cred.Username }

		proxy := rapid.Bool().Draw(t, "proxy")
		c, err := Client{}.Challenged(Peer{"pbx", proxy}, server.Challenge(epoch, home, false), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			var h []Header
			c, h = c.Authorize("pbx", cred, r)
			if (h[0].Name == "Proxy-Authorization") != proxy {
				t.Fatalf("%s", h[0].Name)
			}
			if user, v := server.Verify(epoch, home, r, []string{h[0].Value}, known); v != Granted || user != cred.Username {
				t.Fatalf("%v for %q: %s", v, user, h[0].Value)
			}
		}
		_, h := c.Authorize("pbx", Credentials{cred.Username, cred.Password + "x"}, r)
		if _, v := server.Verify(epoch, home, r, []string{h[0].Value}, known); v != Wrong {
			t.Fatalf("another password: %v", v)
		}
	})
}

func TestReplayWindow(t *testing.T) {
	r := newReplays(4)
	note := func(nonce string, nc uint32) use { return r.note(nonce, epoch.Add(time.Minute), nc, epoch) }
	for i, step := range []struct {
		nonce string
		nc    uint32
		want  use
	}{
		{"a", 5, first}, {"a", 5, used}, {"a", 4, first}, {"a", 4, used}, {"a", 6, first}, {"a", 69, first}, {"a", 6, used},
		{"a", 5, used}, {"a", 7, first}, {"a", 1 << 31, first}, {"a", 69, used}, {"a", 1<<31 - 63, first}, {"a", 1<<31 - 64, used},
		{"b", 1, first}, {"b", 1, used}, {"a", 1<<31 + 1, first},
	} {
		if got := note(step.nonce, step.nc); got != step.want {
			t.Errorf("step %d, %s %d: %d, want %d", i, step.nonce, step.nc, got, step.want)
		}
	}
}

func TestExpiredNoncesMakeRoomFirst(t *testing.T) {
	r := newReplays(2)
	r.note("old", epoch, 1, epoch)
	r.note("new", epoch.Add(time.Hour), 1, epoch)
	r.note("newer", epoch.Add(2*time.Hour), 1, epoch.Add(time.Minute))
	if _, kept := r.seen["new"]; !kept || len(r.seen) != 2 || !r.floor.IsZero() {
		t.Errorf("%v, floor %v", r.seen, r.floor)
	}
}

func TestSameResource(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"sip:pbx.home", "sip:pbx.home", true},
		{"sip:PBX.home", "sip:pbx.home", true},
		{"sip:pbx.home", "sip:pbx.home;transport=tcp", true},
		{"sip:pbx.home?x=y", "sip:pbx.home", true},
		{"sip:201@pbx.home", "sip:202@pbx.home", false},
		{"sip:pbx.home", "sip:pbx.home.evil", false},
		{"", "sip:pbx.home", false},
	} {
		if got := sameResource(c.a, c.b); got != c.want {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
	}
}

func TestEscapes(t *testing.T) {
	for _, s := range []string{"", "plain", `quo"te`, `back\slash`, `\"`, `ends in \`, "ümlaut"} {
		if got := unescape(escape(s)); got != s {
			t.Errorf("%q comes back as %q", s, got)
		}
		if e := escape(s); quoteEnd(e+`"`) != len(e) {
			t.Errorf("%q does not stay inside its quotes: %q", s, e)
		}
	}
	if got := escape("a\r\nVia: x\x00"); strings.ContainsAny(got, "\r\n\x00") {
		t.Errorf("%q", got)
	}
}

func TestAlgorithms(t *testing.T) {
	for name, want := range map[string]Algorithm{"": MD5, "md5": MD5, "MD5-SESS": MD5Sess, "sha-256": SHA256, "SHA-512-256-Sess": SHA512256Sess} {
		if got, ok := known(name); !ok || got != want {
			t.Errorf("%q: %v %v", name, got, ok)
		}
	}
	if _, ok := known("SHA-1"); ok || Algorithm("SHA-1").rank() != -1 {
		t.Error("SHA-1 is known")
	}
	for i, a := range preference {
		if a.rank() != i || a.sess() != strings.HasSuffix(string(a), "-sess") {
			t.Errorf("%s: rank %d, sess %v", a, a.rank(), a.sess())
		}
	}
	// Known answers of the hashes themselves.
	for a, want := range map[Algorithm]string{
		MD5:       "900150983cd24fb0d6963f7d28e17f72",
		SHA256:    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		SHA512256: "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23",
	} {
		if got := a.hash("abc"); got != want {
			t.Errorf("%s of abc: %s", a, got)
		}
	}
}

func TestVerdictWords(t *testing.T) {
	for v, want := range map[Verdict]string{Missing: "missing", Granted: "granted", Stale: "stale", Wrong: "wrong", Replayed: "replayed", Malformed: "malformed"} {
		if v.String() != want {
			t.Errorf("%d: %s", v, v)
		}
	}
}
