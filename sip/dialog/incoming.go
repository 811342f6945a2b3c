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
	if r.spent >= Life {
		return r, 0, false
	}
	r.wait = min(r.wait, Life-r.spent)
	r.spent += r.wait
	return r, r.wait, true
}

// Incoming is a call that we take, from the INVITE to the ACK. Make it with NewIncoming.
// It takes Alert, Accept, Reject, Withdrawn, Acked, HangUp, Expired, Lost and Inside
// with BYE.
//
//	Waiting ─Accept→ Accepted ─ACK→ Standing → Gone
//	   │ Reject, HangUp, CANCEL: final      │ HangUp: Ending until the ACK, then BYE
//	   └→ Gone                              └→ 64*T1 without ACK: BYE
type Incoming struct {
	Phase  Phase
	Dialog Dialog
	rep    repeat
	late   bool
}

// NewIncoming begins with the INVITE that made d.
func NewIncoming(d Dialog) Incoming { return Incoming{Phase: Waiting, Dialog: d} }

// Step is the machine after e, and what it wants done.
func (c Incoming) Step(e Event) (Incoming, []Effect) {
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
		return c, []Effect{Respond{Code: 180}}
	case Accept:
		c.Phase, c.late = Accepted, e.Late
		c.rep = repeat{}
		c, effects := c.again([]Effect{Respond{Code: 200}})
		if !c.late {
			effects = append(effects, Established{c.Dialog})
		}
		return c, effects
	case Reject:
		return c.refuse(e.Code)
	case HangUp:
		return c.refuse(480)
	case Withdrawn:
		c.Phase = Gone
		return c, []Effect{Over{487}, Done{}}
	case Lost:
		c.Phase = Gone
		return c, []Effect{Over{408}, Done{}}
	case Inside:
		if e.Method == "BYE" { // the caller may end an early dialog so (RFC 3261 §15)
			c.Phase = Gone
			return c, []Effect{Respond{Code: 487}, Over{487}, Done{}}
		}
	}
	return c, nil
}

func (c Incoming) refuse(code int) (Incoming, []Effect) {
	c.Phase = Gone
	return c, []Effect{Respond{Code: code}, Over{code}, Done{}}
}

func (c Incoming) accepted(e Event) (Incoming, []Effect) {
	switch e := e.(type) {
	case Acked:
		if e.Seq != c.Dialog.RemoteSeq {
			return c, nil
		}
		if c.Phase == Ending {
			return c.bye(nil)
		}
		c.Phase = Standing
		effects := []Effect{StopTimer{Repeat}}
		if c.late {
			effects = append(effects, Established{c.Dialog})
		}
		return c, append(effects, Done{})
	case Expired:
		if e.Timer != Repeat {
			return c, nil
		}
		if c.rep.spent < Life {
			return c.again([]Effect{Resend{}})
		}
		// No ACK in 64*T1: the dialog stands, but the call is ended (§13.3.1.4).
		if c.Phase == Ending {
			return c.bye(nil)
		}
		return c.bye([]Effect{Over{408}})
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

func (c Incoming) bye(effects []Effect) (Incoming, []Effect) {
	c.Phase = Gone
	var h Head
	c.Dialog, h = c.Dialog.Request("BYE")
	return c, append(append(effects, StopTimer{Repeat}, SendBye{h}), Done{})
}

// Late reports whether the offer was ours, so that the answer comes in the ACK.
func (c Incoming) Late() bool { return c.late }
