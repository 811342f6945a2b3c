package sip

import "github.com/offhook/offhook/sip/dialog"

// relocate tells the far ends of the calls that stand where we are now, after our own
// network, or what a NAT makes of it, has changed: a re-INVITE from the new address, with
// Contact and media address of it (RFC 3261 §14.1, RFC 3264 §8.3.1).
func (a *Agent) relocate() {
	for _, c := range a.calls {
		c.relocate()
	}
}

func (c *call) relocate() {
	if c.stage != talking || c.over || c.contacted == "" {
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
	c.hop = h
	clear(c.found)
	c.step('s', dialog.Move{})
}

// where is our Contact for what goes to a hop.
func (l *line) where(h hop) string {
	u := l.contact(h)
	return u.String()
}
