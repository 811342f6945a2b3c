package sip

import (
	"context"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
)

// prepare makes the connection that a request needs. A request that is TCP only
// because of its size falls back to UDP (RFC 3261 §18.1.1).
func (a *Agent) prepare(o *outbound) error {
	if !streams(o.hop.Transport) {
		return nil
	}
	fl, err := a.flows.reach(a.ctx, o.id)
	switch {
	case err == nil:
		o.ride(fl)
	case o.wider:
		h := o.hop
		h.Transport = account.UDP
		o.aim(a, h)
		return nil
	}
	return err
}

// write sends a request outside any transaction: an ACK for a 2xx. It blocks.
func (a *Agent) write(o *outbound) {
	if err := a.prepare(o); err != nil {
		a.log.Debug("ack not sent", "to", o.hop.Addr, "error", err)
		return
	}
	a.net.renew.RLock()
	defer a.net.renew.RUnlock()
	if err := a.tp.WriteMsg(o.req); err != nil {
		a.log.Debug("ack not sent", "to", o.hop.Addr, "error", err)
	}
}

// transact starts a client transaction and returns; on is called on the loop with each
// response in the order of arrival, and at the end once with nil. It blocks while it
// connects.
func (a *Agent) transact(o *outbound, on func(res *sip.Response)) {
	fail := func(err error) {
		if !o.cut() {
			if o.why = err; o.flow != nil && o.flow.reason() != errNoConnection {
				o.why = o.flow.reason() // its connection is just being closed, and that says why
			}
			o.unsent.Store(true)
		}
		a.log.Debug("request not sent", "method", string(o.req.Method), "to", o.hop.Addr, "error", err)
		a.post(func() { on(nil) })
	}
	if err := a.prepare(o); err != nil {
		fail(err)
		return
	}
	if o.req.IsInvite() {
		a.awaited.Store(branchOf(o.req), awaited{o, on})
	}
	ctx, cancel := context.WithTimeout(a.ctx, dialWithin)
	defer cancel()
	a.net.renew.RLock()
	tx, err := a.tx.Request(ctx, o.req)
	a.net.renew.RUnlock()
	if err != nil {
		a.unawait(o)
		fail(err)
		return
	}
	a.tasks.Go(func() { a.follow(tx, o, on) })
}

// follow drains a transaction until it ends. Of an INVITE only failures are taken from
// it, after sipgo's ACK; the rest has been taken on arrival. Another transaction ends
// with its final response: a repeat of that is nobody's business.
func (a *Agent) follow(tx sip.ClientTransaction, o *outbound, on func(res *sip.Response)) {
	defer a.post(func() { on(nil) })
	defer a.unawait(o)
	defer tx.Terminate()
	var gone <-chan struct{}
	var late <-chan time.Time
	if o.flow != nil {
		gone = o.flow.gone
	}
	for {
		select {
		case <-gone:
			// What was read before that is still on its way through sipgo. A server that
			// has said something may connect to us for the rest.
			gone = nil
			if !o.heard.Load() {
				late = time.After(lateWithin)
			}
		case <-late:
			if o.cut() {
				return
			}
		case res := <-tx.Responses():
			o.heard.Store(true)
			if o.req.IsInvite() && res.StatusCode < 300 {
				continue
			}
			a.post(func() { on(res) })
			if !o.req.IsInvite() && res.StatusCode >= 200 {
				return
			}
		case <-tx.Done():
			o.cut()
			return
		case <-o.over:
			return
		case <-a.quit:
			return
		}
	}
}

// cut notes, and reports, that the connection of a request ended before anything was
// answered: another way may be tried at once (RFC 3261 §8.1.3.1).
func (o *outbound) cut() bool {
	if o.flow == nil || o.heard.Load() {
		return false
	}
	select {
	case <-o.flow.gone:
		o.why = o.flow.reason()
		o.unsent.Store(true)
		return true
	default:
		return false
	}
}

// lateWithin is how long sipgo may take to hand on what it has read.
const lateWithin = 100 * time.Millisecond

// awaited is an INVITE of ours and who takes its responses.
type awaited struct {
	o  *outbound
	on func(*sip.Response)
}

// unawait forgets an INVITE; its CANCEL has the same branch.
func (a *Agent) unawait(o *outbound) {
	if o.req.IsInvite() {
		a.awaited.Delete(branchOf(o.req))
	}
}

// responded takes a provisional response or a 2xx to an INVITE as it arrives: sipgo
// begins a goroutine per message, so that a 183 and the 200 behind it may change places,
// and it takes the 2xx of another fork for a repeat.
func (a *Agent) responded(res *sip.Response) {
	cseq := res.CSeq()
	if cseq == nil || cseq.MethodName != sip.INVITE || res.Via() == nil {
		return
	}
	if w, ok := a.awaited.Load(branchOf(res)); ok {
		w := w.(awaited)
		// Also where sipgo passes it on, which takes its time on a busy machine: a server that
		// closes the connection behind its refusal has refused.
		w.o.heard.Store(true)
		if res.StatusCode < 300 {
			a.post(func() { w.on(res) })
		}
	}
}

func branchOf(m sip.Message) string {
	branch, _ := m.Via().Params.Get("branch")
	return branch
}

// abandon ends the transaction of a request as if it had timed out. Loop only, once.
func (o *outbound) abandon() {
	select {
	case <-o.over:
	default:
		close(o.over)
	}
}
