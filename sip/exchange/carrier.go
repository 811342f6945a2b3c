package exchange

import (
	"context"
	"errors"
	"fmt"
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
	in     decision
	sought map[string]bool // users whose phones were tried

	fork   fork
	legs   []*ride
	events chan event
	over   chan struct{} // closed when run has returned
	turn   *ingress.Turn // in its dialog, ended when a leg has been sent; nil: it has none
	leave  func()        // called once, when the caller has its final response
	left   chan struct{} // closed when the legs that are left are not waited for any more
	gone   chan struct{} // closed when the caller cancels
	once   sync.Once
	given  atomic.Bool // the caller cancelled, and sipgo has sent the 487
	why    []string    // the Reason of that CANCEL; written before gone is closed

	settled int // status of the 2xx or 6xx that made the other phones ring in vain; 0: none
}

// ride is one leg's copy of the request and what came back.
type ride struct {
	sent  *sip.Request
	final *sip.Response // nil: none came
	stop  chan struct{} // closed when CANCEL has gone out
	hung  hungUp
}

// event is what a leg reports.
type event struct {
	leg     int
	res     *sip.Response // nil: see expired and status
	status  int           // of a leg that gave no final response
	expired bool          // Timer C
}

func newCarrier(x *Exchange, req *sip.Request, tx sip.ServerTransaction, to []target, from flow, in decision, turn *ingress.Turn, leave func()) *carrier {
	c := &carrier{x: x, req: req, tx: tx, from: from, in: in, sought: map[string]bool{in.user: true},
		events: make(chan event), over: make(chan struct{}), turn: turn, leave: leave, left: make(chan struct{}), gone: make(chan struct{})}
	c.fork = newFork(c.add(to))
	return c
}

// add makes legs of targets and gives their q.
func (c *carrier) add(to []target) []int {
	q := make([]int, len(to))
	for i := range to {
		q[i] = to[i].q
		c.legs = append(c.legs, &ride{stop: make(chan struct{})})
	}
	c.to = append(c.to, to...)
	return q
}

// run returns when the fork is over: every leg has ended, or nobody waits for the rest. A
// phone that is not there any more says nothing for half a minute (Timer B), and cannot be
// sent a CANCEL before it says something.
func (c *carrier) run() {
	defer close(c.over)
	if c.req.IsInvite() {
		if !c.tx.OnCancel(c.cancelled) {
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
				f, acts = c.response(e.leg, res)
			default:
				f, acts = c.ended(e.leg, e.status)
			}
		case <-gone:
			gone = nil
			f, acts = c.fork.cancelled()
		case <-done: // the connection to the caller broke, or we are closing
			done = nil
			f, acts = c.fork.cancelled()
		case <-c.left:
			return
		}
		c.carry(f, acts, res)
	}
}

// cancelled takes the caller's CANCEL, on a goroutine of sipgo's.
func (c *carrier) cancelled(req *sip.Request) {
	c.given.Store(true)
	c.once.Do(func() {
		c.why = values(req, "Reason")
		close(c.gone)
	})
}

// reason is why a phone rings in vain: it has not missed a call that another one took, or
// that the caller says was taken elsewhere (RFC 3326 §2).
func (c *carrier) reason() []string {
	switch {
	case c.settled == 200:
		return []string{`SIP;cause=200;text="Call completed elsewhere"`}
	case c.settled > 0:
		return []string{fmt.Sprintf(`SIP;cause=%d;text="Declined elsewhere"`, c.settled)}
	}
	select {
	case <-c.gone:
		return c.why
	default:
		return nil
	}
}

// Terminate makes run return, once the caller has its answer.
func (c *carrier) Terminate() { close(c.left) }

// response takes what a leg answered.
func (c *carrier) response(leg int, res *sip.Response) (fork, []action) {
	if res.IsProvisional() {
		return c.fork.response(leg, res.StatusCode)
	}
	c.legs[leg].final = res
	if to := c.diverted(leg, res); len(to) > 0 {
		if c.req.IsInvite() && c.fork.alone(leg) { // RFC 3261 §21.1.3; where RFC 5359 §2.8 has it
			c.respond(c.x.reply(c.req, 181, "Call Is Being Forwarded"))
		}
		return c.fork.instead(leg, res.StatusCode, c.add(to))
	}
	return c.ended(leg, res.StatusCode)
}

// ended takes a leg's final status. A flow that failed is no answer of the phone, which
// may have another one (RFC 5626 §6).
func (c *carrier) ended(leg, status int) (fork, []action) {
	if others := c.to[leg].others; status == 430 && len(others) > 0 {
		next := others[0]
		next.q, next.others = c.to[leg].q, others[1:]
		return c.fork.instead(leg, status, c.add([]target{next}))
	}
	return c.fork.response(leg, status)
}

// carry does what the fork asks for; res is the response at hand.
func (c *carrier) carry(f fork, acts []action, res *sip.Response) {
	c.fork = f
	if f.done && c.leave != nil {
		c.leave()
		c.leave = nil
		if !f.over() {
			c.x.stragglers.add(time.Now(), c)
		}
	}
	if res != nil && c.settled == 0 && (res.IsSuccess() || res.StatusCode >= 600) {
		c.settled = res.StatusCode
	}
	for _, a := range acts {
		switch a.do {
		case send:
			c.legs[a.leg].sent = c.x.forwarded(c.req, c.to[a.leg], c.from, c.in.routes, c.x.place.branch(c.req))
			to, r := c.to[a.leg], c.legs[a.leg]
			c.x.work.Go(func() { c.ride(a.leg, to, r) })
		case pass:
			if res.IsProvisional() && !c.req.IsInvite() {
				continue // RFC 4320 §4.1
			}
			if !c.respond(assert(returned(c.req, res), c.to[a.leg], c.x.config.Realm)) && res.IsSuccess() && c.req.IsInvite() {
				c.hangUp(c.to[a.leg], c.legs[a.leg], res)
			}
		case best:
			c.respond(c.bestOf(a.leg))
		case sendStop:
			if c.req.IsInvite() {
				close(c.legs[a.leg].stop)
				c.x.cancel(c.legs[a.leg].sent, c.to[a.leg].flow, c.reason())
			}
		case hangUpLeg:
			c.hangUp(c.to[a.leg], c.legs[a.leg], res)
		}
	}
}

// bestOf is a leg's final response for the caller, or ours for a leg that gave none.
func (c *carrier) bestOf(leg int) *sip.Response {
	res, status := c.legs[leg].final, c.fork.legs[leg].status
	switch {
	case status == 430 && !c.in.dialog: // between us and the phone; no other flow is left
		return c.x.reply(c.req, 480, statusWords[480])
	case res == nil:
		return c.x.reply(c.req, status, statusWords[status])
	case status == 503: // RFC 3261 §16.7 step 6: it is not we who are overloaded
		return c.x.reply(c.req, 500, "Server Internal Error")
	}
	out := returned(c.req, res)
	if status == 401 || status == 407 { // §16.7 step 7: the caller is to answer all of them
		for i, l := range c.legs {
			if other := c.fork.legs[i].status; i != leg && l.final != nil && (other == 401 || other == 407) {
				challenges(out, l.final)
			}
		}
	}
	return out
}

// challenges adds those of another response.
func challenges(to, from *sip.Response) {
	for _, name := range []string{"WWW-Authenticate", "Proxy-Authenticate"} {
		for _, v := range values(from, name) {
			to.AppendHeader(sip.NewHeader(name, v))
		}
	}
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
func (c *carrier) ride(i int, to target, r *ride) {
	ctx, cancel := context.WithTimeout(context.Background(), connectWithin)
	tx, err := c.x.client.TransactionRequest(ctx, r.sent, asBuilt)
	cancel()
	c.turn.End()
	if err != nil {
		c.x.log.Debug("phone not reached", "at", to.flow.addr, "error", err)
		c.post(event{leg: i, status: 430})
		return
	}
	defer func() { c.x.lingering.add(time.Now(), tx) }()
	tx.OnRetransmission(func(res *sip.Response) { c.late(to, r, res) })
	ring := time.NewTimer(c.x.config.RingTime) // Timer C (RFC 3261 §16.6 step 11)
	defer ring.Stop()
	stop := r.stop
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
			c.post(event{leg: i, status: silence(tx.Err())})
			return
		case <-c.over:
			tx.Terminate()
			return
		case <-c.x.leaving:
			tx.Terminate()
			c.post(event{leg: i, status: 408})
			return
		}
	}
}

// silence is what a transaction that ended without a final response counts as.
func silence(err error) int {
	if errors.Is(err, sip.ErrTransactionTransport) {
		return 430
	}
	return 408
}

func (c *carrier) post(e event) {
	select {
	case c.events <- e:
	case <-c.over:
	}
}
