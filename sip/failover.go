package sip

import (
	"slices"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/locate"
)

// noted remembers how a hop did: res is the final response that came over it; nil: none
// did, in time or at all. Loop only.
func (a *Agent) noted(h hop, res *sip.Response) {
	switch {
	case res == nil:
		a.failures.Failed(h.Candidate, time.Now(), 0)
	case res.StatusCode == 503:
		a.failures.Failed(h.Candidate, time.Now(), header(res, "Retry-After"))
	default:
		a.failures.Works(h.Candidate)
	}
}

// order puts what failed lately last. Loop only.
func (a *Agent) order(hops []hop) []hop {
	return locate.Last(&a.failures, hops, func(h hop) locate.Candidate { return h.Candidate }, time.Now())
}

// elsewhere reports whether a request inside the dialog that failed at a hop has another
// one to go to (RFC 3263 §4.3).
func (c *call) elsewhere(head dialog.Head, h hop, res *sip.Response) bool {
	return (res == nil || res.StatusCode == 503) && c.another(head, h)
}

// another reports whether there is another hop for a request inside the dialog, which has
// not failed lately.
func (c *call) another(head dialog.Head, h hop) bool {
	return slices.ContainsFunc(c.found[head.NextHop()], func(o hop) bool {
		return o.Candidate != h.Candidate && !c.a.failures.Shuns(o.Candidate, time.Now())
	})
}
