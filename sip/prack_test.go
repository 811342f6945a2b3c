package sip

import (
	"strings"
	"testing"
	"time"
)

// A PRACK with an offer while that of the INVITE has no answer: 488, and the call rings on
// (RFC 6337 §3.2, RFC 3264 §4).
func TestOfferInPrackMeetsAnother(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		c := p.invite(described("sendrecv"), "Require: 100rel")
		id := want[Incoming](a).Call
		a.do(Alert{Call: id})
		ringing := p.response(180)
		c.learn(ringing)
		c.in("PRACK", described("sendonly"), "RAck: "+text(ringing, "RSeq")+" 1 INVITE")
		if r := p.response(488); len(r.Body()) != 0 {
			t.Errorf("%v", r)
		}
		p.silent(10 * time.Second) // the 180 is acknowledged
		a.do(Accept{Call: id})
		if r := p.response(200); !strings.Contains(string(r.Body()), "a=sendrecv") {
			t.Errorf("%v", r)
		}
		want[Answered](a)
		c.seq = 1
		c.in("ACK", "")
	})
}

// RFC 3262 §5: an offer in a PRACK is answered in its 200 once all others are, and what it
// says is what the call begins with; one that cannot be used gets its own status.
func TestOfferInPrack(t *testing.T) {
	incoming(t, func(t *testing.T, a *phone, p *peer) {
		c := p.invite("", "Require: 100rel")
		id := want[Incoming](a).Call
		ring := func() string {
			a.do(Alert{Call: id})
			r := p.response(180)
			c.learn(r)
			return "RAck: " + text(r, "RSeq") + " 1 INVITE"
		}
		c.in("PRACK", described("sendrecv"), ring())
		p.response(200)
		c.in("PRACK", strings.Replace(described("sendrecv"), "7000", "7002", 1), ring())
		if r := p.response(200); !strings.Contains(string(r.Body()), "m=audio") || r.ContentType().Value() != accepts {
			t.Errorf("%v", r)
		}
		c.in("PRACK", strings.Replace(described("sendrecv"), "AVP 8 101", "AVP 34", 1), ring())
		p.response(488)
		a.do(Accept{Call: id})
		if r := p.response(200); len(r.Body()) != 0 {
			t.Errorf("%v", r)
		}
		if e := want[Answered](a); e.Agreed.RTP.Port() != 7002 {
			t.Errorf("%+v", e)
		}
		c.seq = 1
		c.in("ACK", "")
		p.silent(time.Minute)
	})
}
