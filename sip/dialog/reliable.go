package dialog

import "time"

// provisional is the reliable response of a call that we take (RFC 3262 §3).
type provisional struct {
	next    uint32 // RSeq of the next one; 0: our responses are not reliable
	rseq    uint32 // of the last one; 0: none was sent
	waits   bool   // it has had no PRACK
	carried bool   // our offer went with one
	settled bool   // and has its answer
	wait    time.Duration
	spent   time.Duration
	accept  *Accept // the user has answered meanwhile; never written to
}

// Reliably has the machine send its provisional responses reliably, for an INVITE that
// requires 100rel. rseq is the first RSeq, in 1..2^31-1 (RFC 3262 §3).
func (c Incoming) Reliably(rseq uint32) Incoming {
	c.rel.next = max(rseq&(1<<31-1), 1)
	return c
}

// Settled reports whether the answer to our offer has come in a PRACK.
func (c Incoming) Settled() bool { return c.rel.settled }

// Reliable reports whether an Alert goes out reliably.
func (c Incoming) Reliable() bool { return c.rel.next != 0 }

// ring sends 180, reliably where that is required: T1, doubled without limit, 64*T1 in
// all (RFC 3262 §3).
func (c Incoming) ring(offer bool) (Incoming, []Effect) {
	if !c.Reliable() {
		return c, []Effect{Respond{Code: 180}}
	}
	if c.rel.waits {
		return c, nil // one at a time: the far end is being told already (RFC 3262 §3)
	}
	c.rel.rseq, c.rel.waits, c.rel.carried = c.rel.next, true, c.rel.carried || offer
	c.rel.next++
	c.rel.wait, c.rel.spent = T1, T1
	return c, []Effect{Respond{Code: 180, RSeq: c.rel.rseq, Body: offer}, StartTimer{Prack, T1}}
}

// unheard repeats the response, or gives the call up.
func (c Incoming) unheard() (Incoming, []Effect) {
	if !c.rel.waits {
		return c, nil
	}
	if c.rel.spent >= Lifetime {
		return c.gone(Respond{Code: 504}, Over{408}) // RFC 3262 §3: a 5xx
	}
	c.rel.wait = min(2*c.rel.wait, Lifetime-c.rel.spent)
	c.rel.spent += c.rel.wait
	return c, []Effect{Resend{}, StartTimer{Prack, c.rel.wait}}
}

// pracked answers a PRACK: 481 unless it names the response that waits (RFC 3262 §3).
func (c Incoming) pracked(p Pracked) (Incoming, []Effect) {
	d, ok := c.Dialog.Received(p.Seq)
	if !ok {
		return c, []Effect{Respond{Code: 500, Inside: true}}
	}
	c.Dialog = d
	if !c.rel.waits || p.RSeq != c.rel.rseq || p.Invite != c.invite {
		return c, []Effect{Respond{Code: 481, Inside: true}}
	}
	c.rel.waits = false
	answer := Respond{Code: 200, Inside: true}
	switch unsettled := c.rel.carried && !c.rel.settled; {
	case unsettled && p.Answer:
		c.rel.settled = true
	case p.Offer && !c.rel.settled:
		// Another one has no answer yet: there can be none to this (RFC 3264 §4). The response
		// that it acknowledges is acknowledged all the same (RFC 6337 §3.2).
		answer.Code = 488
	case p.Offer && p.Refuse != 0:
		answer.Code = p.Refuse
	case p.Offer:
		answer.Body = true // RFC 3262 §5: in the 2xx to the PRACK
	}
	effects := []Effect{answer, StopTimer{Prack}}
	if c.rel.carried && !c.rel.settled && c.Phase == Waiting {
		next, more := c.refuse(488) // no answer to our offer, and no other chance for one
		return next, append(effects, more...)
	}
	if a := c.rel.accept; a != nil && c.Phase == Waiting {
		c.rel.accept = nil
		next, more := c.accept(*a)
		return next, append(effects, more...)
	}
	return c, effects
}
