package dialog

import "slices"

// Our own bounds for a call that is sent elsewhere.
const (
	maxMoves   = 5  // targets tried beside the first
	maxTargets = 16 // targets remembered, those tried included
)

// A Target is one Contact of a 3xx.
type Target struct {
	URI string // one that may be called; others are not handed in
	Q   int    // preference in thousandths (RFC 3261 §20.10)
}

// redirected reports whether a status sends the call to its Contacts. 305 does so in its own
// way, and 380 does not: alternative services are not calls.
func redirected(code int) bool { return code == 300 || code == 301 || code == 302 }

// gather adds the Contacts of a 3xx to what is tried next: the best first, those of one
// quality in the order of the message, each URI once however often it is named (RFC 3261
// §8.1.3.4: this is what ends a loop).
func (o Outgoing) gather(found []Target) Outgoing {
	targets := slices.Clone(o.targets)
	tried := slices.Clone(o.tried)
	if len(tried) == 0 {
		tried = append(tried, o.head.URI)
	}
	for _, t := range found {
		if len(tried) < maxTargets && !slices.Contains(tried, t.URI) {
			tried = append(tried, t.URI)
			targets = append(targets, t)
		}
	}
	slices.SortStableFunc(targets, func(a, b Target) int { return b.Q - a.Q })
	o.targets, o.tried = targets, tried
	return o
}

// proxied sends the call once more, to the same callee, by way of the proxy that a 305
// names (RFC 3261 §21.3.4). Once: a proxy that says so too would have us go in circles.
// Whose proxies are used is decided by whoever fills Targets.
func (o Outgoing) proxied(r Reply) (Outgoing, []Effect) {
	if o.proxy || len(r.Targets) == 0 {
		return o.elsewhere(r.Code)
	}
	o.proxy = true
	return o.leave(Locate{r.Targets[0].URI, true})
}

// leave begins the way to somewhere else.
func (o Outgoing) leave(to Locate) (Outgoing, []Effect) {
	o.Phase, o.locating, o.logins, o.raises, o.earlies = Calling, true, 0, 0, nil
	return o, []Effect{StopTimer{Quiet}, StopTimer{Ringing}, to}
}

// elsewhere tries the next target after a failure; the last one's status is the call's.
// 6xx means that nobody else is to be tried (RFC 3261 §21.6).
func (o Outgoing) elsewhere(code int) (Outgoing, []Effect) {
	if code >= 600 || len(o.targets) == 0 || o.moves >= maxMoves {
		return o.fail(code)
	}
	o.head.URI = o.targets[0].URI
	o.targets = o.targets[1:]
	o.moves++
	return o.leave(Locate{URI: o.head.URI})
}

// located goes on with the addresses of the new target. To, From and Call-ID stay, CSeq
// goes up (RFC 3261 §8.1.3.4).
func (o Outgoing) located(hops int) (Outgoing, []Effect) {
	if !o.locating || o.Phase != Calling {
		return o, nil
	}
	o.locating = false
	if hops == 0 {
		return o.elsewhere(503)
	}
	o.hop, o.hops = 0, hops
	return o.again()
}
