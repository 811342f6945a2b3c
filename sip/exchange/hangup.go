package exchange

import (
	"context"
	"crypto/rand"
	"slices"
	"sync"

	"github.com/emiago/sipgo/sip"
)

// cancel stops a leg (RFC 3261 §9.1): same Request-URI, Via, To, From, Call-ID and CSeq
// number as the INVITE that it cancels. reason are the values of its Reason.
func (x *Exchange) cancel(invite *sip.Request, to flow, reason []string) {
	req := sip.NewRequest(sip.CANCEL, *invite.Recipient.Clone())
	req.AppendHeader(sip.HeaderClone(invite.Via()))
	for _, h := range invite.GetHeaders("Route") {
		req.AppendHeader(sip.HeaderClone(h))
	}
	hops := sip.MaxForwardsHeader(70)
	req.AppendHeader(&hops)
	req.AppendHeader(sip.HeaderClone(invite.From()))
	req.AppendHeader(sip.HeaderClone(invite.To()))
	req.AppendHeader(sip.HeaderClone(invite.CallID()))
	req.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: sip.CANCEL})
	for _, v := range reason {
		req.AppendHeader(sip.NewHeader("Reason", v))
	}
	req.SetBody(nil)
	x.direct(req, to)
	x.work.Go(func() { x.ask(req) })
}

// hangUp ends a call that was answered while its caller gave up. The caller's transaction
// has its 487 and cannot take the 2xx any more, so the callee would hold a call with
// nobody: we acknowledge and end it in the caller's place. A proxy proper would not; an
// exchange must, as otherwise the callee's phone believes in the call for 32 s.
func (x *Exchange) hangUp(invite *sip.Request, ok *sip.Response, to flow) {
	x.acknowledge(invite, ok, to)
	bye := x.inDialog(sip.BYE, invite, ok, to)
	bye.CSeq().SeqNo++
	x.work.Go(func() { x.ask(bye) })
}

func (x *Exchange) acknowledge(invite *sip.Request, ok *sip.Response, to flow) {
	ack := x.inDialog(sip.ACK, invite, ok, to)
	if err := x.client.WriteRequest(ack, asBuilt); err != nil {
		x.log.Debug("ACK not sent", "to", to.addr, "error", err)
	}
}

// inDialog is a request to the phone that answered an INVITE with ok.
func (x *Exchange) inDialog(method sip.RequestMethod, invite *sip.Request, ok *sip.Response, to flow) *sip.Request {
	remote := invite.Recipient
	if c := ok.Contact(); c != nil {
		remote = c.Address
	}
	req := sip.NewRequest(method, *remote.Clone())
	via := &sip.ViaHeader{ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: to.transport,
		Host: x.near(to).Addr().String(), Port: int(x.addr.Port())}
	via.Params.Add("branch", sip.RFC3261BranchMagicCookie+rand.Text())
	via.Params.Add("rport", "")
	req.AppendHeader(via)
	hops := sip.MaxForwardsHeader(70)
	req.AppendHeader(&hops)
	req.AppendHeader(sip.HeaderClone(invite.From()))
	req.AppendHeader(sip.HeaderClone(ok.To()))
	req.AppendHeader(sip.HeaderClone(invite.CallID()))
	req.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: method})
	req.SetBody(nil)
	x.direct(req, to)
	return req
}

// ask sends a request of ours and waits for its end; what it answers changes nothing.
func (x *Exchange) ask(req *sip.Request) {
	ctx, cancel := context.WithTimeout(context.Background(), cancelWithin)
	defer cancel()
	tx, err := x.client.TransactionRequest(ctx, req, asBuilt)
	if err != nil {
		x.log.Debug("request not sent", "method", string(req.Method), "to", req.Destination(), "error", err)
		return
	}
	for {
		select {
		case <-x.leaving: // it has gone out; nobody waits for the rest
			tx.Terminate()
			return
		case res := <-tx.Responses():
			if !res.IsProvisional() {
				return
			}
		case <-tx.Done():
			return
		}
	}
}

// late takes 2xx responses that come again, or from another phone behind the first: they
// are passed on for as long as they come (RFC 3261 §16.7 step 5), but not to a caller whose
// final response was another.
func (c *carrier) late(to target, r *ride, res *sip.Response) {
	if c.given.Load() || r.hung.any() {
		c.hangUp(to, r, res)
		return
	}
	c.x.write(assert(returned(c.req, res), to, c.x.config.Realm))
}

// hangUp ends an answer that nobody waits for; one that comes again has missed its ACK.
func (c *carrier) hangUp(to target, r *ride, res *sip.Response) {
	tag, _ := res.To().Params.Get("tag")
	if r.hung.add(tag) {
		c.x.hangUp(r.sent, res, to.flow)
		return
	}
	c.x.acknowledge(r.sent, res, to.flow)
}

// hungUp are the To tags of the answers of a leg that were ended here, as nobody waits for
// them. A leg has several when its phone is a proxy that forks.
type hungUp struct {
	mu   sync.Mutex
	tags []string
}

const maxHungUp = 16

// any reports whether there is one.
func (e *hungUp) any() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.tags) > 0
}

// add notes a tag; false: it is known, or there are too many.
func (e *hungUp) add(tag string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if slices.Contains(e.tags, tag) || len(e.tags) >= maxHungUp {
		return false
	}
	e.tags = append(e.tags, tag)
	return true
}
