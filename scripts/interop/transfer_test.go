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
