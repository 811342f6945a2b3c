package transfer

import (
	"errors"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestReferTo(t *testing.T) {
	dialog := Replaces{CallID: "a84b4c76@10.0.0.2", To: "7743", From: "6472"}
	for _, c := range []struct {
		value  string
		want   ReferTo
		status int
	}{
		{"sip:203@pbx.home", ReferTo{URI: "sip:203@pbx.home"}, 0},
		{"<sip:203@pbx.home>", ReferTo{URI: "sip:203@pbx.home"}, 0},
		{`"Carol" <sip:203@pbx.home:5070;transport=tcp>;x=y`, ReferTo{Name: "Carol", URI: "sip:203@pbx.home:5070;transport=tcp"}, 0},
		{"<sip:203@pbx.home;method=INVITE>", ReferTo{URI: "sip:203@pbx.home"}, 0},
		{"<sip:203@pbx.home?Replaces=a84b4c76%4010.0.0.2%3Bto-tag%3D7743%3Bfrom-tag%3D6472&Require=replaces>",
			ReferTo{URI: "sip:203@pbx.home", Replaces: dialog, Attended: true}, 0},
		{"<sip:203@pbx.home?replaces=a84b4c76@10.0.0.2%3bfrom-tag%3d6472%3bto-tag%3d7743>",
			ReferTo{URI: "sip:203@pbx.home", Replaces: dialog, Attended: true}, 0},
		// Other headers would be sent in our name: they are not taken.
		{"<sip:203@pbx.home?Route=%3Csip:evil%3E&P-Asserted-Identity=x&Subject=hi>", ReferTo{URI: "sip:203@pbx.home"}, 0},
		{"<sip:[2001:db8::1]:5060>", ReferTo{URI: "sip:[2001:db8::1]:5060"}, 0},

		{"", ReferTo{}, 400},
		{"<>", ReferTo{}, 400},
		{"<sip:>", ReferTo{}, 400},
		{"<tel:+49301234>", ReferTo{}, 416},
		{"<sips:203@pbx.home>", ReferTo{}, 416},
		{"<http://pbx.home>", ReferTo{}, 416},
		{"<sip:203@pbx.home;method=BYE>", ReferTo{}, 603},
		{"<sip:203@pbx.home;method=SUBSCRIBE>", ReferTo{}, 603},
		{"sip:203@pbx.home?Replaces=a", ReferTo{}, 400},
		{"<sip:1@a>, <sip:2@b>", ReferTo{}, 400},
		{"<sip:203@pbx.home?Replaces=a%3Bto-tag%3D1>", ReferTo{}, 400},
		{"<sip:203@pbx.home?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2&Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2>", ReferTo{}, 400},
		{"<sip:203@pbx.home?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2%0D%0AVia:%20x>", ReferTo{}, 400},
		{"<sip:203@pbx.home?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2%0>", ReferTo{}, 400},
		{"<sip:203@pbx.home>\r\nVia: x", ReferTo{}, 400},
		{"<sip:" + strings.Repeat("2", 300) + "@pbx.home>", ReferTo{}, 400},
		{"<sip:203@pbx.home?Subject=" + strings.Repeat("x", 1024) + ">", ReferTo{}, 400},
	} {
		got, err := ParseReferTo(c.value)
		status := 0
		var refusal *Refusal
		if errors.As(err, &refusal) {
			status = refusal.Status
		} else if err != nil {
			t.Errorf("%q: %v is no Refusal", c.value, err)
		}
		if got != c.want && status == 0 || status != c.status {
			t.Errorf("%q: %+v %d, want %+v %d", c.value, got, status, c.want, c.status)
		}
	}
}

func TestReferToThereAndBack(t *testing.T) {
	r := ReferTo{URI: "sip:203@pbx.home", Attended: true, Replaces: Replaces{CallID: "x%1!{}@[h]", To: "a-b.c", From: "~'()"}}
	want := "<sip:203@pbx.home?Replaces=x%251!%7B%7D%40%5Bh%5D%3Bto-tag%3Da-b.c%3Bfrom-tag%3D~'()&Require=replaces>"
	if got := r.String(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got, err := ParseReferTo(r.String()); got != r || err != nil {
		t.Errorf("%+v %v", got, err)
	}
	if got := (ReferTo{URI: "sip:203@pbx.home"}).String(); got != "<sip:203@pbx.home>" {
		t.Error(got)
	}
}

// RFC 3891 §6.1.
func TestReplaces(t *testing.T) {
	good := Replaces{CallID: "425928@bobster.example.org", To: "7743", From: "6472"}
	early := good
	early.EarlyOnly = true
	for value, want := range map[string]Replaces{
		"425928@bobster.example.org;to-tag=7743;from-tag=6472":                  good,
		"425928@bobster.example.org ; From-Tag = 6472 ; TO-TAG=7743 ; x=y":      good,
		"425928@bobster.example.org;to-tag=7743;from-tag=6472;early-only":       early,
		"425928@bobster.example.org;early-only;to-tag=7743;from-tag=6472;other": early,
	} {
		if got, err := ParseReplaces(value); got != want || err != nil {
			t.Errorf("%q: %+v %v", value, got, err)
		}
	}
	if s := early.String(); s != "425928@bobster.example.org;to-tag=7743;from-tag=6472;early-only" {
		t.Error(s)
	}
	for _, value := range []string{
		"", ";", "a", "a;to-tag=1", "a;from-tag=1", ";to-tag=1;from-tag=2", "a;to-tag=;from-tag=2",
		"a;to-tag=1;to-tag=2;from-tag=3", "a;to-tag=1;from-tag=3;from-tag=3", "a b;to-tag=1;from-tag=2",
		"a,b;to-tag=1;from-tag=2", "a;to-tag=1\r\nx;from-tag=2", "a;to-tag=1;from-tag=2@3",
		strings.Repeat("a", maxReplaces) + ";to-tag=1;from-tag=2", strings.Repeat(";x", 100) + ";to-tag=1;from-tag=2",
	} {
		if got, err := ParseReplaces(value); err == nil {
			t.Errorf("%q: %+v", value, got)
		}
	}
}

// RFC 3891 §3, every case.
func TestJudge(t *testing.T) {
	for _, c := range []struct {
		found            Found
		early, forbidden bool
		want             int
	}{
		{Nothing, false, false, 481}, {Nothing, true, true, 481},
		{Taken, false, false, 481}, {Taken, true, false, 481},
		{Confirmed, false, false, 0}, {Confirmed, true, false, 486}, {Confirmed, false, true, 403}, {Confirmed, true, true, 403},
		{Placed, false, false, 0}, {Placed, true, false, 0}, {Placed, true, true, 403},
		{Finished, false, false, 603}, {Finished, true, false, 603}, {Finished, false, true, 403},
	} {
		if got := (Replaces{EarlyOnly: c.early}).Judge(c.found, !c.forbidden); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
}

func TestStatus(t *testing.T) {
	for body, want := range map[string]int{
		"SIP/2.0 100 Trying\r\n": 100, "SIP/2.0 200 OK": 200, "sip/2.0 486 Busy Here\nTo: x\n\n": 486, "SIP/2.0 603 \r\n": 603,
		"SIP/2.0 200\r\n": 200,
		"":                0, "SIP/2.0": 0, "SIP/2.0 ": 0, "SIP/2.0 20 OK": 0, "SIP/2.0 2000 OK": 0, "SIP/2.0 099 X": 0, "SIP/2.0 700 X": 0,
		"SIP/3.0 200 OK": 0, "HTTP/1.1 200 OK": 0, "INVITE sip:a SIP/2.0": 0, "\r\nSIP/2.0 200 OK": 0, "SIP/2.0  200 OK": 0, "SIP/2.0 +10 X": 0,
		"SIP/2.0 200 " + strings.Repeat("x", maxFragment): 0,
	} {
		if got := Status([]byte(body)); got != want {
			t.Errorf("%.40q: %d, want %d", body, got, want)
		}
	}
	if got := string(Fragment(180, "Ringing")); got != "SIP/2.0 180 Ringing\r\n" || Status([]byte(got)) != 180 {
		t.Error(got)
	}
}

func TestStateAndEvent(t *testing.T) {
	for value, want := range map[string]State{
		"active;expires=60":            {Expires: time.Minute},
		"Active ; Expires = 60 ; x":    {Expires: time.Minute},
		"pending":                      {},
		"":                             {},
		"terminated;reason=noresource": {Terminated: true, Reason: "noresource"},
		"TERMINATED":                   {Terminated: true},
		"active;expires=-1":            {},
		"active;expires=9999999999":    {Expires: 24 * time.Hour},
		"terminated;reason=" + strings.Repeat("x", 33): {Terminated: true},
	} {
		if got := ParseState(value); got != want {
			t.Errorf("%.40q: %+v", value, got)
		}
	}
	if s := (State{Terminated: true}).String(); s != "terminated" {
		t.Error(s)
	}
	for value, want := range map[string]struct {
		id    uint32
		refer bool
	}{
		"refer": {0, true}, "REFER": {0, true}, "refer;id=93809823": {93809823, true}, "refer ; ID = 7": {7, true},
		"dialog": {}, "": {}, "refer;id=x": {}, "refer;id=0": {}, "refer;id=99999999999": {}, "referee": {},
	} {
		if id, refer := ParseEvent(value); id != want.id || refer != want.refer {
			t.Errorf("%q: %d %v", value, id, refer)
		}
	}
}

func TestReferredBy(t *testing.T) {
	for value, want := range map[string]string{
		"<sip:202@pbx.home>":                 "<sip:202@pbx.home>",
		`"Bob" <sip:202@pbx.home>;cid="x@y"`: "<sip:202@pbx.home>",
		"sip:202@pbx.home":                   "<sip:202@pbx.home>",
		"<sip:202@pbx.home?Route=x>":         "<sip:202@pbx.home>",
		"<sips:202@pbx.home>":                "<sips:202@pbx.home>",
		"<tel:202>":                          "",
		"":                                   "",
		"<sip:202@pbx.home>\r\nVia: x":       "",
		"<sip:" + strings.Repeat("2", 300) + "@home>": "",
	} {
		if got := ReferredBy(value); got != want {
			t.Errorf("%.40q: %q, want %q", value, got, want)
		}
	}
}

// What a parser lets through can be written into a message as it is.
func FuzzReferTo(f *testing.F) {
	for _, s := range []string{"<sip:203@pbx.home?Replaces=a%40b%3Bto-tag%3D7743%3Bfrom-tag%3D6472&Require=replaces>", "sip:1@2;x", "\"a\" <sip:[::1]>", "<sip:a@b;method=INVITE?x=%0a>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if by := ReferredBy(s); by != "" && (strings.ContainsAny(by, "\r\n\x00") || len(by) > maxBy+2) {
			t.Fatalf("%q", by)
		}
		r, err := ParseReferTo(s)
		if err != nil {
			var refusal *Refusal
			if !errors.As(err, &refusal) || refusal.Status < 400 {
				t.Fatal(err)
			}
			return
		}
		if strings.ContainsAny(r.URI, "\r\n\x00 <>\"") || len(r.URI) > maxURI || !strings.HasPrefix(r.URI, "sip:") {
			t.Fatalf("%q from %q", r.URI, s)
		}
		if strings.ContainsAny(r.Replaces.String(), "\r\n\x00 ,") {
			t.Fatalf("%q from %q", r.Replaces, s)
		}
	})
}

func FuzzReplaces(f *testing.F) {
	f.Add("425928@bobster.example.org;to-tag=7743;from-tag=6472;early-only")
	f.Add("a;to-tag=1;from-tag=2;to-tag=3")
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseReplaces(s)
		if err != nil {
			return
		}
		if again, err := ParseReplaces(r.String()); again != r || err != nil {
			t.Fatalf("%q: %+v, then %+v %v", s, r, again, err)
		}
		u := ReferTo{URI: "sip:a@b", Replaces: r, Attended: true}
		if again, err := ParseReferTo(u.String()); again != u || err != nil {
			t.Fatalf("%q: %+v, then %+v %v", s, u, again, err)
		}
	})
}

func FuzzFragment(f *testing.F) {
	f.Add([]byte("SIP/2.0 200 OK\r\nTo: x\r\n"), "active;expires=60", "refer;id=7")
	f.Fuzz(func(t *testing.T, body []byte, state, event string) {
		if code := Status(body); code != 0 && (code < 100 || code > 699) {
			t.Fatal(code)
		}
		s := ParseState(state)
		if s.Expires < 0 || s.Expires > 1<<31*time.Second || len(s.Reason) > 32 {
			t.Fatalf("%+v", s)
		}
		ParseEvent(event)
	})
}
