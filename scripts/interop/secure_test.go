//go:build interop

package interop

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/peers"
	"github.com/offhook/offhook/scripts/speech"
	"github.com/offhook/offhook/scripts/vcard"
)

// Encrypted voice with keys in the signalling (SDES) or from a handshake (DTLS), over TLS:
// each end hears the other, and the display shows the lock.
func TestTalksSecurely(t *testing.T) {
	for name, start := range others {
		for _, keys := range []string{"sdes", "dtls"} {
			for _, calls := range []bool{true, false} {
				did := "is called, encrypted; speech heard both ways"
				if calls {
					did = "calls, encrypted; speech heard both ways"
				}
				t.Run(fmt.Sprintf("%s %s %s", name, keys, strings.Fields(did)[0]), func(t *testing.T) {
					meets(t, name, did, "TLS, "+strings.ToUpper(keys)+"-SRTP, G.711")
					k := kamailio(t, peers.Registrar{})
					epoch := vcard.Now()
					mine, theirs := newHead(t, epoch), newHead(t, epoch)
					anna, bob := said(t, mine, speech.Anna, 48000), said(t, theirs, speech.Bob, 8000)
					o := start(t, k, "202", func(a *peers.Account) {
						a.Env, a.Codecs, a.AutoAnswer = theirs.env, "PCMA", calls
						a.Transport, a.Proxy, a.CA, a.Cert = "tls", k.Secure, k.TLS.CA, k.TLS.Both
						a.Encryption = map[string]string{"sdes": "srtp", "dtls": "dtls"}[keys]
					})
					p := offhook(t, k, "201", func(p *peers.Phone) {
						p.WAV, p.Env, p.Codecs = false, mine.env, []string{"pcma"}
						p.Transport, p.Proxy, p.CA, p.SRTP, p.Keys = "tls", k.Secure.String(), k.TLS.CA, "mandatory", keys
					})
					if calls {
						p.dial("202")
					} else {
						o.call("sip:201@" + k.Domain)
						p.see("calls you", soon)
						p.lift()
					}
					o.standing()
					p.see("secure|\ue000", soon)
					begun := time.Duration(vcard.Now() - epoch)
					time.Sleep(7 * time.Second)
					ended := time.Duration(vcard.Now() - epoch)
					p.hangUp()
					o.over()
					p.see("ready", soon)
					hears(t, "offhook", bob, mine, 48000, begun, ended, 0.9)
					hears(t, name, anna, theirs, 8000, begun, ended, 0.9)
				})
			}
		}
	}
}

// A certificate that is not to be trusted is said in words, and nothing is sent.
func TestCertificates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		span  time.Duration
		names []string
		words string
	}{
		{"expired", -time.Hour, []string{"pbx.test"}, "expired"},
		{"of another", time.Hour, []string{"other.test"}, "(?i)certificate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			meets(t, "Kamailio", "says in words why a certificate is refused", "TLS")
			dir, remove, err := peers.CertificateFolder()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(remove)
			bad, err := peers.NewCertificate(dir, c.span, c.names...)
			if err != nil {
				t.Fatal(err)
			}
			k := kamailio(t, peers.Registrar{TLS: &bad})
			port, err := peers.FreePort()
			if err != nil {
				t.Fatal(err)
			}
			o, err := peers.StartOffhook(t.TempDir(), peers.Phone{Binary: binary, Name: "201", User: "201", Password: peers.Password("201"),
				Domain: k.Domain, Proxy: k.Secure.String(), Transport: "tls", CA: bad.CA, WAV: true, SIPPort: port})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(o.Stop)
			phone{o, t}.see(c.words, soon)
		})
	}
}
