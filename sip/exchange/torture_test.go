package exchange

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/torture"
)

// forTorture is the exchange that the messages are meant for.
func forTorture(t *testing.T) *Exchange {
	return start(t, func(c *Config) {
		c.Realm = "example.com"
		c.Users = map[string]string{"user": "one", "watson": "two"}
	})
}

// Each message of RFC 4475 and RFC 5118, over UDP and over TCP, gets from the running
// exchange what the RFCs ask for; it is alive afterwards. See docs/torture.md.
func TestTorture(t *testing.T) {
	for _, n := range torture.Networks {
		t.Run(n.String(), func(t *testing.T) {
			t.Parallel()
			x := torture.Target{Addr: forTorture(t).Addr().String()}
			for _, m := range torture.Messages() {
				want := m.Wanted(torture.Exchange, n)
				got, err := x.Ask(t.Context(), n, m.Bytes, want.Silence())
				if err != nil {
					t.Fatalf("%s: %v", m.Name, err)
				}
				if !want.Accepts(got) {
					t.Errorf("%s: %v, want %v", m.Name, got, want)
				}
			}
		})
	}
}

func tortureMessage(name string) []byte {
	all := torture.Messages()
	return all[slices.IndexFunc(all, func(m torture.Message) bool { return m.Name == name })].Bytes
}

// A name does not end at %00, and two that differ behind it are two (RFC 4475 §3.1.1.4).
func TestTortureNull(t *testing.T) {
	m, err := sip.ParseMessage(tortureMessage("escnull"))
	if err != nil {
		t.Fatal(err)
	}
	req := m.(*sip.Request)
	req.SetSource("192.0.2.1:5060")
	r, status := registrationOf(req)
	if status != 0 || len(r.contacts) != 2 || sameURI(r.contacts[0].uri, r.contacts[1].uri) || unescaped(req.To().Address.User) != "null-\x00-null" {
		t.Errorf("%+v", r)
	}
}

// The REGISTERs among them, with a login: a parameter is the header's or the URI's, and what
// follows a question mark stays in its binding (RFC 4475 §3.3.12 to §3.3.14).
func TestTortureBindings(t *testing.T) {
	for _, c := range []struct {
		name, user, password string
		want                 []string
	}{
		{"cparam01", "watson", "two", []string{"<sip:+19725552222@gw1.example.net>"}},
		{"cparam02", "watson", "two", []string{"<sip:+19725552222@gw1.example.net;unknownparam>"}},
		{"regescrt", "user", "one", []string{"<sip:user@example.com?Route=%3Csip:sip.example.com%3E>"}},
	} {
		x := forTorture(t) // one each: two of the messages have the same branch
		plain := tortureMessage(c.name)
		p := newPhone(t, x.Addr(), "tcp", c.user, c.password)
		p.write(string(plain))
		p.learn(p.waitFor(`^SIP/2\.0 401`), nil)
		var sent []string
		auth := p.authorize("REGISTER", "sip:example.com", &sent)
		again := bytes.Replace(plain, []byte("z9hG4bKkdjuw"), []byte("z9hG4bKagain"), 1)
		line, rest, _ := bytes.Cut(again, []byte("\r\n"))
		p.write(fmt.Sprintf("%s\r\n%s%s", line, auth, rest))
		var got []string
		for _, v := range p.waitFor(`^SIP/2\.0 200`).all("Contact") {
			contact, params, _ := strings.Cut(v, ">")
			if got = append(got, contact+">"); strings.Contains(params, "unknownparam") {
				t.Errorf("%s: %s", c.name, v)
			}
		}
		for _, want := range c.want {
			if !slices.Contains(got, want) {
				t.Errorf("%s: %q, want %q", c.name, got, want)
			}
		}
	}
}
