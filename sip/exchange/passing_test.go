package exchange

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

// talking is a call between two phones over UDP that was answered.
func talking(t *testing.T, a, b *phone) *call {
	t.Helper()
	out := a.invite("202", "")
	b.answer(b.waitFor("^INVITE "), "200 OK", "")
	out.ack(a.waitFor("^SIP/2.0 200"))
	b.waitFor("^ACK ")
	return out
}

// rung is a call of one phone that rings at the other, 202, and what came there.
func rung(a, b *phone, body string) (out *call, in message) {
	a.t.Helper()
	out = a.invite("202", body)
	in = b.waitFor("^INVITE ")
	b.answer(in, "180 Ringing", "")
	a.waitFor("^SIP/2.0 180")
	return out, in
}

// However fast they follow one another, requests within a dialog arrive as they were sent.
func TestOrderWithinADialog(t *testing.T) {
	x := start(t, nil)
	a, b := registered(t, x.Addr(), "udp", "201", "one"), registered(t, x.Addr(), "udp", "202", "two")
	out := talking(t, a, b)
	const rounds = 50
	arrive(t, b, out, rounds)
	for i := range rounds {
		if m := a.waitFor("^SIP/2.0 200"); !strings.HasPrefix(m.one("CSeq"), fmt.Sprint(out.cseq-rounds+1+i, " ")) {
			t.Fatalf("answer %d is to %s", i, m.one("CSeq"))
		}
	}
}

// routes are the Record-Routes that set up a call, in the order of a response.
func (p *phone) routes(c *call) []string {
	var out []string
	for line := range strings.Lines(c.route) {
		out = append([]string{strings.TrimPrefix(strings.TrimSpace(line), "Route: ")}, out...)
	}
	return out
}

// A refused re-INVITE is acknowledged, and a slow one cancelled, by the branch that it has
// (RFC 3261 §16.11, §9.1).
func TestReinviteRefusedAndCancelled(t *testing.T) {
	x := start(t, nil)
	a, b := registered(t, x.Addr(), "udp", "201", "one"), registered(t, x.Addr(), "udp", "202", "two")
	out := talking(t, a, b)
	branch := func(m message) string {
		_, rest, _ := strings.Cut(m.one("Via"), "branch=")
		s, _, _ := strings.Cut(rest, ";")
		return s
	}
	for _, end := range []string{"ACK", "CANCEL"} {
		via := out.next("INVITE", "")
		invite := b.waitFor("^INVITE ")
		if end == "ACK" {
			b.answer(invite, "488 Not Acceptable Here", "")
			a.waitFor("^SIP/2.0 488")
		}
		a.send(end, out.remote, via, out.from, out.to, out.id, out.cseq, out.route, "")
		m := b.waitFor("^" + end + " ")
		if branch(m) != branch(invite) || branch(m) == "" {
			t.Errorf("%s by %s, the INVITE by %s", end, branch(m), branch(invite))
		}
	}
}

// What needs no memory leaves none: a flood of calls from whoever has not logged in begins
// no transaction, and neither do the ACKs of the refusals.
func TestNothingIsKeptOfStrangers(t *testing.T) {
	x, err := New(Config{Users: map[string]string{"201": "one"}})
	if err != nil {
		t.Fatal(err)
	}
	defer x.packets.Close()
	defer x.streams.Close()
	p := sip.NewParser()
	pass := func(text string) (string, bool) {
		out, taken := x.pass(p, []byte(strings.ReplaceAll(text, "\n", "\r\n")), "127.0.0.1:5071")
		if out.text != nil && out.to != at(5071) {
			t.Errorf("the answer goes to %v", out.to)
		}
		first, _, _ := strings.Cut(string(out.text), "\r\n")
		return first, taken
	}
	of := func(method, uri, to, more string) string {
		return fmt.Sprintf("%s %s SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1:5071;branch=z9hG4bK1;rport\nMax-Forwards: 70\n"+
			"From: <sip:201@offhook>;tag=f\nTo: <sip:202@offhook>%s\nCall-ID: c1\nCSeq: 1 %s\nContact: <sip:201@127.0.0.1:5071>\n%sContent-Length: 0\n\n", method, uri, to, method, more)
	}
	tag := ";tag=" + x.asideTag(request(t, "INVITE sip:202@offhook", "", ""))
	forged := "Route: <sip:" + x.Addr().String() + ";lr;k=AAAA>\n"
	for _, c := range []struct {
		name, text, want string
		taken            bool
	}{
		{"no login", of("INVITE", "sip:202@offhook", "", ""), "SIP/2.0 407 Proxy Authentication Required", true},
		{"its ACK", of("ACK", "sip:202@offhook", tag, ""), "", true},
		{"another method", of("MESSAGE", "sip:202@offhook", "", ""), "SIP/2.0 407 Proxy Authentication Required", true},
		{"a ping", of("OPTIONS", "sip:offhook", "", ""), "SIP/2.0 200 OK", true},
		{"relaying", of("INVITE", "sip:202@offhook", "", "Route: <sip:10.0.0.1;lr>\n"), "SIP/2.0 403 No Relaying", true},
		{"no dialog of ours", of("BYE", "sip:202@offhook", ";tag=x", ""), "SIP/2.0 481 Call Does Not Exist", true},
		{"a passage that is not ours", of("BYE", "sip:202@offhook", ";tag=x", forged), "SIP/2.0 481 Call Does Not Exist", true},
		{"a scanner", of("OPTIONS", "sip:offhook", "", "User-Agent: friendly-scanner\n"), "", true},
		{"with a login", of("INVITE", "sip:202@offhook", "", "Proxy-Authorization: Digest username=\"201\"\n"), "", false},
		{"an ACK of a transaction", of("ACK", "sip:202@offhook", ";tag=x", ""), "", false},
		{"a CANCEL", of("CANCEL", "sip:202@offhook", "", ""), "", false},
		{"a response of nobody", "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=" + passedBranch + "AAAA.0\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK2\nFrom: <sip:a@b>;tag=1\nTo: <sip:a@b>;tag=2\nCall-ID: c1\nCSeq: 1 BYE\nContent-Length: 0\n\n", "", false},
		{"rubbish", passedBranch + " ;k=", "", false},
	} {
		if got, taken := pass(c.text); got != c.want || taken != c.taken {
			t.Errorf("%s: %q, taken %v", c.name, got, taken)
		}
	}
}

// A branch leads the answer to its own request back, and no other message anywhere.
func TestPassedBranch(t *testing.T) {
	p := testPlace()
	for _, from := range []flow{at(5071), {"UDP", netip.MustParseAddrPort("[2001:db8::1]:5061")}} {
		bye := request(t, "BYE sip:202@127.0.0.1:5072", ";tag=t", "")
		text := p.passedBranch(bye, from)
		if again := p.passedBranch(bye, from); again != text {
			t.Errorf("a repetition goes by %s, not %s", again, text)
		}
		try := func(branch, before, callID string) bool {
			res := sip.NewResponseFromRequest(bye, 200, "OK", nil)
			id := sip.CallIDHeader(callID)
			res.ReplaceHeader(&id)
			own, prev := &sip.ViaHeader{Params: sip.HeaderParams{{K: "branch", V: branch}}}, &sip.ViaHeader{Params: sip.HeaderParams{{K: "branch", V: before}}}
			to, ok := p.passedFrom(own, prev, res)
			if ok && to != from {
				t.Errorf("it leads to %v", to)
			}
			return ok
		}
		if !try(text, "z9hG4bK1", "c1") || try(text, "z9hG4bK2", "c1") || try(text, "z9hG4bK1", "c2") {
			t.Error("it does not lead back, or leads others")
		}
		end := strings.IndexByte(text, '.')
		for i := range end {
			if try(text[:i]+text[end:], "z9hG4bK1", "c1") || try(text[:i]+string(text[i]^1)+text[i+1:], "z9hG4bK1", "c1") {
				t.Errorf("cut or changed at %d it is good", i)
			}
		}
	}
}

// A phone that is gone without having said so holds its part of a call for half a minute:
// not the place of the next caller.
func TestSilentPhonesHoldNoPlace(t *testing.T) {
	x := start(t, func(c *Config) { c.MaxPending = 1 })
	a, b := registered(t, x.Addr(), "udp", "201", "one"), registered(t, x.Addr(), "udp", "202", "two")
	gone := registered(t, x.Addr(), "udp", "202", "two")
	for range 3 {
		out := talking(t, a, b)
		out.next("BYE", "")
		b.answer(b.waitFor("^BYE "), "200 OK", "")
		a.waitFor("^SIP/2.0 200")
	}
	gone.waitFor("^INVITE ")
}

// Beyond a number of them, those that have waited longest for a silent phone go.
func TestStragglersAreBounded(t *testing.T) {
	x := start(t, nil)
	x.stragglers.max = 1
	a, b := registered(t, x.Addr(), "udp", "201", "one"), registered(t, x.Addr(), "udp", "202", "two")
	gone := registered(t, x.Addr(), "udp", "202", "two")
	oldest := func() *carrier {
		x.stragglers.mu.Lock()
		defer x.stragglers.mu.Unlock()
		return x.stragglers.line[0].tx.(*carrier)
	}
	talking(t, a, b)
	gone.waitFor("^INVITE ")
	first := oldest()
	talking(t, a, b)
	gone.waitFor("^INVITE ")
	select {
	case <-first.over:
	case <-time.After(5 * time.Second):
		t.Fatal("the first is still waited for")
	}
	select {
	case <-oldest().over:
		t.Error("the second is not waited for")
	default:
	}
}
