package rtp

import (
	"net/netip"
	"testing"
)

func at(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

func TestGate(t *testing.T) {
	const agreed, nat, thief = "192.0.2.1:4000", "198.51.100.7:61234", "203.0.113.9:9"
	type packet struct {
		from string
		ssrc uint32
		seq  uint16
		want Verdict
	}
	for _, c := range []struct {
		name    string
		strict  bool
		packets []packet
		target  string
	}{
		{"agreed address", false, []packet{{agreed, 5, 1, Latched}, {agreed, 5, 2, Admit}, {thief, 5, 3, Stray}, {nat, 5, 3, Stray}}, agreed},
		{"behind NAT", false, []packet{{nat, 5, 65535, Proving}, {nat, 5, 0, Latched}, {nat, 5, 1, Admit}, {agreed, 5, 2, Stray}}, nat},
		{"one forged packet", false, []packet{{thief, 6, 1, Proving}, {agreed, 5, 1, Latched}, {thief, 6, 2, Stray}}, agreed},
		{"no sequence", false, []packet{{thief, 6, 1, Proving}, {thief, 6, 1, Proving}, {thief, 6, 9, Proving}, {thief, 7, 10, Proving}}, agreed},
		{"two at once", false, []packet{{thief, 6, 1, Proving}, {nat, 5, 1, Proving}, {thief, 6, 2, Proving}}, agreed},
		{"strict", true, []packet{{nat, 5, 1, Stray}, {nat, 5, 2, Stray}, {agreed, 5, 3, Latched}}, agreed},
		{"our own", false, []packet{{agreed, 77, 1, Looped}, {nat, 77, 2, Looped}}, agreed},
		{"a new source from there", false, []packet{{agreed, 5, 1, Latched}, {agreed, 6, 9000, Admit}}, agreed},
	} {
		g := Gate{Own: 77, Symmetric: !c.strict}
		g.Agree(at(agreed))
		for i, p := range c.packets {
			if got := g.Check(at(p.from), p.ssrc, p.seq); got != p.want {
				t.Errorf("%s: packet %d: verdict %d, want %d", c.name, i, got, p.want)
			}
		}
		if g.Target() != at(c.target) {
			t.Errorf("%s: sends to %v, want %s", c.name, g.Target(), c.target)
		}
	}
}

// Settled once per agreement; the next one may settle anew, and
// until it does, what was learnt about a NAT holds.
func TestGateAgreesAgain(t *testing.T) {
	nat, moved := at("198.51.100.7:61234"), at("198.51.100.7:61999")
	g := Gate{Symmetric: true}
	g.Agree(at("10.0.0.2:4000"))
	g.Check(nat, 1, 1)
	g.Check(nat, 1, 2)
	g.Agree(at("10.0.0.2:4000")) // hold and resume: the same address
	if g.Target() != nat {
		t.Errorf("sends to %v after a re-offer, want what was learnt", g.Target())
	}
	if v := g.Check(nat, 1, 3); v != Latched {
		t.Errorf("the source known already: %d", v)
	}
	g.Agree(at("10.0.0.2:4000"))
	if g.Check(moved, 1, 4) != Proving || g.Check(moved, 1, 5) != Latched || g.Target() != moved {
		t.Error("a source that moved was not followed")
	}
	g.Agree(at("192.0.2.50:4002")) // elsewhere: transferred
	if g.Target() != at("192.0.2.50:4002") {
		t.Errorf("sends to %v, want the new address", g.Target())
	}
}

// With no address agreed (0.0.0.0, no answer yet) nothing is sent and nobody followed.
func TestGateNowhere(t *testing.T) {
	g := Gate{Symmetric: true}
	g.Agree(netip.AddrPort{})
	if g.Check(at("192.0.2.1:5"), 1, 1) != Stray || g.Check(at("192.0.2.1:5"), 1, 2) != Stray || g.Target().IsValid() {
		t.Errorf("followed %v without an agreement", g.Target())
	}
}

// After a transfer the old far end still speaks for a moment: it does not take the
// stream back. If it alone goes on, it was behind the new address all the time.
func TestGateFormerSource(t *testing.T) {
	old, next := at("192.0.2.1:4000"), at("192.0.2.2:4000")
	g := Gate{Symmetric: true}
	g.Agree(old)
	g.Check(old, 1, 1)
	g.Agree(next)
	for seq := range uint16(40) {
		if v := g.Check(old, 1, seq); v != Proving {
			t.Fatalf("packet %d of the old far end: %d", seq, v)
		}
	}
	if g.Check(next, 2, 7) != Latched || g.Check(old, 1, 41) != Stray || g.Target() != next {
		t.Errorf("sends to %v, want %v", g.Target(), next)
	}
	h := Gate{Symmetric: true}
	h.Agree(old)
	h.Check(old, 1, 1)
	h.Agree(next)
	for seq := range uint16(60) {
		h.Check(old, 1, seq)
	}
	if h.Target() != old {
		t.Error("the only source for a second was not followed")
	}
}
