package sip

import (
	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/sip/dialog"
)

// relocate tells the far ends of the calls that stand where we are now, after our own
// network, or what a NAT makes of it, has changed: a re-INVITE from the new address, with
// Contact and media address of it (RFC 3261 §14.1, RFC 3264 §8.3.1).
func (a *Agent) relocate() {
	for _, c := range a.calls {
		c.relocate()
	}
}

func (c *call) relocate() {
	if c.stage == preparing || c.over || c.stage == talking && c.contacted == "" {
		return
	}
	h := c.hop
	src, err := sourceFor(c.a.cfg.Bind, h.Addr)
	if err != nil {
		return // no way there yet; the next change may bring one
	}
	h.source = src
	if h.source == c.hop.source && c.line.where(h) == c.contacted {
		return
	}
	c.hop, c.way = h, agreement.Pair{}
	clear(c.found)
	switch {
	case c.stage == talking:
		c.moves()
	case c.placed:
		c.stale = true // what our offer says; it is told when the call stands
		c.announce()
	default:
		// The 200 says it; where our offer is out already, what follows the ACK.
		c.stale = c.offered || c.in.Phase != dialog.Waiting
	}
}

// moves tells the far end of a call that stands where we are now: not before the ACK of our
// 200, while its INVITE is still under way (RFC 3261 §14.1).
func (c *call) moves() {
	if !c.placed && c.in.Phase != dialog.Standing {
		c.stale = true
		return
	}
	c.step('s', dialog.Move{})
}

// announce tells our new Contact to the forks that ring, where they take UPDATE (RFC 3311
// §5.1). Others hear of it when they answer: giving the call up would help nobody.
func (c *call) announce() {
	if !c.ses.Updates {
		return
	}
	for _, tag := range c.out.Forks() {
		next := func() dialog.Head {
			var h dialog.Head
			var ok bool
			if c.out, h, ok = c.out.Request(tag, "UPDATE"); !ok || c.stage == talking {
				c.ses, h = c.ses.Request("UPDATE")
			}
			return h
		}
		c.askAs(errand{method: "UPDATE", contact: true, within: dialog.Lifetime}, next, func(*sip.Response) {})
	}
}

// caughtUp tells the far end of a call that has begun to stand what has changed while it
// rang.
func (c *call) caughtUp() {
	if c.stale && c.stage == talking && !c.over {
		c.stale = false
		c.step('s', dialog.Move{})
	}
}

// where is our Contact for what goes to a hop.
func (l *line) where(h hop) string {
	u := l.contact(h)
	return u.String()
}

// routed takes the way that the checks have chosen. A far end of before ice2 is told, by the
// one who has the choice, where it is not what was described: it, and what stands between
// us, may hold to the description (RFC 5245 §8, §9; RFC 8445 §10).
func (c *call) routed(way agreement.Pair) {
	again := way == c.way
	c.way = way
	now := c.now.agreed
	switch {
	case again || c.stage != talking || c.over || !now.ICE.Control || now.ICE.Two:
		return
	case way.Ufrag == "" || way.Ufrag != now.ICE.Ufrag || way.OwnUfrag != now.ICE.OwnUfrag: // of checks that are past
		return
	case way.Own == c.now.at && way.Far == now.RTP:
		return
	}
	c.moves()
}
