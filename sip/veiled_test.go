package sip

import (
	"regexp"
	"testing"

	"github.com/emiago/sipgo/sip"
)

// A call that hides who calls shows the temporary GRUU, or an address without a name, and
// never the public GRUU: from the INVITE to the last request inside it (RFC 5627 §3.1, RFC
// 3323 §4.1.1.3). A call beside it that hides nothing has the public one.
func TestNoIdentityInContact(t *testing.T) {
	identity := regexp.MustCompile(`\b201\b`) // a number or tag drawn at random may have it inside
	const public, passing = "sip:201@10.0.0.2;gr=urn:uuid:0b9dd92e", "sip:tgruu.7hs9f@10.0.0.2;gr"
	for _, c := range []struct{ name, grants, want, open string }{
		{"both GRUUs", `;pub-gruu="` + public + `";temp-gruu="` + passing + `"`, passing, public},
		{"no temporary one", `;pub-gruu="` + public + `"`, "sip:anonymous@10.0.0.1:5060;ob", public},
		{"none", "", "sip:anonymous@10.0.0.1:5060;ob", "sip:201@10.0.0.1:5060;ob"},
	} {
		t.Run(c.name, func(t *testing.T) {
			acc := home()
			acc.Outbound, acc.AnonymousPrefix = true, "*67"
			serving(t, acc, 1, func(s *servers) {
				r := s.all[0]
				req := r.request("REGISTER")
				r.answer(req, 200, "", "", "Require: outbound", "Contact: "+req.Contact().Value()+";expires=600"+c.grants)
				s.until(Registered, "ready")
				shows := func(req *sip.Request, want string) {
					t.Helper()
					if got := req.Contact().Address.String(); got != want {
						t.Errorf("%s: Contact: %s, want %s", req.Method, got, want)
					}
				}

				s.a.do(Dial{Call: 1, Target: "*67202"})
				inv := r.request("INVITE")
				shows(inv, c.want)
				r.answer(inv, 200, "", described("sendrecv"))
				r.request("ACK")
				want[Answered](s.a)
				s.a.do(Hold{Call: 1, On: true})
				again := r.request("INVITE")
				shows(again, c.want)
				r.answer(again, 200, "", described("recvonly"))
				r.request("ACK")
				s.a.do(Transfer{Call: 1, Target: "203"})
				refer := r.request("REFER")
				shows(refer, c.want)
				for _, h := range append(inv.Headers(), refer.Headers()...) {
					name := h.Name()
					if name != "P-Preferred-Identity" && name != "Authorization" && identity.MatchString(h.Value()) {
						t.Errorf("%s", h)
					}
				}
				r.answer(refer, 603, "", "")

				s.a.do(Dial{Call: 3, Target: "202"})
				inv = r.request("INVITE")
				shows(inv, c.open)
				r.answer(inv, 486, "", "")
				r.request("ACK")
			})
		})
	}
}
