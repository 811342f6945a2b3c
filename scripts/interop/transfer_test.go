//go:build interop

package interop

import (
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/peers"
)

// The far end sends the phone on to somebody else (REFER, RFC 3515): the phone calls there,
// the far end's call ends, the new one stands.
func TestIsTransferred(t *testing.T) {
	with(t, func(t *testing.T, name string, start func(*peers.Kamailio, string, func(*peers.Account)) other) {
		meets(t, name, "is sent on by it (REFER)", "UDP")
		k := kamailio(t, peers.Registrar{})
		o := start(k, "202", func(a *peers.Account) { a.AutoAnswer = true })
		third := offhook(t, k, "203", func(p *peers.Phone) { p.Auto = true })
		p := offhook(t, k, "201", nil)
		p.dial("202")
		o.standing()
		p.see("B Hold", 5*time.Second)
		o.transfer("sip:203@" + k.Domain)
		third.see("201", 10*time.Second)
		third.see("(Opus|PCM.).* 00:", 10*time.Second)
		o.over()
		p.see(`203(.|\n)*Transferred to 203(.|\n)*B Hold`, 5*time.Second)
		p.hangUp()
		p.see("ready", 5*time.Second)
		third.see("ready|Call ended|missed", 5*time.Second)
	})
}

// keyed gives the phone a Transfer key in place of Redial.
func keyed(p *peers.Phone) {
	p.Extra = "[board.keypad]\nfunctions = { A = \"menu\", B = \"hold\", C = \"transfer\", D = \"mute\" }\n"
}

// The phone sends the far end on, unseen or after a word with the third (RFC 5589): the far
// end and the third talk, the phone is free.
func TestTransfers(t *testing.T) {
	for _, attended := range []bool{false, true} {
		did, label := "sends it on, blind (REFER)", "blind"
		if attended {
			did, label = "sends it on after asking (REFER with Replaces)", "attended"
		}
		t.Run(label, func(t *testing.T) {
			with(t, func(t *testing.T, name string, start func(*peers.Kamailio, string, func(*peers.Account)) other) {
				if attended && name == "baresip" {
					t.Skip("baresip 1.0 calls the third without the Replaces that it was given")
				}
				meets(t, name, did, "UDP")
				k := kamailio(t, peers.Registrar{})
				o := start(k, "202", func(a *peers.Account) { a.AutoAnswer = true })
				third := offhook(t, k, "203", func(p *peers.Phone) { p.Auto = true })
				p := offhook(t, k, "201", keyed)
				p.dial("202")
				o.standing()
				p.see("B Hold", 5*time.Second)
				p.must(p.Tap("C"))
				p.see("Transfer", 5*time.Second)
				p.must(p.Tap("203"))
				if attended {
					p.must(p.Tap("#"))
					third.see("(Opus|PCM.).* 00:", 10*time.Second)
					p.see("(Opus|PCM.).* 00:", 5*time.Second)
				}
				p.must(p.Tap("C"))
				p.see("Transferred", 10*time.Second)
				third.see("202(.|\n)*(Opus|PCM.).* 00:", 25*time.Second) // once its line is not taken by news, nor by how to end the call
				p.hangUp()
				p.see("ready", 5*time.Second)
				third.see("202(.|\n)*(Opus|PCM.).* 00:", 10*time.Second) // they go on without the phone
			})
		})
	}
}
