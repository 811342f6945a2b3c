package sip

import (
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"
)

// What a gateway sends along for the telephone network is no answer to our offer: the 200
// has that (RFC 3261 §13.2.1, RFC 5621 §3).
func TestForeignBodyIsNoAnswer(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		p.answerOf("application/isup", inv, 183, "one", "acm", "Require: 100rel", "RSeq: 1")
		p.answer(p.request("PRACK"), 200, "", "")
		if e := want[Progress](a); e.Early {
			t.Errorf("%+v", e)
		}
		p.answer(inv, 200, "one", described("sendrecv"))
		p.request("ACK")
		if e := want[Answered](a); e.Agreed.RTP.Port() != 7000 {
			t.Errorf("%+v", e)
		}
	})
}

// An answer that came reliably and cannot be used does not make an UPDATE of that fork a
// new session of ours: its description goes on from our offer.
func TestUpdateAfterUselessAnswer(t *testing.T) {
	outgoing(t, func(t *testing.T, a *phone, p *peer, inv *sip.Request) {
		p.answer(inv, 183, "one", strings.NewReplacer("AVP 8 101", "AVP 99", "rtpmap:8 PCMA", "rtpmap:99 X").Replace(described("sendrecv")), "Require: 100rel", "RSeq: 1")
		p.answer(p.request("PRACK"), 200, "", "")
		want[Progress](a)
		own, _ := inv.From().Params.Get("tag")
		c := &incomingCall{p: p, callID: inv.CallID().Value(), to: own, target: "sip:201@10.0.0.1:5060", seq: 3}
		p.tag = "one"
		c.in("UPDATE", described("sendrecv"))
		res := p.response(200)
		if strings.Fields(originOf(res.Body()))[1] != strings.Fields(originOf(inv.Body()))[1] || versionOf(t, res.Body()) != versionOf(t, inv.Body())+1 {
			t.Errorf("%s after %s", originOf(res.Body()), originOf(inv.Body()))
		}
		want[Progress](a)
	})
}

// The answer to a re-INVITE may come in a reliable response; the 200 then has none, or one
// that is not looked at (RFC 3262 §5).
func TestReinviteAnsweredReliably(t *testing.T) {
	for name, last := range map[string]string{"nothing more": "", "another": strings.Replace(described("sendrecv"), "7000", "7044", 1)} {
		t.Run(name, func(t *testing.T) {
			talkingTo(t, func(t *testing.T, a *phone, p *peer, c *incomingCall, id CallID) {
				a.do(Hold{Call: id, On: true})
				inv := p.request("INVITE")
				p.answer(inv, 180, "", strings.Replace(described("recvonly"), "7000", "7011", 1)) // not reliable: it settles nothing
				p.answer(inv, 183, "", strings.Replace(described("recvonly"), "7000", "7022", 1), "Require: 100rel", "RSeq: 9")
				p.answer(p.request("PRACK"), 200, "", "")
				p.answer(inv, 200, "", last)
				p.request("ACK")
				if e := want[Renegotiated](a); !e.Held || e.Agreed.RTP.Port() != 7022 {
					t.Errorf("%+v", e)
				}
				// The next one begins anew.
				a.do(Hold{Call: id})
				p.answer(p.request("INVITE"), 200, "", strings.Replace(described("sendrecv"), "7000", "7033", 1))
				p.request("ACK")
				if e := want[Renegotiated](a); e.Held || e.Agreed.RTP.Port() != 7033 {
					t.Errorf("%+v", e)
				}
			})
		})
	}
}
