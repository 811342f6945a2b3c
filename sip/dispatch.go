package sip

import (
	"fmt"
	"slices"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/dialog"
)

// sendInvite starts an INVITE transaction: the first to the hop that the machine names, a
// re-INVITE along the route set.
func (c *call) sendInvite(machine byte, s dialog.SendInvite) {
	if machine == 'o' {
		c.hop = c.hops[min(s.Hop, len(c.hops)-1)]
		c.hop.veiled = c.hidden
		c.launch(machine, s.Head, c.ours.body, c.hop, slices.Concat(timed(s.Timing, false), c.headers, c.withheld()))
		return
	}
	c.propose(s.Hold, false)
	c.ours.seq, c.nextOK = s.Head.Seq, false
	offer := c.ours.body
	c.dispatch(s.Head, func(h hop, err error) {
		if err != nil {
			c.lost(machine, s.Head.Seq, true)
			return
		}
		c.launch(machine, s.Head, offer, h, append(timed(s.Timing, false), c.withheld()...))
	})
}

func (c *call) launch(machine byte, head dialog.Head, body []byte, h hop, headers []sip.Header) {
	o, err := c.a.compose(draft{head: head, body: body, line: c.line, contact: true, expires: -1, headers: headers}, h)
	if err != nil {
		c.a.log.Warn("invite not made", "error", err)
		c.lost(machine, head.Seq, true)
		return
	}
	c.invites[head.Seq], c.contacted = o, c.line.where(h)
	c.lane.do(func() {
		c.a.transact(o, func(res *sip.Response) {
			if res != nil && res.StatusCode >= 200 {
				c.a.noted(h, res)
			}
			if res == nil && !o.heard.Load() && !c.over {
				c.a.noted(h, nil)
				if machine == 's' && o.unsent.Load() && c.invites[head.Seq] == o && c.elsewhere(head, h, nil) {
					// It never left: the same request, another way.
					c.launch(machine, head, body, c.a.order(c.found[head.NextHop()])[0], headers)
					return
				}
			}
			c.replied(machine, head.Seq, o, res)
		})
	})
}

func (c *call) sendCancel(seq uint32, reason int) {
	o := c.invites[seq]
	if o == nil {
		return
	}
	c.unanswered++
	c.lane.do(func() {
		c.a.transact(o.cancelling(because(reason)...), func(res *sip.Response) {
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

// sendBye ends a dialog. Another request of ours may overtake it on the way (the last NOTIFY
// of a transfer, say): the far end refuses it with 500 then (RFC 3261 §12.2.2), and would stay
// in the call unless it were sent again.
func (c *call) sendBye(head dialog.Head, reason int) { c.tryBye(head, reason, maxByes) }

// maxByes is how often a BYE is sent that comes too late.
const maxByes = 3

func (c *call) tryBye(head dialog.Head, reason, left int) {
	c.unanswered++
	first, tag := true, c.remoteTag(head)
	next := func() dialog.Head {
		h := head
		switch {
		case first:
		case c.stage == talking && c.ses.Dialog.Remote == tag:
			c.ses, h = c.ses.Request("BYE") // whose numbers others use as well
		default:
			head.Seq++
			h = head
		}
		first = false
		return h
	}
	c.askAs(errand{method: "BYE", headers: because(reason), within: dialog.Lifetime}, next, func(res *sip.Response) {
		c.unanswered--
		if res != nil && res.StatusCode == 500 && left > 1 {
			c.tryBye(next(), reason, left-1)
		}
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
		if !sendable(q.uri) {
			known = true // a Contact of another scheme: nowhere that we can go
		}
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
				for i := range hops {
					hops[i].veiled = c.hidden
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
		q.send(c.a.order(hops)[0], nil)
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
			then(c.a.order(hops), err)
			c.settle()
		})
	})
}
