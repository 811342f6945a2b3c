package sdp

import (
	"net/netip"
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

// RFC 8839 §4.4.1.2.2: once there is a way, a description names its own end and no other,
// as the default as well, and who chose it says in offers where to.
func TestChosenWay(t *testing.T) {
	const (
		host  = "1 1 udp 2130706431 192.0.2.1 4000 typ host\n"
		srflx = "2 1 udp 1694498815 203.0.113.2 14182 typ srflx raddr 192.0.2.1 rport 4000\n"
		relay = "3 1 udp 1023 203.0.113.1 49200 typ relay raddr 0.0.0.0 rport 0\n"
		prflx = "0 1 udp 1862270975 198.51.100.1 999 typ prflx raddr 192.0.2.1 rport 4000\n"
	)
	for _, c := range []struct{ name, own, address, port, candidate string }{
		{"the host's own", "192.0.2.1:4000", "192.0.2.1", "4000", host},
		{"outside", "203.0.113.2:14182", "203.0.113.2", "14182", srflx},
		{"the relay", "203.0.113.1:49200", "203.0.113.1", "49200", relay},
		{"seen by the far end alone", "198.51.100.1:999", "198.51.100.1", "999", prflx},
	} {
		for _, chosen := range []bool{true, false} {
			x := terms()
			x.Local.ICE = agreement.ICE{Ufrag: "abcd", Pwd: "0123456789012345678901", Candidates: host + srflx + relay}
			x.Way = agreement.Pair{Own: netip.MustParseAddrPort(c.own), Far: netip.MustParseAddrPort("198.51.100.7:6000")}
			x.Chosen = chosen
			s, b := NewSide(1).Offer(x)
			offer := string(b)
			for _, line := range []string{"c=IN IP4 " + c.address + "\r\n", "m=audio " + c.port + " ", "a=candidate:" + strings.TrimSpace(c.candidate) + "\r\n", "a=ice-options:ice2\r\n"} {
				if !strings.Contains(offer, line) {
					t.Errorf("%s: no %q in\n%s", c.name, line, offer)
				}
			}
			if strings.Count(offer, "a=candidate:") != 1 || strings.Contains(offer, "a=remote-candidates:1 198.51.100.7 6000\r\n") != chosen {
				t.Errorf("%s, chosen %v:\n%s", c.name, chosen, offer)
			}
			// Whole by the measure of §4.2.5, and with the one candidate; our answers name no far end.
			y := terms()
			y.Local.ICE = agreement.ICE{Ufrag: "efgh", Pwd: "0123456789012345678901", Candidates: host}
			if _, _, a, err := NewSide(2).Answer(b, y); err != nil || !a.ICE.On() || a.ICE.Candidates != c.candidate {
				t.Errorf("%s: read as %+v, %v", c.name, a.ICE, err)
			}
			_, answer, _, err := s.Answer(b, x)
			if err != nil || strings.Contains(string(answer), "remote-candidates") || strings.Count(string(answer), "a=candidate:") != 1 {
				t.Errorf("%s: answered\n%s", c.name, answer)
			}
		}
	}
}

// Without rtcp-mux in the answer to our offer the checks are about voice alone, and RTCP
// goes where the answer says.
func TestAnswerWithoutMux(t *testing.T) {
	x := terms()
	x.Local.ICE = agreement.ICE{Ufrag: "efgh", Pwd: "0123456789012345678901", Candidates: "1 1 udp 1 192.0.2.1 4000 typ host\n"}
	_, offer := NewSide(1).Offer(x)
	const ice = "a=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901\na=candidate:1 1 UDP 1 198.51.100.7 6000 typ host\n"
	for _, more := range []string{"", "a=candidate:1 2 UDP 1 198.51.100.7 6009 typ host\na=rtcp:6009\n"} {
		a, err := Complete(offer, far("m=audio 6000 RTP/AVP 0\n"+ice+more))
		if err != nil || !a.ICE.On() || a.Mux || a.RTCP.Port() != map[bool]uint16{true: 6001, false: 6009}[more == ""] {
			t.Errorf("%q: %v %+v", more, err, a)
		}
	}
	// Who speaks no ICE gets none (RFC 8839 §4.3.3), and is sent to as it says.
	if a, err := Complete(offer, far("m=audio 6000 RTP/AVP 0\n")); err != nil || a.ICE.On() || a.RTP.Port() != 6000 || a.RTCP.Port() != 6001 {
		t.Errorf("%v %+v", err, a)
	}
}

// Whoever can do nothing but share the port gets rtcp-mux, in every form of saying so, and
// hears no rtcp-mux-only of us: not in an answer (RFC 8858 §4.2, a MUST NOT), and not in an
// offer, which an answer without rtcp-mux is still to satisfy (decision 9). Nothing is
// trickled, and nothing claims so (RFC 8838 §5).
func TestMuxOnly(t *testing.T) {
	const ice = "a=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901\na=ice-options:trickle ice2\na=candidate:1 1 UDP 1 198.51.100.7 6000 typ host\n"
	x := terms()
	x.Local.ICE = agreement.ICE{Ufrag: "efgh", Pwd: "0123456789012345678901", Candidates: "1 1 udp 1 192.0.2.1 4000 typ host\n"}
	_, offer := NewSide(1).Offer(x)
	said := [][]byte{offer}
	for _, c := range []struct {
		lines string
		mux   bool
	}{
		{"", false},
		{"a=rtcp-mux\n", true},
		{"a=rtcp-mux\na=rtcp-mux-only\n", true},
		{"a=rtcp-mux-only\n", true},
		{"a=rtcp-mux-only\na=candidate:1 2 UDP 1 198.51.100.7 6009 typ host\na=rtcp:6000\n", true},
	} {
		_, answer, a, err := NewSide(2).Answer(far("m=audio 6000 RTP/AVP 0\n"+ice+c.lines), x)
		if err != nil || a.Mux != c.mux || !a.ICE.On() || strings.Contains(string(answer), "a=rtcp-mux\r\n") != c.mux || c.mux && a.RTCP != a.RTP {
			t.Errorf("%q: %v %+v\n%s", c.lines, err, a, answer)
		}
		said = append(said, answer)
	}
	for _, s := range said {
		if strings.Contains(string(s), "rtcp-mux-only") || strings.Contains(string(s), "trickle") || !strings.Contains(string(s), "a=end-of-candidates\r\n") {
			t.Errorf("we say\n%s", s)
		}
	}
}
