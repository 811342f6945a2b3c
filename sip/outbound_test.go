package sip

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
)

// edges is an account with two ways to one registrar.
func edges() account.Account {
	acc := home()
	acc.Outbound = true
	acc.Proxy, acc.SecondProxy = "10.0.0.2", "10.0.0.3"
	acc.Domain = "home.example"
	return acc
}

// flows lets a REGISTER in as a registrar does that speaks RFC 5626.
func (r *registrar) flows(within time.Duration, lines ...string) *sip.Request {
	r.t.Helper()
	return r.registers(within, append(lines, "Require: outbound")...)
}

func regID(req *sip.Request) string {
	id, _ := req.Contact().Params.Get("reg-id")
	return id
}

// The registration names the phone and the flow (RFC 5626 §4.2), and says what it speaks.
func TestOutboundIsOffered(t *testing.T) {
	acc := home()
	acc.Outbound = true
	serving(t, acc, 1, func(s *servers) {
		req := s.all[0].registers(time.Second)
		instance, _ := req.Contact().Params.Get("+sip.instance")
		if instance != `"<`+instanceID+`>"` || regID(req) != "1" {
			t.Errorf("Contact: %s", req.Contact().Value())
		}
		for _, tag := range []string{"path", "outbound", "gruu"} {
			if !lists(req, "Supported", tag) {
				t.Errorf("%s is not in Supported: %v", tag, values(req, "Supported"))
			}
		}
		s.until(Registered, "ready")
		// A registrar that knows nothing of it: no ob, no GRUU.
		s.a.do(Dial{Call: 1, Target: "202"})
		inv := s.all[0].request("INVITE")
		if inv.Contact().Address.UriParams.Has("ob") {
			t.Errorf("Contact: %s", inv.Contact().Value())
		}
		s.all[0].answer(inv, 486, "", "")
	})
}

// What a registrar grants is used: Service-Route before new requests (RFC 3608 §6.1) but
// never before a REGISTER, the GRUU as the Contact of dialogs (RFC 5627 §4.4), Flow-Timer
// for the keepalive (RFC 5626 §4.4).
func TestWhatIsGrantedIsUsed(t *testing.T) {
	acc := home()
	acc.Outbound = true
	serving(t, acc, 1, func(s *servers) {
		r := s.all[0]
		req := r.next(time.Second).(*sip.Request)
		const gruu = "sip:201@10.0.0.2;gr=urn:uuid:0b9dd92e"
		r.answer(req, 200, "", "", "Require: outbound", "Flow-Timer: 20",
			"Service-Route: <sip:p1.home.example;lr>, <sip:p2.home.example;lr>",
			"Contact: "+req.Contact().Value()+`;expires=600;pub-gruu="`+gruu+`";temp-gruu="sip:x@10.0.0.2;gr"`)
		s.until(Registered, "ready")

		s.a.do(Dial{Call: 1, Target: "202"})
		inv := r.request("INVITE")
		var routes []string
		for _, h := range inv.GetHeaders("Route") {
			routes = append(routes, h.Value())
		}
		if got := strings.Join(routes, " "); got != "<sip:p1.home.example;lr> <sip:p2.home.example;lr>" {
			t.Errorf("Route: %s", got)
		}
		if got := inv.Contact().Address.String(); got != gruu {
			t.Errorf("Contact: %s", got)
		}
		r.answer(inv, 486, "", "")
		r.request("ACK")
		ended(t, s.a, 486, "Busy")

		again := r.registers(10 * time.Minute)
		if len(again.GetHeaders("Route")) > 0 || strings.Contains(again.Contact().Value(), "gr=") {
			t.Errorf("%v", again)
		}
		synctest.Wait()
		// The refresh brought none of it: nothing of it is left.
		s.a.do(Dial{Call: 3, Target: "202"})
		inv = r.request("INVITE")
		if len(inv.GetHeaders("Route")) > 0 || inv.Contact().Address.UriParams.Has("gr") {
			t.Errorf("%v", inv)
		}
		r.answer(inv, 486, "", "")
	})
}

// A first hop that does not know of flows (439, RFC 5626 §4.4.1), an old registrar that
// refuses what it does not know: asked again without, at once and for good.
func TestOutboundIsTakenBack(t *testing.T) {
	for _, code := range []int{439, 420, 400} {
		acc := home()
		acc.Outbound = true
		serving(t, acc, 1, func(s *servers) {
			r := s.all[0]
			r.answer(r.request("REGISTER"), code, "", "")
			plain := r.registers(time.Second)
			if regID(plain) != "" || lists(plain, "Supported", "outbound") || plain.Contact().Params.Has("+sip.instance") {
				t.Errorf("%d: %s", code, plain.Contact().Value())
			}
			s.until(Registered, "ready")
			if again := r.registers(10 * time.Minute); regID(again) != "" {
				t.Errorf("%d: %s", code, again.Contact().Value())
			}
		})
	}
}

// Two flows of one phone: reg-id tells them apart, and the account is registered while
// one of them is (RFC 5626 §4.2); calls leave by the one that works.
func TestTwoFlows(t *testing.T) {
	serving(t, edges(), 2, func(s *servers) {
		one, two, a := s.all[0], s.all[1], s.a
		first := one.flows(time.Second)
		second := two.flows(time.Second)
		if regID(first) != "1" || regID(second) != "2" || first.CallID().Value() == second.CallID().Value() {
			t.Errorf("%s\n%s", first.Contact().Value(), second.Contact().Value())
		}
		s.until(Registered, "ready")
		a.do(Dial{Call: 1, Target: "202"})
		inv := one.request("INVITE")
		if !inv.Contact().Address.UriParams.Has("ob") { // RFC 5626 §4.3
			t.Errorf("Contact: %s", inv.Contact().Value())
		}
		one.answer(inv, 486, "", "")
		one.request("ACK")
		ended(t, a, 486, "Busy")

		s.dead(one, true)
		end := time.Now().Add(30 * time.Minute)
		for time.Now().Before(end) {
			if req, ok := two.next(time.Minute).(*sip.Request); ok && req.Method == sip.REGISTER {
				two.answer(req, 200, "", "", "Require: outbound", "Contact: "+req.Contact().Value()+";expires=600")
			}
			select {
			case e := <-a.Events():
				if r, ok := e.(Registration); ok && r.State != Registered {
					t.Fatalf("one flow works, and yet: %+v", r)
				}
			default:
			}
		}
		a.do(Dial{Call: 3, Target: "202"})
		inv = two.request("INVITE")
		two.answer(inv, 486, "", "")
	})
}

// A registrar that gives a GRUU and does not do outbound: its proxy may well not know how
// to reach one, and the call would die with the first request inside it. Our address is
// the Contact (docs/decisions/0013).
func TestGRUUAloneIsNotUsed(t *testing.T) {
	acc := home()
	acc.Outbound = true
	serving(t, acc, 1, func(s *servers) {
		r := s.all[0]
		req := r.request("REGISTER")
		r.answer(req, 200, "", "", "Contact: "+req.Contact().Value()+`;expires=600;pub-gruu="sip:201@10.0.0.2;gr=urn:uuid:0b9dd92e"`)
		s.until(Registered, "ready")
		s.a.do(Dial{Call: 1, Target: "202"})
		inv := r.request("INVITE")
		if got := inv.Contact().Address.String(); got != "sip:201@10.0.0.1:5060" {
			t.Errorf("Contact: %s", got)
		}
		r.answer(inv, 486, "", "")
	})
}
