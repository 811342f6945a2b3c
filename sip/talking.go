package sip

import (
	"strconv"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/dialog"
)

// hangUp ends the call in whatever state it is in.
func (c *call) hangUp() {
	switch {
	case c.stage == preparing:
		c.finish(487, "")
	case c.placed && c.stage == setting:
		c.step('o', dialog.HangUp{})
	case !c.placed && c.in.Phase != dialog.Standing:
		c.step('i', dialog.HangUp{}) // before the ACK
	default:
		c.step('s', dialog.HangUp{})
	}
}

// hold notes the wish; it is pursued as soon as the dialog allows.
func (c *call) hold(on bool) {
	c.wantHold = on
	c.pursueHold()
}

func (c *call) pursueHold() {
	if c.stage == talking && (c.placed || c.in.Phase == dialog.Standing) && !c.over {
		c.step('s', dialog.Want{Hold: c.wantHold})
	}
}

// inside takes a request inside one of the call's dialogs.
func (c *call) inside(in *inbound) {
	in.known.Store(true)
	req := in.req
	if !in.spoken() || in.demanding() {
		return
	}
	c.request = in
	seq := req.CSeq().SeqNo
	setup := !c.placed && c.in.Phase != dialog.Standing && c.in.Phase != dialog.Gone
	switch {
	case c.over && c.stage == talking && (req.IsInvite() || req.Method == sip.UPDATE):
		// Our user has hung up, and the BYE waits for the ACK of our 200 (RFC 3261 §15): there
		// is nothing to agree on any more, and nothing to agree with.
		in.answer(481, nil)
	case req.IsInvite() && c.stage != talking && !c.placed:
		c.step('i', dialog.Reinvite{Seq: seq})
	case req.IsInvite() && c.stage == talking:
		c.reinvited(in)
	case req.Method == sip.UPDATE:
		c.updated(in)
	case req.Method == sip.PRACK && !c.placed && c.in.Phase != dialog.Standing:
		c.pracked(in)
	case setup && req.Method == sip.BYE:
		in.answer(200, nil)
		c.step('i', dialog.Inside{Method: "BYE", Seq: seq})
	case c.placed && c.stage == setting:
		tag, _ := req.From().Params.Get("tag")
		c.step('o', dialog.Inside{Method: string(req.Method), Seq: seq, Tag: tag})
	case c.stage != talking:
		c.plain(in, 200)
	default:
		c.step('s', dialog.Inside{Method: string(req.Method), Seq: seq})
	}
}

// plain answers a request that changes nothing.
func (c *call) plain(in *inbound, code int) {
	if code != 200 {
		in.answer(code, nil)
		return
	}
	switch in.req.Method {
	case sip.BYE, sip.PRACK:
		in.answer(200, nil)
	case sip.INFO:
		c.informed(in)
	case sip.OPTIONS:
		in.answer(200, nil, capabilities()...)
	case sip.MESSAGE: // RFC 3428 §4: some PBXs text whom they have in a call
		c.line.texted(in)
	case sip.REFER:
		c.referred(in)
	case sip.NOTIFY:
		c.notified(in)
	}
}

// reinvited takes an INVITE inside the dialog: what its body deserves is found first, the
// machine decides.
func (c *call) reinvited(in *inbound) {
	req := in.req
	e := dialog.Reinvite{Seq: req.CSeq().SeqNo, Contact: answerOf(req).Contact, Offer: len(req.Body()) > 0, Timing: timingOf(req)}
	c.allows(req)
	e.Party = c.renamed(in)
	x, code, extra := c.responding(in, c.now, c.ses.Held)
	e.Refuse = code
	c.settles('s', e, in, code, extra, func() {
		if c.reinvite != nil {
			c.reinvite.close()
		}
		c.reinvite = in
		in.onCancel = func(*sip.Request) {
			if c.reinvite == in {
				c.step('s', dialog.Withdrawn{})
			}
		}
		if e.Offer {
			c.taken(x)
			return
		}
		// Who answers may be another than before (RFC 3725 §7), and the checks begin anew
		// (RFC 8839 §7.5).
		c.propose(c.ses.Held, true)
		c.body, c.nextOK = c.ours.body, false
	})
}

// answering is the INVITE that a machine's responses are for.
func (c *call) answering(machine byte) *inbound {
	if machine == 'i' {
		return c.first
	}
	return c.reinvite
}

// respond sends what a machine answers.
func (c *call) respond(machine byte, r dialog.Respond) {
	in := c.request
	if machine == 'i' && !r.Inside {
		in = c.first
	}
	if in == nil {
		return
	}
	var extra []sip.Header
	if r.Retry > 0 {
		extra = append(extra, sip.NewHeader("Retry-After", seconds(r.Retry)))
	}
	extra = append(extra, timed(r.Timing, true)...)
	switch {
	case in.req.Method == sip.UPDATE && r.Code == 200:
		c.contacted = c.line.where(c.hop)
		extra = append(extra, &sip.ContactHeader{Address: c.line.contact(c.hop)}, sip.NewHeader("Allow", allow), sip.NewHeader("Supported", supported))
		var body []byte
		if r.Body {
			body = c.body
			extra = append(extra, sip.NewHeader("Content-Type", accepts))
		}
		in.answer(200, body, extra...)
	case in.req.Method == sip.UPDATE:
		in.answer(r.Code, nil, extra...)
	case in.req.Method == sip.PRACK && r.Code == 200 && r.Body:
		in.answer(200, c.body, append(extra, sip.NewHeader("Content-Type", accepts))...)
	case !in.req.IsInvite():
		if len(extra) == 0 {
			c.plain(in, r.Code)
			return
		}
		in.answer(r.Code, nil, extra...)
	case r.Code >= 300:
		in.answer(r.Code, nil, extra...)
	default:
		c.contacted = c.line.where(c.hop)
		extra = append(extra, &sip.ContactHeader{Address: c.line.contactFor(c.hop, in.req.Recipient)}, sip.NewHeader("Allow", allow))
		var body []byte
		if r.Body {
			body = c.body
			extra = append(extra, sip.NewHeader("Content-Type", accepts))
		}
		if r.Code >= 200 {
			if machine == 'i' {
				extra = append(extra, answerMode(in.req, c.alone)...)
			}
			extra = append(extra, sip.NewHeader("Accept", accept), sip.NewHeader("Supported", supported))
		}
		if r.RSeq != 0 {
			extra = append(extra, sip.NewHeader("Require", "100rel"), sip.NewHeader("RSeq", strconv.FormatUint(uint64(r.RSeq), 10)))
		}
		if res := in.answer(r.Code, body, extra...); r.Code >= 200 || r.RSeq != 0 {
			in.repeated = res
		}
	}
}

// changed applies what a re-INVITE has settled.
func (c *call) changed() {
	if !c.nextOK {
		// The answer cannot be used, or did not come: the call cannot go on (RFC 3264 §8).
		c.finish(488, c.disagreement())
		c.step('s', dialog.HangUp{Reason: 488})
		return
	}
	c.now, c.ours = c.next, negotiation{}
	c.apply(c.ses.Dialog.Remote, c.now.agreed, c.renegotiated)
}

func (c *call) renegotiated() Event {
	if c.over {
		return nil
	}
	a := c.now.agreed
	return Renegotiated{Call: c.id, Agreed: a, Secure: c.locked(a), FarHold: !a.Direction.Send(), Held: c.ses.Held, Pending: c.ses.Pending()}
}
