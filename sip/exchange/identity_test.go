package exchange

import (
	"testing"

	"github.com/emiago/sipgo/sip"
)

func TestTheExchangeVouchesForWhomItKnows(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		to     target
		want   string
	}{
		{"by name", 200, target{user: "600", name: "Echo"}, `"Echo" <sip:600@exchange.internal>`},
		{"without a name", 180, target{user: "202"}, "<sip:202@exchange.internal>"},
		{"inside a dialog: not looked up", 200, target{}, ""},
		{"a failure needs none", 486, target{user: "600", name: "Echo"}, ""},
	} {
		req := sip.NewRequest(sip.INVITE, sip.Uri{Scheme: "sip", User: "600", Host: "exchange.internal"})
		res := sip.NewResponseFromRequest(req, c.status, "", nil)
		res.AppendHeader(sip.NewHeader("p-asserted-identity", `"The Queen" <sip:1@palace>`))
		assert(res, c.to, "exchange.internal")
		got := ""
		for _, h := range res.Headers() {
			if sip.HeaderToLower(h.Name()) == "p-asserted-identity" {
				got += h.Value()
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
