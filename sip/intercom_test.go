package sip

import (
	"testing"

	"github.com/offhook/offhook/sip/account"
)

// RFC 5373 §4: a caller that asks for a mode learns how it was answered; others hear nothing
// of it.
func TestAnswerModeOfTheAnswer(t *testing.T) {
	for _, c := range []struct {
		asked    string
		byItself bool
		name     string
		said     string
	}{
		{"Answer-Mode: Auto", true, "Answer-Mode", "Auto"},
		{"Answer-Mode: Auto", false, "Answer-Mode", "Manual"},
		{"Answer-Mode: Manual", false, "Answer-Mode", "Manual"},
		{"Priv-Answer-Mode: Auto", true, "Priv-Answer-Mode", "Auto"},
		{"Alert-Info: <x>;info=alert-autoanswer", true, "Answer-Mode", ""},
		{"Subject: x", false, "Answer-Mode", ""},
	} {
		atHome(t, func(a *account.Account) { a.Intercom = true }, func(t *testing.T, a *phone, p *peer) {
			k, id := rung(a, p, described("sendrecv"), c.asked)
			a.do(Accept{Call: id, ByItself: c.byItself})
			if r := p.response(200); text(r, c.name) != c.said {
				t.Errorf("%s: %v", c.asked, r)
			}
			k.in("ACK", "")
			want[Answered](a)
			k.in("INVITE", described("sendonly")) // how a re-INVITE is answered is no news
			if r := p.response(200); text(r, c.name) != "" {
				t.Errorf("%v", r)
			}
			k.in("ACK", "")
		})
	}
}
