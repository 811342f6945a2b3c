package dialog

import "time"

// repeat is the schedule of an unacknowledged 2xx: T1, doubled up to T2, 64*T1 in all,
// on every transport (RFC 3261 §13.3.1.4).
type repeat struct{ wait, spent time.Duration }

func (r repeat) next() (repeat, time.Duration, bool) {
	if r.wait == 0 {
		r.wait = T1
	} else {
		r.wait = min(2*r.wait, T2)
	}
	if r.spent >= Lifetime {
		return r, 0, false
	}
	r.wait = min(r.wait, Lifetime-r.spent)
	r.spent += r.wait
	return r, r.wait, true
}

// Incoming is a call that we take, from the INVITE to the ACK. Make it with NewIncoming.
// It takes Alert, Accept, Reject, Withdrawn, Acked, HangUp, Expired, Lost, Pracked,
// Updated, Reinvite and Inside.
//
//	Waiting ─Accept→ Accepted ─ACK→ Standing → Gone
//	   │ Reject, HangUp, CANCEL: final      │ HangUp: Ending until the ACK, then BYE
//	   └→ Gone                              └→ 64*T1 without ACK: BYE
type Incoming struct {
	Phase  Phase
	Dialog Dialog
	invite uint32 // CSeq of the INVITE
	rep    repeat
	late   bool
	rel    provisional
	asked  Timing // by the INVITE
	life   Life
	rnd    chance
}

// NewIncoming begins with the INVITE that made d.
func NewIncoming(d Dialog) Incoming {
	return Incoming{Phase: Waiting, Dialog: d, invite: d.RemoteSeq}
}

// Step is the machine after e, and what it wants done.
func (c Incoming) Step(e Event) (Incoming, []Effect) {
	if e, ok := e.(Reinvite); ok {
		return c.crossed(e)
	}
	switch c.Phase {
	case Waiting:
		return c.waiting(e)
	case Accepted, Ending:
		return c.accepted(e)
	}
	return c, nil
}

func (c Incoming) waiting(e Event) (Incoming, []Effect) {
	switch e := e.(type) {
	case Alert:
		return c.ring(e.Offer)
	case Accept:
		if c.rel.waits && c.rel.carried && !c.rel.settled {
			c.rel.accept = &e // no 2xx before that PRACK (RFC 3262 §3)
			return c, nil
		}
		return c.accept(e)
	case Expired:
		if e.Timer == Prack {
			return c.unheard()
		}
	case Pracked:
		return c.pracked(e)
	case Updated:
		return c.update(e)
	case Reject:
		return c.refuse(e.Code)
	case HangUp:
		return c.refuse(480)
	case Withdrawn:
		return c.gone(Over{487})
	case Lost:
		return c.gone(Over{408})
	case Inside:
		if e.Method == "BYE" { // the caller may end an early dialog so (RFC 3261 §15)
			return c.gone(Respond{Code: 487}, Over{487})
		}
	}
	return c, nil
}

// accept sends the 200, with our description unless a reliable response and its PRACK
// have settled everything (RFC 3261 §13.2.1).
func (c Incoming) accept(a Accept) (Incoming, []Effect) {
	c.Phase, c.late, c.rep = Accepted, a.Late && !c.rel.carried, repeat{}
	var said Timing
	c.life, said = Life{}.answer(c.asked)
	effects := []Effect{Respond{Code: 200, Body: !c.rel.carried, Timing: said}}
	if c.rel.waits {
		effects = append([]Effect{StopTimer{Prack}}, effects...)
	}
	c, effects = c.again(effects)
	if !c.late {
		effects = append(effects, Established{c.Dialog, c.life})
	}
	return c, effects
}

func (c Incoming) refuse(code int) (Incoming, []Effect) {
	return c.gone(Respond{Code: code}, Over{code})
}

// gone ends the machine with these effects.
func (c Incoming) gone(effects ...Effect) (Incoming, []Effect) {
	c.Phase = Gone
	if c.rel.waits {
		effects = append([]Effect{StopTimer{Prack}}, effects...)
	}
	return c, append(effects, Done{})
}

func (c Incoming) accepted(e Event) (Incoming, []Effect) {
	switch e := e.(type) {
	case Acked:
		if e.Seq != c.invite {
			return c, nil
		}
		if c.Phase == Ending {
			return c.bye(0, nil)
		}
		c.Phase = Standing
		effects := []Effect{StopTimer{Repeat}}
		if c.late {
			effects = append(effects, Established{c.Dialog, c.life})
		}
		return c, append(effects, Done{})
	case Expired:
		if e.Timer != Repeat {
			return c, nil
		}
		if c.rep.spent < Lifetime {
			return c.again([]Effect{Resend{}})
		}
		// No ACK in 64*T1: the dialog stands, but the call is ended (§13.3.1.4).
		if c.Phase == Ending {
			return c.bye(408, nil)
		}
		return c.bye(408, []Effect{Over{408}})
	case HangUp:
		if c.Phase == Accepted {
			// The callee sends no BYE before the ACK (RFC 3261 §15).
			c.Phase = Ending
			return c, []Effect{Over{200}}
		}
	case Withdrawn:
		// The CANCEL came before our 200 left, and the 487 went out instead.
		if c.Phase == Accepted {
			c.Phase = Gone
			return c, []Effect{StopTimer{Repeat}, Over{487}, Done{}}
		}
		c.Phase = Gone
		return c, []Effect{StopTimer{Repeat}, Done{}}
	case Pracked:
		return c.pracked(e)
	case Updated:
		return c.update(e)
	case Inside:
		if e.Method == "BYE" {
			over := c.Phase == Accepted
			c.Phase = Gone
			effects := []Effect{StopTimer{Repeat}}
			if over {
				effects = append(effects, Over{200})
			}
			return c, append(effects, Done{})
		}
	}
	return c, nil
}

func (c Incoming) again(effects []Effect) (Incoming, []Effect) {
	r, wait, ok := c.rep.next()
	if ok {
		c.rep = r
		effects = append(effects, StartTimer{Repeat, wait})
	}
	return c, effects
}

func (c Incoming) bye(reason int, effects []Effect) (Incoming, []Effect) {
	c.Phase = Gone
	var h Head
	c.Dialog, h = c.Dialog.Request("BYE")
	return c, append(append(effects, StopTimer{Repeat}, SendBye{h, reason}), Done{})
}

// crossed refuses a second INVITE that comes before the first is settled (RFC 3261 §14.2).
func (c Incoming) crossed(e Reinvite) (Incoming, []Effect) {
	if c.Phase == Gone {
		return c, []Effect{Respond{Code: 481, Inside: true}}
	}
	d, ok := c.Dialog.Received(e.Seq)
	if !ok {
		return c, []Effect{Respond{Code: 500, Inside: true}}
	}
	c.Dialog = d
	if c.Phase != Waiting {
		return c, []Effect{Respond{Code: 491, Inside: true}} // our offer has no answer yet (RFC 5407 §3.1.5)
	}
	wait := c.rnd.retry()
	return c, []Effect{Respond{Code: 500, Retry: wait, Inside: true}}
}

// Seeded has the machine draw its random waits from this seed.
func (c Incoming) Seeded(seed uint64) Incoming {
	c.rnd = chance(seed)
	return c
}

// Timed has the machine agree on a session timer with an INVITE that says t.
func (c Incoming) Timed(t Timing) Incoming {
	c.asked = t
	return c
}

// Awaits reports whether an ACK with this CSeq is the one that our 2xx waits for, and not
// that of a re-INVITE which came before it (RFC 5407 §3.1.4).
func (c Incoming) Awaits(seq uint32) bool {
	return (c.Phase == Accepted || c.Phase == Ending) && seq == c.invite
}

// Late reports whether the offer was ours, so that the answer comes in the ACK.
func (c Incoming) Late() bool { return c.late }
