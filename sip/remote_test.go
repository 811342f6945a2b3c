package sip

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/locate"
)

// unasked is a DNS that nobody is to ask.
type unasked struct{ t *testing.T }

func (u unasked) Addrs(_ context.Context, name string) ([]netip.Addr, error) {
	u.t.Errorf("DNS was asked for %q", name)
	return nil, nil
}

func (u unasked) SRV(_ context.Context, name string) ([]locate.SRV, error) {
	u.t.Errorf("DNS was asked for %q", name)
	return nil, nil
}

func (u unasked) NAPTR(_ context.Context, name string) ([]locate.NAPTR, error) {
	u.t.Errorf("DNS was asked for %q", name)
	return nil, nil
}

// withoutDNS watches a mailbox where no name is to be looked up.
func withoutDNS(t *testing.T) func(*Config) {
	return func(c *Config) {
		withMessages(c)
		c.Resolver = unasked{t}
	}
}

// A NOTIFY whose Contact is nowhere that a request can go makes no dialog, and moves none.
func TestNotifierThatCannotBeReached(t *testing.T) {
	foreign := []string{
		"tel:+4930123456", "<tel:+4930123456>", "<http://pbx.example/notify>", "<mailto:a@pbx.example>",
		"*", "<sip:>", "<>", "<sip:a@10.0.0.2>, <sip:b@10.0.0.2>", "<urn:service:sos>",
	}
	attending(t, withoutDNS(t), func(t *testing.T, a *phone, n *notifier) {
		first := n.subscribed("message-summary")
		n.answer(first, 200, "", "", "Expires: 3600")
		for _, c := range foreign {
			n.notify(400, "active;expires=3600", summaryType, twoMessages, "Contact: "+c)
		}
		a.quiet(time.Second)
		n.notify(200, "active;expires=3600", summaryType, twoMessages)
		want[Mailbox](a)
		for _, c := range foreign {
			n.notify(400, "active;expires=3600", summaryType, noMessages, "Contact: "+c)
		}
		a.quiet(time.Second)
		// The dialog stands with the target that it had.
		a.do(Renew{})
		n.grant(n.request("REGISTER"), 600)
		again := n.subscribed("message-summary")
		if got := again.Recipient.String(); got != "sip:notifier@10.0.0.2:5060" {
			t.Errorf("refreshed at %s", got)
		}
		n.answer(again, 200, "", "", "Expires: 3600")
		// The last NOTIFY needs no Contact that leads anywhere.
		n.notify(200, "terminated;reason=rejected", "", "", "Contact: <tel:+4930123456>")
		n.silent(300 * time.Second)
	})
}

// Refused NOTIFYs end the wait for one like none at all: Timer N, then a rest, then another
// SUBSCRIBE (RFC 6665 §4.1.2.4).
func TestNotifierThatIsNeverReachable(t *testing.T) {
	attending(t, withoutDNS(t), func(t *testing.T, a *phone, n *notifier) {
		first := n.subscribed("message-summary")
		n.answer(first, 200, "", "", "Expires: 3600")
		n.notify(400, "active;expires=3600", summaryType, twoMessages, "Contact: <tel:1>")
		begin := time.Now()
		req, _ := n.next(time.Minute).(*sip.Request)
		if req == nil || req.Method != sip.SUBSCRIBE || req.CallID().Value() == first.CallID().Value() {
			t.Fatalf("got %s, want a new SUBSCRIBE", brief(req))
		}
		if d := time.Since(begin); d < 32*time.Second {
			t.Errorf("asked again after %v", d)
		}
	})
}

// A route of another scheme is as little a host: the subscription fails, and rests.
func TestRouteThatLeadsNowhere(t *testing.T) {
	for _, route := range []string{"<tel:+49301;lr>", "<http://pbx.example;lr>"} {
		attending(t, withoutDNS(t), func(t *testing.T, a *phone, n *notifier) {
			n.answer(n.subscribed("message-summary"), 200, "", "", "Expires: 100")
			n.notify(200, "active;expires=100", summaryType, twoMessages, "Record-Route: "+route)
			want[Mailbox](a)
			again, _ := n.next(5 * time.Minute).(*sip.Request)
			if again == nil || strings.Contains(again.To().Value(), "tag=") || len(again.GetHeaders("Route")) > 0 {
				t.Errorf("%s: got %s, want a new dialog", route, brief(again))
			}
		})
	}
}

// What is no call leaves by the registered flow, through the routes that the registrar
// gave (RFC 3608 §6.1), whether their names can be looked up or not.
func TestEventsLeaveByTheFlow(t *testing.T) {
	alone, proxied := home(), edges()
	alone.Outbound = true
	for want, acc := range map[string]account.Account{
		"<sip:p1.nowhere.example;lr>":                   alone,
		"<sip:10.0.0.2;lr> <sip:p1.nowhere.example;lr>": proxied,
	} {
		acc.Messages, acc.Presence = true, true
		serving(t, acc, 2, func(s *servers) {
			s.a.cfg.Resolver = unasked{t}
			one, two := s.all[0], s.all[1]
			one.flows(time.Second, "Service-Route: <sip:p1.nowhere.example;lr>")
			if acc.SecondProxy != "" {
				two.flows(time.Second, "Service-Route: <sip:p2.nowhere.example;lr>")
			}
			s.until(Registered, "ready")
			by := func(method string) *sip.Request {
				t.Helper()
				req := one.request(method)
				var routes []string
				for _, h := range req.GetHeaders("Route") {
					routes = append(routes, h.Value())
				}
				if got := strings.Join(routes, " "); got != want {
					t.Errorf("%s: Route: %s, want %s", method, got, want)
				}
				return req
			}
			one.answer(by("SUBSCRIBE"), 489, "", "")
			one.answer(by("PUBLISH"), 200, "", "", "SIP-ETag: one", "Expires: 3600")
			s.a.do(SendText{Text: 1, Target: "202", Words: "Lunch?"})
			one.answer(by("MESSAGE"), 202, "", "")
		})
	}
}
