package sip

import (
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/registration"
)

// Session timers (RFC 4028) and UPDATE (RFC 3311) on the wire.

// timingOf is what a message says of the life of its session.
func timingOf(m sip.Message) dialog.Timing {
	t := dialog.Timing{Able: lists(m, "Supported", "timer") || lists(m, "Require", "timer"), Min: header(m, "Min-SE")}
	every, params, _ := strings.Cut(text(m, "Session-Expires"), ";")
	t.Every, _ = registration.Seconds(strings.TrimSpace(every))
	for p := range strings.SplitSeq(params, ";") {
		k, v, _ := strings.Cut(p, "=")
		if !strings.EqualFold(strings.TrimSpace(k), "refresher") {
			continue
		}
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "uac":
			t.Refresher = dialog.UAC
		case "uas":
			t.Refresher = dialog.UAS
		}
	}
	return t
}

// timed are the headers of a timing. A 2xx whose client is to refresh requires that it
// can (RFC 4028 §9).
func timed(t dialog.Timing, response bool) []sip.Header {
	var hs []sip.Header
	if t.Every > 0 {
		v := seconds(t.Every)
		if r := t.Refresher.String(); r != "" {
			v += ";refresher=" + r
		}
		hs = append(hs, sip.NewHeader("Session-Expires", v))
		if response && t.Refresher == dialog.UAC {
			hs = append(hs, sip.NewHeader("Require", "timer"))
		}
	}
	if t.Min > 0 {
		hs = append(hs, sip.NewHeader("Min-SE", seconds(t.Min)))
	}
	return hs
}

// allows notes whether the far end takes UPDATE; a message without Allow says nothing.
func (c *call) allows(m sip.Message) {
	if len(m.GetHeaders("Allow")) > 0 {
		c.ses.Updates = lists(m, "Allow", "UPDATE")
		c.informing.allowed = lists(m, "Allow", "INFO")
	}
}

// sendUpdate refreshes the session.
func (c *call) sendUpdate(u dialog.SendUpdate) {
	c.running++
	end := func(e dialog.Event) {
		c.running--
		c.step('s', e)
		c.settle()
	}
	c.dispatch(u.Head, func(h hop, err error) {
		if err != nil {
			end(dialog.Lost{Seq: u.Head.Seq, Unsent: true})
			return
		}
		e := errand{method: "UPDATE", contact: true, headers: timed(u.Timing, false), within: dialog.Lifetime}
		c.line.launch(e, u.Head, h, &c.lane, func(o *outbound, res *sip.Response) {
			if res == nil {
				end(dialog.Lost{Seq: u.Head.Seq, Unsent: o == nil || o.unsent.Load()})
				return
			}
			end(c.replyOf(u.Head.Seq, o, res))
		})
	})
}

// updated takes an UPDATE inside one of the call's dialogs: what its body deserves is found
// first, the machine decides.
func (c *call) updated(in *inbound) {
	req := in.req
	e := dialog.Updated{
		Seq: req.CSeq().SeqNo, Contact: answerOf(req).Contact, Offer: len(req.Body()) > 0, Timing: timingOf(req),
	}
	if c.stage == talking {
		e.Party = c.renamed(in)
	}
	e.Tag, _ = req.From().Params.Get("tag")
	machine, was := byte('s'), c.now
	switch {
	case c.stage != talking && c.placed:
		machine, was = 'o', c.ours
		if x, ok := c.answers[e.Tag]; ok {
			was = x
		}
	case c.stage != talking || c.in.Phase == dialog.Waiting:
		machine = 'i'
	default:
		c.allows(req)
	}
	x, code, extra := c.responding(in, was, c.ses.Held)
	e.Refuse = code
	c.settles(machine, e, in, code, extra, func() {
		if c.taken(x); machine == 'i' {
			c.now = x
		}
	})
}

// revised plays what a fork's UPDATE has changed.
func (c *call) revised(tag string) {
	c.answers[tag] = c.next
	c.apply(tag, c.next.agreed, func() Event { return Progress{Call: c.id, Code: 183, Leg: c.leg, Early: true} })
}
