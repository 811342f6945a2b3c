package exchange

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// proxy takes every request but REGISTER, ACK and CANCEL.
func (x *Exchange) proxy(req *sip.Request, tx sip.ServerTransaction) {
	d := x.place.decide(req)
	if !d.dialog {
		if res := x.hasty(req, d); res != nil {
			x.write(res)
			return
		}
	}
	from, ok := flowOf(req)
	if !ok {
		return
	}
	var to []target
	if d.dialog {
		to = x.within(req, d)
	} else if to, ok = x.search(req, &d, from); !ok {
		return
	}
	switch {
	case len(to) == 0:
		x.stateless(req, 480, "Temporarily Unavailable")
		return
	case !d.dialog && x.config.Mode == Redirect:
		x.redirect(req, to)
		return
	case !req.IsInvite():
		to = to[:1] // RFC 3261 lets them fork too; a MESSAGE is better not read by all
	}
	select {
	case x.pending <- struct{}{}:
	default:
		x.stateless(req, 503, "Service Unavailable", sip.NewHeader("Retry-After", strconv.Itoa(retryAfter)))
		return
	}
	leave := sync.OnceFunc(func() { <-x.pending })
	defer leave()
	newCarrier(x, req, tx, to, from, d, x.turns.Of(req), leave).run()
	x.lingering.add(time.Now(), tx)
}

// retryAfter is what the one is told for whom there is no room, in seconds.
const retryAfter = 5

// within is the next hop of a request in a dialog (RFC 3261 §16.4, §16.6 step 6): a proxy
// that the route set names behind us, else the phone where it is registered now, else the
// flow that the dialog was set up over (RFC 5626 §5.3).
func (x *Exchange) within(req *sip.Request, d decision) []target {
	to := target{uri: req.Recipient, flow: x.place.toward(req, d.way)}
	if rest := req.GetHeaders("Route"); len(rest) > d.routes {
		f, ok := literal(rest[d.routes].(*sip.RouteHeader).Address)
		if ok && f.addr != x.addr {
			to.flow = f
		}
		return []target{to}
	}
	x.mu.Lock()
	b, ok := x.location.find(time.Now(), req.Recipient)
	x.mu.Unlock()
	if ok {
		to.flow = b.flow
	}
	return []target{to}
}

// search finds the phones that a new request is for, and who asks. false: it was answered.
func (x *Exchange) search(req *sip.Request, d *decision, from flow) ([]target, bool) {
	user, refusal := x.identify(req, 407)
	if refusal != nil {
		x.write(refusal)
		return nil, false
	}
	sender := req.From().Address
	if unescaped(sender.User) != user && !strings.EqualFold(sender.Host, anonymous) {
		x.stateless(req, 403, "Only In Your Own Name")
		return nil, false
	}
	d.caller = user
	now := time.Now()
	x.mu.Lock()
	own := x.location.live(now, user)
	all := x.location.live(now, d.user)
	found := x.location.targets(now, d.user, user, from)
	if d.phone {
		if b, ok := x.location.find(now, req.Recipient); ok {
			d.user, all, found = b.user, []binding{b}, []binding{b}
		}
	}
	x.mu.Unlock()
	_, known := x.config.Users[d.user]
	switch {
	case len(own) == 0:
		x.stateless(req, 403, "Register First")
		return nil, false
	case !known:
		x.stateless(req, 404, "Not A User Of This Exchange")
		return nil, false
	case len(found) == 0 && len(all) > 0: // the caller's own phone, which is in use
		x.stateless(req, 486, "Busy Here")
		return nil, false
	}
	return targetsOf(found, callerOf(req, own[len(own)-1], x.config.Realm)), true
}

// targetsOf are the phones of bindings. Flows of one phone are not called at once but one
// after the other fails (RFC 5626 §6).
func targetsOf(found []binding, caller string) []target {
	var out []target
	first := map[string]int{}
	for _, b := range found {
		t := targetOf(b, caller)
		if b.regID != 0 {
			if i, again := first[b.instance]; again {
				out[i].others = append(out[i].others, t)
				continue
			}
			first[b.instance] = len(out)
		}
		out = append(out, t)
	}
	return out
}

// ack passes the ACK of a 2xx on (RFC 3261 §16.6, statelessly: §16.11). Others have met
// their transaction, or belong to nothing.
func (x *Exchange) ack(req *sip.Request, _ sip.ServerTransaction) {
	d := x.place.decide(req)
	from, ok := flowOf(req)
	if !d.dialog || !ok {
		return
	}
	for _, t := range x.within(req, d) {
		if err := x.client.WriteRequest(x.forwarded(req, t, from, d.routes, x.place.passedBranch(req, from)), asBuilt); err != nil {
			x.log.Debug("ACK not passed on", "to", t.flow.addr, "error", err)
		}
	}
}

// strayCancel answers a CANCEL that met no INVITE (RFC 3261 §9.2).
func (x *Exchange) strayCancel(req *sip.Request, _ sip.ServerTransaction) {
	x.stateless(req, 481, "Call Does Not Exist")
}
