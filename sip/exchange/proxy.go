package exchange

import (
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"
)

// proxy takes every request but REGISTER, ACK and CANCEL.
func (x *Exchange) proxy(req *sip.Request, tx sip.ServerTransaction) {
	d := x.place.decide(req)
	switch {
	case d.status == 420:
		x.stateless(req, d.status, d.reason, sip.NewHeader("Unsupported", d.unsupported))
		return
	case d.status != 0:
		x.stateless(req, d.status, d.reason)
		return
	case d.local:
		x.options(req)
		return
	}
	from, ok := flowOf(req)
	if !ok {
		return
	}
	var to []target
	if d.dialog {
		to = x.within(req, d)
	} else if to, ok = x.search(req, d, from); !ok {
		return
	}
	if len(to) == 0 {
		x.stateless(req, 480, "Temporarily Unavailable")
		return
	}
	if !req.IsInvite() {
		to = to[:1] // RFC 3261 lets them fork too; a MESSAGE is better not read by all
	}
	select {
	case x.pending <- struct{}{}:
		defer func() { <-x.pending }()
	default:
		x.stateless(req, 503, "Service Unavailable", sip.NewHeader("Retry-After", strconv.Itoa(retryAfter)))
		return
	}
	newCarrier(x, req, tx, to, from, d.routes).run()
}

// retryAfter is what the one is told for whom there is no room, in seconds.
const retryAfter = 5

// within is the next hop of a request in a dialog (RFC 3261 §16.4, §16.6 step 6): the
// flow of a registered phone, or the address that the route set names.
func (x *Exchange) within(req *sip.Request, d decision) []target {
	next := req.Recipient
	if rest := req.GetHeaders("Route"); len(rest) > d.routes {
		next = rest[d.routes].(*sip.RouteHeader).Address
	}
	x.mu.Lock()
	f, ok := x.location.find(time.Now(), next)
	x.mu.Unlock()
	if !ok {
		if f, ok = literal(next); !ok || x.place.ours(next) {
			return nil
		}
	}
	return []target{{uri: req.Recipient, flow: f}}
}

// search finds the phones of the user that a new request is for. false: it was answered.
func (x *Exchange) search(req *sip.Request, d decision, from flow) ([]target, bool) {
	caller, ok := x.identify(req, 407)
	if !ok {
		return nil, false
	}
	if unescaped(req.From().Address.User) != caller {
		x.stateless(req, 403, "Only In Your Own Name")
		return nil, false
	}
	now := time.Now()
	x.mu.Lock()
	registered := len(x.location.live(now, caller)) > 0
	all := x.location.live(now, d.user)
	found := x.location.targets(now, d.user, from)
	x.mu.Unlock()
	_, known := x.config.Users[d.user]
	switch {
	case !registered:
		x.stateless(req, 403, "Register First")
		return nil, false
	case !known:
		x.stateless(req, 404, "Not Found")
		return nil, false
	case len(found) == 0 && len(all) > 0: // the caller's own phone, which is in use
		x.stateless(req, 486, "Busy Here")
		return nil, false
	}
	var to []target
	for _, b := range found {
		to = append(to, target{uri: b.uri, flow: b.flow, q: b.q, user: b.user, name: b.name})
	}
	return to, true
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
		if err := x.client.WriteRequest(x.forwarded(req, t, from, d.routes), asBuilt); err != nil {
			x.log.Debug("ACK not passed on", "to", t.flow.addr, "error", err)
		}
	}
}

// strayCancel answers a CANCEL that met no INVITE (RFC 3261 §9.2).
func (x *Exchange) strayCancel(req *sip.Request, _ sip.ServerTransaction) {
	x.stateless(req, 481, "Call Does Not Exist")
}
