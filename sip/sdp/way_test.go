package sdp

import (
	"strings"
	"testing"

	"github.com/offhook/offhook/media/agreement"
)

// The default address is what a STUN server saw, where one did, and never a relay; RTCP
// goes to the same port, and nothing is trickled.
func TestDefaultAddress(t *testing.T) {
	const (
		host  = "1 1 udp 2130706431 192.0.2.1 4000 typ host\n"
		srflx = "2 1 udp 1694498815 203.0.113.2 14182 typ srflx raddr 192.0.2.1 rport 4000\n"
		relay = "3 1 udp 1023 203.0.113.1 49200 typ relay raddr 0.0.0.0 rport 0\n"
	)
	for _, c := range []struct{ name, candidates, address, port string }{
		{"host alone", host, "192.0.2.1", "4000"},
		{"outside", host + srflx, "203.0.113.2", "14182"},
		{"a relay is closed to those who do not check", relay + host, "192.0.2.1", "4000"},
		{"outside, with a relay", relay + srflx + host, "203.0.113.2", "14182"},
		{"of RTCP", host + strings.Replace(srflx, "2 1", "2 2", 1), "192.0.2.1", "4000"},
		{"of the other family", host + strings.Replace(srflx, "203.0.113.2", "2001:db8::2", 1), "192.0.2.1", "4000"},
	} {
		x := terms()
		x.Local.ICE = agreement.ICE{Ufrag: "abcd", Pwd: "0123456789012345678901", Candidates: c.candidates}
		_, b := NewSide(1).Offer(x)
		text := string(b)
		for _, line := range []string{"c=IN IP4 " + c.address, "m=audio " + c.port + " RTP/AVP", "a=end-of-candidates\r\n"} {
			if !strings.Contains(text, line) {
				t.Errorf("%s: no %q in\n%s", c.name, line, text)
			}
		}
		if rtcp := "a=rtcp:" + c.port + "\r\n"; strings.Contains(text, rtcp) != (c.port != "4000") {
			t.Errorf("%s: a=rtcp\n%s", c.name, text)
		}
		// The description is whole by the far end's measure (RFC 8839 §4.2.5).
		y := terms()
		y.Local.ICE = agreement.ICE{Ufrag: "efgh", Pwd: "0123456789012345678901", Candidates: host}
		if _, _, a, err := NewSide(2).Answer(b, y); err != nil || !a.ICE.On() {
			t.Errorf("%s: read as %+v, %v", c.name, a.ICE, err)
		}
	}
}

// Who has RTCP on a component of its own, and no rtcp-mux, is answered without checks: with
// them it would wait for a way that there is not.
func TestRTCPOfItsOwn(t *testing.T) {
	const (
		auth = "a=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901\n"
		one  = "a=candidate:1 1 UDP 2130706303 198.51.100.7 6000 typ host\n"
		two  = "a=candidate:1 2 UDP 2130706302 198.51.100.7 6001 typ host\n"
	)
	x := terms()
	x.Local.ICE = agreement.ICE{Ufrag: "efgh", Pwd: "0123456789012345678901", Candidates: "1 1 udp 1 192.0.2.1 4000 typ host\n2 1 udp 1 203.0.113.2 5000 typ srflx\n"}
	for _, c := range []struct {
		name, more string
		on         bool
	}{
		{"one component", one, true},
		{"two", one + two, false},
		{"two, and rtcp-mux", one + two + "a=rtcp-mux\n", true},
	} {
		_, b, a, err := NewSide(1).Answer(far("m=audio 6000 RTP/AVP 0\n"+auth+c.more), x)
		if err != nil || a.ICE.On() != c.on || strings.Contains(string(b), "a=candidate") != c.on || strings.Contains(string(b), "mismatch") {
			t.Errorf("%s: %v %+v\n%s", c.name, err, a.ICE, b)
		}
		if !strings.Contains(string(b), "m=audio 5000 ") { // it is told where we can be reached all the same
			t.Errorf("%s: no address outside\n%s", c.name, b)
		}
	}
}

func TestCandidate(t *testing.T) {
	for _, bad := range []string{"", "1 1 udp 1 192.0.2.1 4000", "1 x udp 1 192.0.2.1 4000 typ host", "1 256 udp 1 192.0.2.1 4000 typ host",
		"1 1 udp 1 pbx.local 4000 typ host", "1 1 udp 1 192.0.2.1 65536 typ host", "1 1 udp 1 192.0.2.1 4000 kind host"} {
		if c, ok := candidate(bad); ok {
			t.Errorf("%q is %+v", bad, c)
		}
	}
	if c, ok := candidate("f 2 UDP 9 ::ffff:192.0.2.1 4001 typ relay raddr 1.2.3.4 rport 5\n"); !ok || c.component != 2 || c.addr.String() != "192.0.2.1:4001" || c.kind != "relay" {
		t.Errorf("%+v %v", c, ok)
	}
}
