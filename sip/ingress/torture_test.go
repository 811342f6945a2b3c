package ingress

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/torture"
)

var stranger = netip.MustParseAddrPort("192.0.2.99:5099")

// What becomes of the messages of RFC 4475 and RFC 5118 on their way to a phone over UDP.
// "ok": they reach the agent, which answers them by what they mean (the section says how
// where it is not 200). A number: that response, without state. "drop": no response.
var tortured = map[string]string{
	// RFC 4475 §3.1.1: valid
	"wsinv": "ok", "intmeth": "501", "esc01": "ok", "escnull": "ok", "esc02": "ok", "lwsdisp": "ok",
	"longreq": "ok", "dblreq": "ok", "semiuri": "ok", "transports": "ok", "mpart01": "ok",
	"unreason": "ok", "noreason": "ok",
	// §3.1.2: invalid
	"badinv01": "400", "clerr": "400", "ncl": "400", "scalar02": "400", "scalarlg": "drop", "quotbal": "400",
	"ltgtruri": "400", "lwsruri": "400", "lwsstart": "400", "trws": "400", "escruri": "400", "baddate": "ok",
	"regbadct": "400", "badaspec": "400", "baddn": "400", "badvers": "505", "mismatch01": "400",
	"mismatch02": "400", "bigcode": "drop",
	// §3.2: transaction layer; §3.3: application layer; §3.4: RFC 2543
	"badbranch": "400", "insuf": "400", "unkscm": "416", "novelsc": "416", "unksm2": "ok", // 405
	"bext01":   "ok", // 420
	"invut":    "ok", // 415
	"regaut01": "ok", "multi01": "400", "mcl01": "400",
	"bcast":  "ok", // a response: matches no transaction
	"zeromf": "ok", "cparam01": "ok", "cparam02": "ok", "regescrt": "ok", "sdp01": "ok", "inv2543": "ok",
	// RFC 5118
	"ipv6-good": "ok", "ipv6-bad": "400", "port-ambiguous": "ok", "port-unambiguous": "ok",
	"via-received-param-with-delim": "ok", "via-received-param-no-delim": "ok", "ipv6-in-sdp": "ok",
	"mult-ip-in-header": "ok", "mult-ip-in-sdp": "ok", "ipv4-mapped-ipv6": "ok",
	"ipv6-bug-abnf-3-colons": "ok", "ipv6-correct-abnf-2-colons": "ok",
}

func wireFile(t testing.TB, name string) []byte {
	t.Helper()
	for _, m := range torture.Messages() {
		if m.Name == name {
			return bytes.Clone(m.Bytes)
		}
	}
	t.Fatalf("no message %s", name)
	return nil
}

func TestTorture(t *testing.T) {
	if n := len(torture.Messages()); n != len(tortured) {
		t.Fatalf("%d messages for %d expectations", n, len(tortured))
	}
	for name, want := range tortured {
		b := wireFile(t, name)
		if v := kind(b); v != Pass {
			t.Errorf("%s: taken for %v", name, v)
		}
		f := Inspect(b, false)
		got := "ok"
		switch {
		case f.Drop:
			got = "drop"
		case !f.OK():
			got = string(Refusal(b, f, stranger)[8:11])
		}
		if got != want {
			t.Errorf("%s: %s (%s), want %s", name, got, f.Words, want)
		}
		if got != "ok" {
			continue
		}
		// What passes is understood by the parser and by Check.
		m, _ := scan(b)
		msg, err := sip.ParseMessage(b[:m.tidy(b, len(b))])
		if err != nil {
			t.Errorf("%s: passes, but the parser says %v", name, err)
			continue
		}
		switch msg := msg.(type) {
		case *sip.Request:
			if status, why := Check(msg); status != 0 {
				t.Errorf("%s: passes, but Check says %d %s", name, status, why)
			}
		case *sip.Response:
			if ok, why := CheckResponse(msg); !ok {
				t.Errorf("%s: passes, but CheckResponse says %s", name, why)
			}
		}
	}
}

// The shortest possible proof that white space is read as the RFC means it (RFC 4475
// §3.1.1.1).
func TestTortureWhiteSpace(t *testing.T) {
	b := wireFile(t, "wsinv")
	m, _ := scan(b)
	msg, err := sip.ParseMessage(b[:m.tidy(b, len(b))])
	if err != nil {
		t.Fatal(err)
	}
	req := msg.(*sip.Request)
	if tag, _ := req.To().Params.Get("tag"); tag != "1918181833n" {
		t.Errorf("To tag %q", tag)
	}
	if tag, _ := req.From().Params.Get("tag"); tag != "98asjd8" {
		t.Errorf("From tag %q in %s", tag, req.From())
	}
	if v := req.Via(); v.Transport != "UDP" || v.Host != "192.0.2.2" || v.ProtocolVersion != "2.0" {
		t.Errorf("Via %s", v)
	}
	if branch, _ := req.Via().Params.Get("branch"); branch != "390skdjuw" {
		t.Errorf("branch %q", branch)
	}
	if c := req.CSeq(); c.SeqNo != 9 || c.MethodName != "INVITE" {
		t.Errorf("CSeq %s", c)
	}
	if len(req.GetHeaders("Via")) != 3 || !bytes.Contains(req.Body(), []byte("m=audio 49217 RTP/AVP 0 12")) {
		t.Errorf("%s", req)
	}
}

func TestTortureRequire(t *testing.T) {
	msg, err := sip.ParseMessage(wireFile(t, "bext01"))
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(Unsupported(msg.(*sip.Request), "noPreviousSupport"), " ")
	if got != "nothingSupportsThis nothingSupportsThisEither" {
		t.Errorf("%q", got)
	}
	if got := Unsupported(msg.(*sip.Request), "NOTHINGSUPPORTSTHIS", "nothingSupportsThisEither"); got != nil {
		t.Errorf("%q", got)
	}
}

// Check finds on the parsed message what can still be seen there.
func TestTortureCheck(t *testing.T) {
	for name, want := range map[string]int{
		"badvers": 505, "unkscm": 416, "escruri": 400, "badbranch": 400, "insuf": 400,
		"multi01": 400, "mcl01": 400, "mismatch01": 400, "mismatch02": 400,
	} {
		msg, err := sip.ParseMessage(wireFile(t, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, why := Check(msg.(*sip.Request)); got != want {
			t.Errorf("%s: %d %s, want %d", name, got, why, want)
		}
	}
}
