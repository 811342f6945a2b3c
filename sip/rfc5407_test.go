package sip

import (
	"testing"
	"testing/synctest"
	"time"
)

// The races of RFC 5407.
func TestRFC5407(t *testing.T) {
	ok := described("sendrecv")
	transcripts(t, "rfc5407.txt", []story{
		{"3.1.1 The callee receives the INVITE again, having answered", func(t *testing.T, a *phone, p *peer) {
			c, id := rung(a, p, ok)
			a.do(Accept{Call: id})
			p.response(200)
			c.send("INVITE", "sip:201@"+p.to.String(), c.branch, 1, ok)
			p.response(200) // the 200's own repeat; never 180
			c.in("ACK", "")
			want[Answered](a)
			p.silent(5 * time.Second)
		}},
		{"3.1.2 The callee receives CANCEL, having answered", func(t *testing.T, a *phone, p *peer) {
			c, id := rung(a, p, ok)
			a.do(Accept{Call: id})
			p.response(200)
			want[Answered](a)
			c.cancel()
			p.next(100 * time.Millisecond)
			c.in("ACK", "")
			synctest.Wait()
			c.in("BYE", "")
			p.response(200)
			want[Ended](a)
		}},
		{"3.1.3 The callee receives BYE of the early dialog, having answered", func(t *testing.T, a *phone, p *peer) {
			c, id := rung(a, p, ok)
			a.do(Accept{Call: id})
			p.response(200)
			want[Answered](a)
			c.in("BYE", "")
			p.response(200)
			want[Ended](a)
			c.seq--
			c.in("ACK", "")
			p.silent(5 * time.Second)
		}},
		{"3.1.4 The callee receives re-INVITE before the ACK", func(t *testing.T, a *phone, p *peer) {
			c, id := rung(a, p, ok)
			a.do(Accept{Call: id})
			p.response(200)
			want[Answered](a)
			c.in("INVITE", described("sendonly"))
			p.response(200)
			want[Renegotiated](a)
			c.in("ACK", "")
			c.send("ACK", c.target, "z9hG4bK-late", 1, "")
			p.silent(5 * time.Second)
		}},
		{"3.1.5 The callee receives re-INVITE before the ACK, its own offer being open", func(t *testing.T, a *phone, p *peer) {
			c, id := rung(a, p, "")
			a.do(Accept{Call: id})
			p.response(200)
			branch := c.in("INVITE", described("sendonly"))
			p.response(491)
			c.send("ACK", c.target, branch, c.seq, "")
			p.response(200) // again: the ACK was lost
			c.send("ACK", c.target, "z9hG4bK-late", 1, ok)
			want[Answered](a)
			c.in("INVITE", described("sendonly"))
			p.response(200)
			c.in("ACK", "")
			want[Renegotiated](a)
			p.silent(5 * time.Second)
		}},
		{"3.1.6 The callee receives BYE of the standing call, and no ACK", func(t *testing.T, a *phone, p *peer) {
			c, id := rung(a, p, ok)
			a.do(Accept{Call: id})
			p.response(200)
			want[Answered](a)
			p.response(200)
			c.in("BYE", "")
			p.response(200)
			want[Ended](a)
			p.silent(time.Minute)
		}},
		{"UPDATE of a caller whose ACK is lost", func(t *testing.T, a *phone, p *peer) {
			c, id := rung(a, p, ok)
			a.do(Accept{Call: id})
			p.response(200)
			want[Answered](a)
			c.in("UPDATE", described("sendonly"))
			p.response(200)
			want[Renegotiated](a)
			p.response(200) // the 200 to the INVITE, again
			c.send("ACK", c.target, "z9hG4bK-late", 1, "")
			p.silent(5 * time.Second)
		}},
		{"The callee's hold waits for the ACK, and meets a re-INVITE", func(t *testing.T, a *phone, p *peer) {
			c, id := rung(a, p, ok)
			a.do(Accept{Call: id})
			p.response(200)
			want[Answered](a)
			a.do(Hold{Call: id, On: true})
			synctest.Wait()
			c.in("ACK", "")
			inv := p.request("INVITE") // only now
			branch := c.in("INVITE", described("sendonly"))
			p.response(491)
			c.send("ACK", c.target, branch, c.seq, "")
			p.answer(inv, 200, "", described("recvonly"))
			p.request("ACK")
			want[Renegotiated](a)
		}},
		{"BYE in an early dialog: the callee's is refused, its CANCEL of the call is a 487", func(t *testing.T, a *phone, p *peer) {
			inv := dialledOut(a, p)
			p.answer(inv, 180, "", "")
			want[Progress](a)
			theirs(p, inv).in("BYE", "")
			p.response(403)
			p.answer(inv, 487, "", "")
			p.request("ACK")
			want[Ended](a)
		}},
		{"INVITE in an early dialog, from the caller and from the callee (RFC 3261 §14.2)", func(t *testing.T, a *phone, p *peer) {
			c, id := rung(a, p, ok)
			branch := c.in("INVITE", described("sendonly"))
			p.response(500)
			c.send("ACK", c.target, branch, c.seq, "")
			a.do(Reject{Call: id, Code: 486})
			p.response(486)
			c.ack()
			want[Ended](a)
			inv := dialledOut(a, p)
			p.answer(inv, 180, "", "")
			want[Progress](a)
			back := theirs(p, inv)
			branch = back.in("INVITE", described("sendonly"))
			p.response(491)
			back.send("ACK", back.target, branch, back.seq, "")
			p.answer(inv, 486, "", "")
			p.request("ACK")
			want[Ended](a)
		}},
		{"3.2.1 BYEs cross", func(t *testing.T, a *phone, p *peer) {
			c, id := stands(a, p)
			a.do(HangUp{Call: id})
			bye := p.request("BYE")
			c.in("BYE", "")
			p.response(200)
			p.answer(bye, 200, "", "")
			want[Ended](a)
		}},
		{"3.2.2 re-INVITE meets BYE", func(t *testing.T, a *phone, p *peer) {
			c, id := stands(a, p)
			a.do(HangUp{Call: id})
			bye := p.request("BYE")
			branch := c.in("INVITE", described("sendonly"))
			p.response(481)
			c.send("ACK", c.target, branch, c.seq, "")
			p.answer(bye, 200, "", "")
			want[Ended](a)
		}},
		{"3.2.3 The 200 to a re-INVITE meets BYE", func(t *testing.T, a *phone, p *peer) {
			c, id := stands(a, p)
			a.do(Hold{Call: id, On: true})
			inv := p.request("INVITE")
			c.in("BYE", "")
			p.response(200)
			want[Ended](a)
			p.answer(inv, 200, "", described("recvonly"))
			p.request("ACK")
		}},
		{"3.2.4 The callee hangs up before the ACK", func(t *testing.T, a *phone, p *peer) {
			c, id := rung(a, p, ok)
			a.do(Accept{Call: id})
			p.response(200)
			want[Answered](a)
			a.do(HangUp{Call: id})
			want[Ended](a)
			c.in("ACK", "")
			p.answer(p.request("BYE"), 200, "", "")
		}},
		{"3.3.1 re-INVITEs cross", func(t *testing.T, a *phone, p *peer) {
			c, id := stands(a, p)
			a.do(Hold{Call: id, On: true})
			inv := p.request("INVITE")
			branch := c.in("INVITE", described("sendonly"))
			p.response(491)
			c.send("ACK", c.target, branch, c.seq, "")
			p.answer(inv, 491, "", "")
			p.request("ACK")
			p.answer(p.request("INVITE"), 200, "", described("recvonly"))
			p.request("ACK")
			want[Renegotiated](a)
			c.in("INVITE", described("inactive"))
			p.response(200)
			c.in("ACK", "")
			want[Renegotiated](a)
		}},
		{"3.3.2 UPDATE and re-INVITE cross", func(t *testing.T, a *phone, p *peer) {
			c, id := stands(a, p)
			a.do(Hold{Call: id, On: true})
			inv := p.request("INVITE")
			c.in("UPDATE", described("sendonly"))
			p.response(491)
			p.answer(inv, 200, "", described("recvonly"))
			p.request("ACK")
			want[Renegotiated](a)
			c.in("UPDATE", described("recvonly"))
			p.response(200)
			want[Renegotiated](a)
		}},
		{"3.3.3 REFER meets BYE", func(t *testing.T, a *phone, p *peer) {
			c, id := stands(a, p)
			a.do(HangUp{Call: id})
			bye := p.request("BYE")
			c.in("REFER", "", "Refer-To: <sip:203@10.0.0.2>", "Contact: <sip:peer@10.0.0.2:5060>")
			p.response(481)
			p.answer(bye, 200, "", "")
			want[Ended](a)
		}},
		{"CANCEL meets the 200 (RFC 3261 §9.1, §15)", func(t *testing.T, a *phone, p *peer) {
			inv := dialledOut(a, p)
			p.answer(inv, 180, "", "")
			want[Progress](a)
			a.do(HangUp{Call: 1})
			want[Ended](a)
			c := p.request("CANCEL")
			p.answer(inv, 200, "", ok)
			p.request("ACK")
			p.answer(p.request("BYE"), 200, "", "")
			p.answer(c, 481, "", "")
		}},
	})
}
