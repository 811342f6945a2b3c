//go:build interop

package interop

import (
	"testing"

	"github.com/offhook/offhook/scripts/peers"
)

// The far end sends the phone on to somebody else (REFER, RFC 3515): the phone calls there,
// the far end's call ends, the new one stands.
func TestIsTransferred(t *testing.T) {
	t.Parallel()
	with(t, func(t *testing.T, name string, start func(*peers.Kamailio, string, func(*peers.Account)) other) {
		meets(t, name, "is sent on by it (REFER)", "UDP")
		k := kamailio(t, peers.Registrar{})
		o := start(k, "202", func(a *peers.Account) { a.AutoAnswer = true })
		third := offhook(t, k, "203", func(p *peers.Phone) { p.Auto = true })
		p := offhook(t, k, "201", nil)
		p.dial("202")
		o.standing()
		p.see("B Hold", soon)
		o.transfer("sip:203@" + k.Domain)
		third.see("201", soon)
		third.see("(Opus|PCM.).* 00:", soon)
		o.over()
		p.see(`203(.|\n)*Transferred to 203(.|\n)*B Hold`, soon)
		p.hangUp()
		p.see("ready", soon)
		third.see("ready|Call ended|missed", soon)
	})
}

// keyed gives the phone a Transfer key in place of Redial.
func keyed(p *peers.Phone) {
	p.Extra = "[board.keypad]\nfunctions = { A = \"menu\", B = \"hold\", C = \"transfer\", D = \"mute\" }\n"
}

// The phone sends the far end on, unseen or after a word with the third (RFC 5589): the far
// end and the third talk, the phone is free.
func TestTransfers(t *testing.T) {
	t.Parallel()
	for _, attended := range []bool{false, true} {
		did, label := "sends it on, blind (REFER)", "blind"
		if attended {
			did, label = "sends it on after asking (REFER with Replaces)", "attended"
		}
		t.Run(label, func(t *testing.T) {
			t.Parallel()
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
				p.see("B Hold", soon)
				p.must(p.Tap("C"))
				p.see("Transfer", soon)
				p.must(p.Tap("203"))
				if attended {
					p.must(p.Tap("#"))
					third.see("(Opus|PCM.).* 00:", soon)
					p.see("(Opus|PCM.).* 00:", soon)
				}
				p.must(p.Tap("C"))
				p.see("Transferred", soon)
				third.see("202(.|\n)*(Opus|PCM.).* 00:", soon) // once its line is not taken by news, nor by how to end the call
				p.hangUp()
				p.see("ready", soon)
				third.see("202(.|\n)*(Opus|PCM.).* 00:", soon) // they go on without the phone
			})
		})
	}
}
