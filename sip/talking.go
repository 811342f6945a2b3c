package sip

import (
	"fmt"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/ingress"
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
	if tags := ingress.Unsupported(req); len(tags) > 0 {
		in.answer(420, nil, sip.NewHeader("Unsupported", strings.Join(tags, ", ")))
		return
	}
	c.request = in
	seq := req.CSeq().SeqNo
	setup := !c.placed && c.in.Phase != dialog.Standing && c.in.Phase != dialog.Gone
	switch {
	case req.IsInvite() && c.stage != talking:
		// A second INVITE before the first was answered (RFC 3261 §14.2).
		in.answer(500, nil, sip.NewHeader("Retry-After", "3"))
	case req.IsInvite():
		c.reinvited(in)
	case setup && req.Method == sip.BYE:
		in.answer(200, nil)
		c.step('i', dialog.Inside{Method: "BYE", Seq: seq})
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
	case sip.BYE, sip.INFO:
		in.answer(200, nil)
	case sip.OPTIONS:
		in.answer(200, nil, capabilities()...)
	case sip.UPDATE, sip.REFER, sip.NOTIFY, sip.SUBSCRIBE, sip.MESSAGE, sip.PRACK, sip.REGISTER, sip.PUBLISH:
		in.answer(405, nil, sip.NewHeader("Allow", allow))
	default:
		in.answer(501, nil, sip.NewHeader("Allow", allow))
	}
}

// reinvited takes an INVITE inside the dialog: what its body deserves is found first, the
// machine decides.
func (c *call) reinvited(in *inbound) {
	req := in.req
	e := dialog.Reinvite{Seq: req.CSeq().SeqNo, Contact: answerOf(req).Contact, Offer: len(req.Body()) > 0}
	var extra []sip.Header
	var body, offer []byte
	side := c.side
	if e.Refuse, extra = unreadable(req); e.Refuse == 0 {
		if e.Offer {
			var err error
			if side, body, c.next, err = c.side.Answer(req.Body(), c.terms(c.ses.Held)); err != nil {
				e.Refuse, extra = c.a.refusal(err)
			}
			c.nextOK = err == nil
		} else {
			side, offer = c.side.Offer(c.terms(c.ses.Held))
			body, c.nextOK = offer, false
		}
	}
	next, effects := c.ses.Step(e)
	c.ses = next
	for _, f := range effects {
		if r, ok := f.(dialog.Respond); ok {
			if r.Code == 200 {
				if c.reinvite != nil {
					c.reinvite.close()
				}
				c.side, c.body, c.reinvite = side, body, in
				if offer != nil {
					c.offer = offer
				}
				continue
			}
			if e.Refuse == r.Code {
				in.answer(r.Code, nil, extra...)
				return
			}
		}
	}
	c.perform('s', effects)
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
	if machine == 'i' {
		in = c.first
	}
	if in == nil {
		return
	}
	var extra []sip.Header
	if r.Retry > 0 {
		extra = append(extra, sip.NewHeader("Retry-After", seconds(r.Retry)))
	}
	switch {
	case !in.req.IsInvite():
		if len(extra) == 0 {
			c.plain(in, r.Code)
			return
		}
		in.answer(r.Code, nil, extra...)
	case r.Code >= 300:
		in.answer(r.Code, nil, extra...)
	default:
		extra = append(extra, &sip.ContactHeader{Address: c.line.contact(c.hop)}, sip.NewHeader("Allow", allow))
		var body []byte
		if r.Code >= 200 {
			body = c.body
			extra = append(extra, sip.NewHeader("Accept", accepts), sip.NewHeader("Content-Type", accepts))
		}
		res := in.answer(r.Code, body, extra...)
		if r.Code >= 200 {
			c.answer200 = res
		}
	}
}

// changed applies what a re-INVITE has settled.
func (c *call) changed() {
	if !c.nextOK {
		// The answer cannot be used, or did not come: the call cannot go on (RFC 3264 §8).
		c.finish(488, "")
		c.step('s', dialog.HangUp{})
		return
	}
	c.agreed = c.next
	c.apply(c.ses.Dialog.Remote, c.agreed, c.renegotiated)
}

func (c *call) renegotiated() Event {
	if c.over {
		return nil
	}
	return Renegotiated{Call: c.id, Agreed: c.agreed, FarHold: !c.agreed.Direction.Send(), Held: c.ses.Held}
}

// sendInvite starts an INVITE transaction: the first to the hop that the machine names, a
// re-INVITE along the route set.
func (c *call) sendInvite(machine byte, s dialog.SendInvite) {
	if machine == 'o' {
		c.hop = c.hops[min(s.Hop, len(c.hops)-1)]
		c.launch(machine, s.Head, c.offer, c.hop)
		return
	}
	c.side, c.offer = c.side.Offer(c.terms(s.Hold))
	offer := c.offer
	c.dispatch(s.Head, func(h hop, err error) {
		if err != nil {
			c.step(machine, dialog.Lost{Seq: s.Head.Seq})
			return
		}
		c.launch(machine, s.Head, offer, h)
	})
}

func (c *call) launch(machine byte, head dialog.Head, body []byte, h hop) {
	o, err := c.a.compose(draft{head: head, body: body, line: c.line, contact: true, expires: -1}, h)
	if err != nil {
		c.a.log.Warn("invite not made", "error", err)
		c.step(machine, dialog.Lost{Seq: head.Seq})
		return
	}
	c.invites[head.Seq] = o
	c.lane.do(func() {
		c.a.transact(o, func(res *sip.Response) { c.replied(machine, head.Seq, o, res) })
	})
}

func (c *call) sendCancel(seq uint32) {
	o := c.invites[seq]
	if o == nil {
		return
	}
	c.unanswered++
	c.lane.do(func() {
		c.a.transact(o.cancelling(), func(res *sip.Response) {
			if res == nil {
				c.unanswered--
				c.settle()
			}
		})
	})
}

// sendAck acknowledges a 2xx with the credentials of its INVITE (RFC 3261 §13.2.2.4).
func (c *call) sendAck(head dialog.Head) {
	c.dispatch(head, func(h hop, err error) {
		if err != nil {
			return
		}
		d := draft{head: head, line: c.line, expires: -1}
		if inv := c.invites[head.Seq]; inv != nil {
			d.extra = inv.auth
		}
		o, err := c.a.compose(d, h)
		if err != nil {
			c.a.log.Debug("ack not made", "error", err)
			return
		}
		c.lane.do(func() { c.a.write(o) })
	})
}

// sendBye ends a dialog. A challenge is answered with the next CSeq (RFC 3261 §22.2).
func (c *call) sendBye(head dialog.Head, try int) {
	c.unanswered++
	answered := func() {
		c.unanswered--
		c.settle()
	}
	c.dispatch(head, func(h hop, err error) {
		var o *outbound
		if err == nil {
			o, err = c.a.compose(draft{head: head, line: c.line, expires: -1}, h)
		}
		if err != nil {
			c.a.log.Debug("bye not sent", "error", err)
			answered()
			return
		}
		c.lane.do(func() {
			c.a.transact(o, func(res *sip.Response) {
				switch {
				case res == nil:
					answered()
				case (res.StatusCode == 401 || res.StatusCode == 407) && try < maxByes && c.line.challenged(res, o):
					head.Seq++
					c.sendBye(head, try+1)
				}
			})
		})
	})
}

// queued is a request that waits for its next hop to be found, so that none overtakes
// another.
type queued struct {
	uri  string
	send func(hop, error)
}

// dispatch finds the next hop of a request inside the dialog and sends it in order.
func (c *call) dispatch(head dialog.Head, send func(hop, error)) {
	c.queue = append(c.queue, queued{head.NextHop(), send})
	c.flush()
}

func (c *call) flush() {
	for len(c.queue) > 0 && !c.resolving {
		q := c.queue[0]
		hops, known := c.found[q.uri]
		if !known {
			c.resolving = true
			c.resolve(q.uri, func(hops []hop, err error) {
				c.resolving = false
				if err != nil {
					c.a.log.Info("no way to the far end", "uri", q.uri, "error", err)
				}
				if len(c.found) > maxRoutes {
					clear(c.found)
				}
				c.found[q.uri] = hops
				c.flush()
			})
			continue
		}
		c.queue = c.queue[1:]
		if len(hops) == 0 {
			q.send(hop{}, fmt.Errorf("%w: %s", errNoServer, q.uri))
			continue
		}
		q.send(hops[0], nil)
	}
}

// resolve finds the hops of a URI or server; then is called at once if it is an address.
func (c *call) resolve(server string, then func([]hop, error)) {
	t, err := target(server, c.transport())
	if err != nil {
		then(nil, err)
		return
	}
	if h, ok := c.a.literal(t); ok {
		then([]hop{h}, nil)
		return
	}
	c.running++
	c.a.tasks.Go(func() {
		hops, err := c.a.lookUp(t)
		c.a.post(func() {
			c.running--
			then(hops, err)
			c.settle()
		})
	})
}
