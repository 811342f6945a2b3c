package exchange

import (
	"strings"
	"testing"
)

func TestAcked(t *testing.T) {
	lines := func(s ...string) string { return strings.Join(s, "\r\n") + "\r\n\r\n" }
	const own, passed, below = "Via: SIP/2.0/UDP x;branch=z9hG4bK1.a;rport", "Via: SIP/2.0/UDP x;branch=" + passedBranch + "AA.b", "Via: SIP/2.0/UDP y;branch=z9hG4bK2"
	for _, c := range []struct{ name, text, want string }{
		{"of a failure", lines("ACK sip:a SIP/2.0", own, below, below, "CSeq: 1 ACK"), lines("ACK sip:a SIP/2.0", own, "CSeq: 1 ACK")},
		{"with one", lines("ACK sip:a SIP/2.0", own, "CSeq: 1 ACK"), lines("ACK sip:a SIP/2.0", own, "CSeq: 1 ACK")},
		{"passed on", lines("ACK sip:a SIP/2.0", passed, below, "CSeq: 1 ACK"), lines("ACK sip:a SIP/2.0", passed, below, "CSeq: 1 ACK")},
		{"with a body", lines("ACK sip:a SIP/2.0", own, below) + "v=0\r\n\r\nVia: x", lines("ACK sip:a SIP/2.0", own) + "v=0\r\n\r\nVia: x"},
		{"another method", lines("BYE sip:a SIP/2.0", own, below), lines("BYE sip:a SIP/2.0", own, below)},
		{"a response", lines("SIP/2.0 200 OK", own, below), lines("SIP/2.0 200 OK", own, below)},
	} {
		if got := string(acked([]byte(c.text))); got != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}
