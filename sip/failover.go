package sip

import (
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
	if res != nil && res.StatusCode != 503 {
		return false
	}
	hops := c.a.order(c.found[head.NextHop()])
	return len(hops) > 1 && hops[0].Candidate != h.Candidate && !c.a.failures.Shuns(hops[0].Candidate, time.Now())
}
