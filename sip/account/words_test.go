package account

import (
	"strings"
	"testing"
	"time"
)

func TestHostnames(t *testing.T) {
	for s, want := range map[string]bool{
		"a": true, "pbx.home": true, "PBX-1.example.com.": true, "_sip.home": true, "xn--kche-0ra.de": true, "1.2.3.4": true, "3com.com": true,
		"": false, ".": false, "a..b": false, "-a": false, "a-": false, "a b": false, "küche.de": false, "1.2.3": false, "1.2.3.400": false, "a.7": false,
		strings.Repeat("a", 63): true, strings.Repeat("a", 64): false, strings.Repeat("a.", 127) + "a": false,
	} {
		if hostname(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}

func TestHostAndPort(t *testing.T) {
	for s, want := range map[string]bool{
		"pbx.home": true, "pbx.home:1": true, "pbx.home:65535": true, "[::1]": true, "[2001:db8::1]:5060": true, "192.0.2.1:5060": true,
		"": false, ":5060": false, "pbx:5060:5060": false, "pbx:+5": false, "pbx: 5060": false, "::1": false, "[::1": false, "[]": false,
		"[192.0.2.1]": false, "[fe80::1%eth0]": false, "[::1]:x": false, "[::1]5060": false, "tel:123": false, "pbx.home/x": false,
	} {
		if words := hostport(s); (words == "") != want {
			t.Errorf("%q: %q", s, words)
		}
	}
}

// What is wrong is shown short enough for one line, and never whole when it is long.
func TestLongValuesAreCut(t *testing.T) {
	long := strings.Repeat("x ", 500)
	for _, p := range (Account{Label: long, User: long, Domain: long, Proxy: long, Transport: Transport(long), Codecs: []string{long}}).Check() {
		if len(p.Words) > 160 {
			t.Errorf("%s: %d letters: %s", p.Key, len(p.Words), p.Words)
		}
	}
}

func TestDefaultsAreRight(t *testing.T) {
	a := Default()
	a.User, a.Domain = "201", "pbx.home"
	if p := a.Check(); p != nil {
		t.Error(p)
	}
	if p := a.Filled().Check(); p != nil {
		t.Error(p)
	}
	if a.Expires < MinExpires || a.Expires > MaxExpires {
		t.Error(a.Expires)
	}
	Codecs()[0] = "changed"
	Transports()[0] = "changed"
	if Codecs()[0] != "opus" || Transports()[0] != Auto {
		t.Error("a caller can change the lists")
	}
}

func TestDurationWords(t *testing.T) {
	for d, want := range map[time.Duration]string{time.Minute: "1m", 90 * time.Minute: "90m", 24 * time.Hour: "24h"} {
		if got := words(d); got != want {
			t.Errorf("%v: %s", d, got)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		s    string
		n    int
		want string
	}{{"Küche", 3, "Küc"}, {"abc", 3, "abc"}, {"", 3, ""}} {
		if got := cut(c.s, c.n); got != c.want {
			t.Errorf("%q: %q", c.s, got)
		}
	}
}
