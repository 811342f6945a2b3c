package exchange

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/ingress"
	"github.com/offhook/offhook/sip/torture"
)

// FuzzRoute takes a message the whole way through what is decided about it, and through
// the copy that would be sent on.
func FuzzRoute(f *testing.F) {
	for _, m := range torture.Messages() {
		f.Add(m.Bytes)
	}
	x := &Exchange{addr: v4(5060), place: testPlace()}
	from := at(5071)
	to := target{uri: sip.Uri{Scheme: "sip", User: "202", Host: "127.0.0.1", Port: 5072}, flow: flow{"TCP", netip.MustParseAddrPort("127.0.0.1:5072")}}
	f.Fuzz(func(t *testing.T, b []byte) {
		if !ingress.Inspect(b, false).OK() {
			return
		}
		m, err := sip.ParseMessage(b)
		if err != nil {
			return
		}
		req, ok := m.(*sip.Request)
		if !ok {
			return
		}
		if status, _ := ingress.Check(req); status != 0 {
			return
		}
		req.SetSource("127.0.0.1:5071")
		d := x.place.decide(req)
		if r, status := registrationOf(req); status == 0 {
			table := testTable()
			r.user = "201"
			if _, standing := table.register(epoch, r); len(standing) > table.limits.contacts {
				t.Fatalf("%d contacts", len(standing))
			}
			for _, b := range table.targets(epoch, "201", "201", from) {
				shown(b, epoch.Add(time.Second))
			}
		}
		if d.status != 0 {
			return
		}
		out := x.forwarded(req, to, from, d.routes, x.place.branch(req))
		text := out.String()
		if !strings.Contains(text, "\r\nVia: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bK") {
			t.Fatalf("our Via is not in\n%s", text)
		}
		if got := len(out.GetHeaders("Via")); got != len(req.GetHeaders("Via"))+1 {
			t.Fatalf("%d Via headers of %d", got, len(req.GetHeaders("Via")))
		}
		if len(out.GetHeaders("Route")) != len(req.GetHeaders("Route"))-d.routes {
			t.Fatal("Route headers are lost")
		}
		again := req.Clone() // forwarded once more by the phone, unchanged
		again.PrependHeader(sip.HeaderClone(out.Via()))
		if !x.place.loops(again) {
			t.Fatalf("a loop is not seen:\n%s", again)
		}
	})
}
