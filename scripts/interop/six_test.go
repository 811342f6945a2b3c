//go:build interop

package interop

import (
	"fmt"
	"strings"
	"testing"

	"github.com/offhook/offhook/scripts/peers"
)

// Two phones that have IPv6 alone register at Kamailio's listener there and call each other.
func TestKamailioOverIPv6(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			meets(t, "Kamailio", "registers and calls", "IPv6, "+strings.ToUpper(transport))
			k := kamailio(t, peers.Registrar{IPv6: true})
			at := func(p *peers.Phone) {
				p.Bind, p.Proxy, p.Transport = "::1", fmt.Sprintf("[::1]:%d", k.Addr.Port()), transport
			}
			a, b := offhook(t, k, "201", at), offhook(t, k, "202", at)
			a.dial("202")
			b.see("201", soon)
			b.lift()
			a.see("00:0", soon)
			b.see("00:0", soon)
		})
	}
}
