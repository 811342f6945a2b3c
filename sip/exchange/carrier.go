package exchange

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/ingress"
)

// carrier carries out one fork: it owns the caller's server transaction and a client
// transaction per leg. All decisions are fork's.
type carrier struct {
	x      *Exchange
	req    *sip.Request
	tx     sip.ServerTransaction
	to     []target
	from   flow
	routes int

	fork   fork
	legs   []ride
	events chan event
	over   chan struct{}
	gone   chan struct{} // closed when the caller cancels
	once   sync.Once
	given  atomic.Bool // the caller cancelled, and sipgo has sent the 487
}

// ride is one leg's copy of the request and what came back.
type ride struct {
	sent  *sip.Request
	final *sip.Response // nil: none came
	stop  chan struct{} // closed when CANCEL has gone out
}

// event is what a leg reports.
type event struct {
	leg     int
	res     *sip.Response // nil: see expired and status
	status  int           // of a leg that gave no final response
	expired bool          // Timer C
}

func newCarrier(x *Exchange, req *sip.Request, tx sip.ServerTransaction, to []target, from flow, routes int) *carrier {
	c := &carrier{x: x, req: req, tx: tx, to: to, from: from, routes: routes,
		legs: make([]ride, len(to)), events: make(chan event), over: make(chan struct{}), gone: make(chan struct{})}
	q := make([]int, len(to))
	for i := range to {
		q[i] = to[i].q
		c.legs[i].stop = make(chan struct{})
	}
	c.fork = newFork(q)
	return c
}

// run returns when the fork is over: every leg has ended.
func (c *carrier) run() {
	defer close(c.over)
	if c.req.IsInvite() {
		if !c.tx.OnCancel(func(*sip.Request) { c.given.Store(true); c.once.Do(func() { close(c.gone) }) }) {
			return // it was cancelled before we came to it
		}
		c.respond(sip.NewResponseFromRequest(c.req, 100, "Trying", nil)) // RFC 3261 §16.2: within 200 ms
	}
	gone, done := c.gone, c.tx.Done()
	f, acts := c.fork.begin()
	for c.carry(f, acts, nil); !c.fork.over(); {
		var res *sip.Response
		select {
		case e := <-c.events:
			switch {
			case e.expired:
				f, acts = c.fork.expired(e.leg)
			case e.res != nil:
				res = e.res
				if !res.IsProvisional() {
					c.legs[e.leg].final = res
				}
				f, acts = c.fork.response(e.leg, res.StatusCode)
			default:
				f, acts = c.fork.response(e.leg, e.status)
			}
		case <-gone:
			gone = nil
			f, acts = c.fork.cancelled()
		case <-done: // the connection to the caller broke, or we are closing
			done = nil
			f, acts = c.fork.cancelled()
		}
		c.carry(f, acts, res)
	}
}

// carry does what the fork asks for; res is the response at hand.
func (c *carrier) carry(f fork, acts []action, res *sip.Response) {
	c.fork = f
	for _, a := range acts {
		switch a.do {
		case send:
			c.legs[a.leg].sent = c.x.forwarded(c.req, c.to[a.leg], c.from, c.routes)
			c.x.work.Go(func() { c.ride(a.leg) })
		case pass:
			if res.IsProvisional() && !c.req.IsInvite() {
				continue // RFC 4320 §4.1
			}
			if !c.respond(assert(returned(c.req, res), c.to[a.leg], c.x.config.Realm)) && res.IsSuccess() && c.req.IsInvite() {
				c.x.hangUp(c.legs[a.leg].sent, res, c.to[a.leg].flow)
			}
		case best:
			c.respond(c.bestOf(a.leg))
		case sendStop:
			if c.req.IsInvite() {
				close(c.legs[a.leg].stop)
				c.x.cancel(c.legs[a.leg].sent, c.to[a.leg].flow)
			}
		case hangUpLeg:
			c.x.hangUp(c.legs[a.leg].sent, res, c.to[a.leg].flow)
		}
	}
}

// bestOf is a leg's final response for the caller, or ours for a leg that gave none.
func (c *carrier) bestOf(leg int) *sip.Response {
	res, status := c.legs[leg].final, c.fork.legs[leg].status
	switch {
	case res == nil:
		return sip.NewResponseFromRequest(c.req, status, statusWords[status], nil)
	case status == 503: // RFC 3261 §16.7 step 6: it is not we who are overloaded
		return sip.NewResponseFromRequest(c.req, 500, "Server Internal Error", nil)
	}
	return returned(c.req, res)
}

// respond sends to the caller; false: the caller had cancelled. sipgo would then go on
// repeating what it was given last, so that must again be the 487.
func (c *carrier) respond(res *sip.Response) bool {
	if c.given.Load() {
		return false
	}
	err := c.tx.Respond(res)
	if err == nil {
		return true
	}
	if errors.Is(err, sip.ErrTransactionCanceled) || c.given.Load() {
		c.tx.Respond(sip.NewResponseFromRequest(c.req, 487, statusWords[487], nil))
		return false
	}
	c.x.log.Debug("answer not passed on", "status", res.StatusCode, "to", c.req.Source(), "error", err)
	return !errors.Is(err, sip.ErrTransactionTerminated)
}

// How long things may take.
const (
	connectWithin = 5 * time.Second  // to find the connection to a phone
	cancelWithin  = 32 * time.Second // for the final response after CANCEL (RFC 3261 §9.1)
)

// ride is the client transaction of one leg, until its final response.
func (c *carrier) ride(i int) {
	ctx, cancel := context.WithTimeout(context.Background(), connectWithin)
	tx, err := c.x.client.TransactionRequest(ctx, c.legs[i].sent, asBuilt)
	cancel()
	if err != nil {
		c.x.log.Debug("phone not reached", "at", c.to[i].flow.addr, "error", err)
		c.post(event{leg: i, status: 480})
		return
	}
	tx.OnRetransmission(func(res *sip.Response) { c.late(i, res) })
	ring := time.NewTimer(c.x.config.RingTime) // Timer C (RFC 3261 §16.6 step 11)
	defer ring.Stop()
	stop := c.legs[i].stop
	for {
		select {
		case res := <-tx.Responses():
			if ok, _ := ingress.CheckResponse(res); !ok {
				continue
			}
			c.post(event{leg: i, res: res})
			if !res.IsProvisional() {
				return
			}
			if res.StatusCode > 100 && stop != nil { // §16.7 step 2
				ring.Reset(c.x.config.RingTime)
			}
		case <-stop:
			stop = nil
			ring.Reset(cancelWithin)
		case <-ring.C:
			if stop == nil || !c.req.IsInvite() {
				tx.Terminate()
				c.post(event{leg: i, status: 408})
				return
			}
			c.post(event{leg: i, expired: true})
			ring.Reset(cancelWithin)
		case <-tx.Done():
			c.post(event{leg: i, status: 408})
			return
		}
	}
}

func (c *carrier) post(e event) {
	select {
	case c.events <- e:
	case <-c.over:
	}
}

// late takes 2xx responses that come again, or from another phone behind the first: they
// are passed on for as long as they come (RFC 3261 §16.7 step 5).
func (c *carrier) late(leg int, res *sip.Response) {
	if c.given.Load() {
		c.x.acknowledge(c.legs[leg].sent, res, c.to[leg].flow)
		return
	}
	if err := c.x.server.WriteResponse(assert(returned(c.req, res), c.to[leg], c.x.config.Realm)); err != nil {
		c.x.log.Debug("late answer not passed on", "to", c.req.Source(), "error", err)
	}
}
