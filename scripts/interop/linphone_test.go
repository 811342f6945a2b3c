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

// linphone starts one for user of k, with what change makes of its account.
func linphone(t *testing.T, k *peers.Kamailio, user string, change func(*peers.Account)) *peers.Linphone {
	t.Helper()
	a := peers.Account{User: user, Domain: k.Domain, Password: peers.Password(user), Proxy: k.Addr, Register: true}
	if change != nil {
		change(&a)
	}
	l, err := peers.StartLinphone(t.TempDir(), a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		l.Stop()
		if t.Failed() {
			t.Logf("linphone %s:\n%s", user, l.Log())
		}
	})
	return l
}

// typed gives linphone a command and waits for what it then says.
func typed(t *testing.T, l *peers.Linphone, command, says string) {
	t.Helper()
	if err := l.Type(command); err != nil {
		t.Fatal(err)
	}
	if says == "" {
		return
	}
	if err := l.Await(soon, says); err != nil {
		t.Fatal(err)
	}
}

// Speech both ways with linphonec, by whom the call is made and in every codec.
func TestTalksWithLinphone(t *testing.T) {
	for _, c := range []struct {
		name, theirs, ours string
		rate               int // of their card; ours runs at 48 kHz
		calls              bool
		alike              float64
	}{
		{"calls in G.711", "PCMU", "pcmu", 8000, true, 0.9},
		{"is called in G.711", "PCMA", "pcma", 8000, false, 0.9},
		{"calls in Opus", "opus", "opus", 48000, true, 0.8},
		{"is called in Opus", "opus", "opus", 48000, false, 0.8},
		{"calls in G.722", "G722", "g722", 16000, true, 0.9},
		{"is called in G.722", "G722", "g722", 16000, false, 0.9},
	} {
		t.Run(c.name, func(t *testing.T) {
			did, over, _ := strings.Cut(c.name, " in ")
			meets(t, "linphone", did+"; speech heard both ways", "UDP, "+over)
			k := kamailio(t, peers.Registrar{})
			epoch := vcard.Now()
			mine, theirs := newHead(t, epoch), newHead(t, epoch)
			anna, bob := said(t, mine, speech.Anna, 48000), said(t, theirs, speech.Bob, c.rate)
			l := linphone(t, k, "202", func(a *peers.Account) { a.Env, a.Codecs, a.AutoAnswer = theirs.env, c.theirs, c.calls })
			p := offhook(t, k, "201", func(p *peers.Phone) { p.WAV, p.Env, p.Codecs = false, mine.env, []string{c.ours} })
			if c.calls {
				p.dial("202")
			} else {
				typed(t, l, fmt.Sprintf("call sip:201@%s", k.Domain), "")
				p.see("calls you", soon)
				p.lift()
			}
			p.see("B Hold", soon)
			begun := time.Duration(vcard.Now() - epoch)
			time.Sleep(8 * time.Second)
			ended := time.Duration(vcard.Now() - epoch)
			p.hangUp()
			p.see("ready", soon)
			hears(t, "offhook", bob, mine, 48000, begun, ended, c.alike)
			hears(t, "linphone", anna, theirs, c.rate, begun, ended, c.alike)
		})
	}
}
