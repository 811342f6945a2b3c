package sip

import "testing"

// A call that a server wants a login for which the phone cannot give says which, as a
// registration does; one that was refused after a login says no more than that.
func TestCallsSayWhichLoginIsNotSpoken(t *testing.T) {
	for name, c := range map[string]struct {
		code      int
		challenge string
		words     string
	}{
		"AKAv1":    {401, `Digest realm="home", nonce="n", algorithm=AKAv1-MD5, qop="auth"`, "Login method AKA is not spoken"},
		"AKAv2":    {407, `Digest realm="home", nonce="n", algorithm=AKAv2-SHA-256, qop="auth"`, "Login method AKA is not spoken"},
		"Basic":    {401, `Basic realm="home"`, "Login method Basic is not spoken"},
		"nonsense": {407, `Digest realm="home`, "Server asks for a login that makes no sense"},
		"none":     {403, "", "Not allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			registering(t, func(t *testing.T, a *phone, r *registrar) {
				r.enter(a)
				a.do(Dial{Call: 1, Target: "202"})
				var lines []string
				if name := map[int]string{401: "WWW-Authenticate", 407: "Proxy-Authenticate"}[c.code]; name != "" {
					lines = append(lines, name+": "+c.challenge)
				}
				r.answer(r.request("INVITE"), c.code, "", "", lines...)
				r.request("ACK")
				ended(t, a, c.code, c.words)
			})
		})
	}
}
