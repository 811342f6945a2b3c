package ingress

import (
	"net/netip"
	"testing"
	"time"
)

func TestIsScanner(t *testing.T) {
	for agent, want := range map[string]bool{
		"friendly-scanner": true, "Friendly-Scanner": true, "sipvicious": true, "sipcli/v1.8": true, "VaxSIPUserAgent/3.1": true,
		"pplsip": true, " sundayddr": true, "smap 0.6": true, "": false, "Offhook/0.1.0": false, "Linphone": false, "smappee": false,
		"my friendly-scanner": false, "Yealink SIP-T46": false,
	} {
		if got := IsScanner(agent); got != want {
			t.Errorf("%q: %v", agent, got)
		}
	}
}

func TestTally(t *testing.T) {
	var y tally
	now := epoch
	if s := y.summary(); s != "" {
		t.Errorf("%q", s)
	}
	one, two := netip.MustParseAddrPort("192.0.2.1:5060"), netip.MustParseAddrPort("[2001:db8::1]:5060")
	for i, step := range []struct {
		after time.Duration
		r     Reason
		from  netip.AddrPort
		line  string
	}{
		{0, Stranger, one, "1 request from a stranger; the last from 192.0.2.1:5060"},
		{time.Second, Malformed, two, ""},
		{58 * time.Second, OverLimit, one, ""},
		{time.Second, Malformed, two, "1 request from a stranger, 2 malformed messages, 1 message over the limit; the last from [2001:db8::1]:5060"},
		{time.Second, Scanner, one, ""},
		{0, NewSource, one, ""},
		{0, NotSIP, one, ""},
	} {
		now = now.Add(step.after)
		if line := y.add(now, step.r, step.from); line != step.line {
			t.Errorf("step %d: %q, want %q", i, line, step.line)
		}
	}
	if s := y.summary(); s != "1 request from a stranger, 1 request from a scanner, 2 malformed messages, 1 message over the limit, "+
		"1 message from one source too many, 1 message that is no SIP; the last from 192.0.2.1:5060" {
		t.Errorf("%q", s)
	}
}

// What is wrong with a flood fits one line a minute, and holds nothing of what came.
func TestGateTells(t *testing.T) {
	var lines []string
	m := &memory{}
	for range 50 {
		m.in = append(m.in, change("CSeq: 1 O", "CSeq: 1 XO"))
	}
	g := NewGate(Limits{})
	g.Tell = func(line string) { lines = append(lines, line) }
	g.Hush(true)
	c := g.PacketConn(m)
	if _, _, err := c.ReadFrom(make([]byte, 4096)); err == nil {
		t.Error("it passed")
	}
	if len(lines) != 1 || lines[0] != "1 malformed message; the last from 192.0.2.9:5060" || g.Summary() != "50 malformed messages; the last from 192.0.2.9:5060" {
		t.Errorf("%q, %q", lines, g.Summary())
	}
	if len(m.out) != 0 {
		t.Errorf("a stranger is answered %q", m.out)
	}
	g.Trust(netip.MustParseAddr("192.0.2.9"))
	m.in = append(m.in, change("CSeq: 1 O", "CSeq: 1 XO"))
	c.ReadFrom(make([]byte, 4096))
	if len(m.out) != 1 {
		t.Error("the server is not answered")
	}
}
