package sip

import (
	"strings"
	"testing"

	"github.com/offhook/offhook/sip/account"
)

func TestHowItRings(t *testing.T) {
	for alerts, want := range map[string]int{
		"":                                    0,
		"<http://127.0.0.1/Bellcore-dr2>":     2,
		"<http://127.0.0.1/Bellcore-dr2>;x=1": 2,
		"<Bellcore-dr3>":                      3,
		"Bellcore-dr8":                        8,
		"bellcore-DR1":                        1,
		"<http://www.notused.com>;info=alert-internal;x-line-id=0": 2,
		"info=alert-external":                                        0,
		`<http://x>;info="alert-group"`:                              3,
		";info=Bellcore-dr4":                                         4,
		"<urn:alert:source:internal>":                                2,
		"<URN:alert:source:internal>":                                2,
		"<urn:alert:source:internal:branch@pbx.example>":             2,
		"<urn:alert:priority:high>":                                  4,
		"<urn:alert:service:recall:hold>":                            6,
		"<urn:alert:locale:country:de>, <urn:alert:source:internal>": 2,
		"<urn:alert:source:external>, <urn:alert:priority:high>":     0,
		"internal": 2,
		// Nothing that is known.
		"<http://ring.example/song.wav>": 0, "<http://x/Bellcore-dr9>": 0, "Bellcore-dr0": 0, "Bellcore-dr+2": 0,
		"Bellcore-dr22": 0, "<urn:alert:internal>": 0, "<urn:alert:>": 0, "urn:alert:": 0, "<http://internal/x>": 0,
		"x=Bellcore-dr2": 0, "<": 0, ";;;": 0, "info=": 0, "<http://internal": 0, "source:internal": 0,
		strings.Repeat("x, ", 8) + "Bellcore-dr2":       0,
		strings.Repeat("x", 300) + ";info=Bellcore-dr2": 0,
		strings.Repeat("x, ", 7) + "Bellcore-dr2":       2,
	} {
		if got := bellOf([]string{alerts}); got != want {
			t.Errorf("%q rings %d, want %d", alerts, got, want)
		}
	}
	if got := bellOf([]string{"x", "<urn:alert:source:internal>"}); got != 2 {
		t.Errorf("two headers ring %d", got)
	}
}

// The account's own server says how it rings, where the settings let it; strangers do not.
func TestWhoSaysHowItRings(t *testing.T) {
	for _, on := range []bool{true, false} {
		atHome(t, func(a *account.Account) { a.DistinctiveRing = on }, func(t *testing.T, a *phone, p *peer) {
			invited := p.invite(described("sendrecv"), "Alert-Info: <http://127.0.0.1/Bellcore-dr5>")
			in := want[Incoming](a)
			if got := in.Bell == 5; got != on || in.Auto {
				t.Errorf("%v: %+v", on, in)
			}
			a.do(Reject{Call: in.Call, Code: 486})
			p.response(486)
			_ = invited
		})
	}
	a := &Agent{}
	l := newLine(a, 0, home())
	if l.fromServer(loopback) {
		t.Error("a stranger is the server")
	}
}

func FuzzBell(f *testing.F) {
	for _, s := range []string{"<http://127.0.0.1/Bellcore-dr2>", `<urn:alert:source:internal>;info="x", Bellcore-dr3`, ";info=<"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n := bellOf([]string{s}); n < 0 || n > 8 {
			t.Errorf("%d", n)
		}
	})
}
