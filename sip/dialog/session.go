package dialog

import "time"

// Session is what goes on inside a call that stands: offers both ways, glare, hold, BYE.
// Make it with NewSession. It takes Begin, Move, Want, Reply (to its re-INVITE and UPDATE), Lost,
// Reinvite, Withdrawn, Updated, Acked, Inside, HangUp and Expired.
type Session struct {
	Dialog  Dialog
	Held    bool // we hold the far end
	Life    Life // agreed; set it before Begin
	Updates bool // the far end's Allow has UPDATE

	want    bool   // the user wants the far end held
	offered bool   // hold in the re-INVITE that is out
	ours    uint32 // CSeq of our re-INVITE without a final response; 0: none
	rseq    uint32 // RSeq of its last reliable response; 0: none
	acked   uint32 // CSeq of our last re-INVITE with a 2xx
	logins  int
	waiting bool // for the glare timer

	updating uint32 // CSeq of our UPDATE without a final response; 0: none
	due      bool   // the session is to be refreshed
	moved    bool   // our address has changed, and the far end does not know
	moves    int    // tries to tell it
	alone    bool   // our re-INVITE only refreshes
	asked    Timing // by our request that is out
	raises   int

	theirs uint32 // CSeq of their re-INVITE whose 2xx has no ACK yet; 0: none
	late   bool   // and whose answer comes in that ACK
	rep    repeat

	over bool
	rnd  chance
}

// NewSession begins inside d. seed feeds the random waits.
func NewSession(d Dialog, seed uint64) Session { return Session{Dialog: d, rnd: chance(seed)} }

// Pending reports whether the user's wish for hold is still on its way: a re-INVITE of
// ours is out, or waits until glare is over.
func (s Session) Pending() bool { return !s.over && s.want != s.Held && (s.ours != 0 || s.waiting) }

// Over reports whether the call has ended.
func (s Session) Over() bool { return s.over }

// Step is the machine after e, and what it wants done.
func (s Session) Step(e Event) (Session, []Effect) {
	switch e := e.(type) {
	case Begin:
		return s, s.Life.timers()
	case Move:
		s.due, s.moved, s.moves = true, true, 0
		return s.pursue(nil)
	case Want:
		s.want = e.Hold
		return s.pursue(nil)
	case Reply:
		if s.updating != 0 && e.Seq == s.updating {
			return s.updated(e)
		}
		return s.reply(e)
	case Lost:
		switch {
		case e.Seq == 0 || e.Seq != s.ours && e.Seq != s.updating || s.over:
		case e.Unsent && (e.Seq == s.updating || s.alone || s.moved):
			s.ours, s.updating = 0, 0 // no way now; there is time to find one
			return s.unrefreshed(Reply{Code: 503})
		case e.Unsent:
			// RFC 3261 §8.1.3.1: as if 503 had come, which ends the request and not the call
			// (§12.2.1.2). Hold is refused; nobody is hung up on for it.
			s.ours, s.want = 0, s.Held
			return s.pursue([]Effect{Unchanged{503}})
		default:
			return s.dead(408)
		}
	case Updated:
		return s.update(e)
	case Reinvite:
		return s.reinvite(e)
	case Acked:
		if s.theirs != 0 && e.Seq == s.theirs {
			s.theirs = 0
			effects := []Effect{StopTimer{Repeat}}
			if s.late {
				effects = append(effects, Changed{s.Held})
			}
			return s.pursue(effects)
		}
	case Withdrawn:
		if s.theirs != 0 && !s.over {
			// A CANCEL was faster than our 200, after which both ends have what they had (RFC
			// 3261 §14.1), and we another state than they: an offer of ours says it anew.
			s.theirs, s.due, s.moved, s.moves = 0, true, true, 0
			return s.pursue([]Effect{StopTimer{Repeat}})
		}
	case Inside:
		return s.inside(e)
	case HangUp:
		if !s.over {
			return s.bye(e.Reason, []Effect{Over{200}})
		}
	case Expired:
		return s.expired(e.Timer)
	}
	return s, nil
}

// Request begins a request of a method that no machine here decides on.
func (s Session) Request(method string) (Session, Head) {
	var h Head
	s.Dialog, h = s.Dialog.Request(method)
	return s, h
}

// pursue sends a re-INVITE if the user's wish is not yet in force and nothing is under
// way in either direction (RFC 3261 §14.1).
func (s Session) pursue(effects []Effect) (Session, []Effect) {
	switch {
	case s.over || s.ours != 0 || s.theirs != 0 || s.waiting || s.updating != 0:
		return s, effects
	case s.want != s.Held:
		return s.offer(effects)
	case s.due:
		return s.refresh(effects)
	}
	return s, effects
}

func (s Session) offer(effects []Effect) (Session, []Effect) {
	var h Head
	s.Dialog, h = s.Dialog.Request("INVITE")
	s.ours, s.rseq, s.offered = h.Seq, 0, s.want
	s.alone, s.asked, s.due = s.want == s.Held, s.Life.ask(), false
	return s, append(effects, SendInvite{Head: h, Hold: s.want, Timing: s.asked})
}

func (s Session) reply(r Reply) (Session, []Effect) {
	if r.Code >= 200 && r.Code < 300 {
		switch {
		case r.Seq == s.acked:
			return s, []Effect{SendAck{s.Dialog.Ack(r.Seq)}} // repeated: our ACK was lost
		case r.Seq != s.ours || s.ours == 0:
			return s, nil
		}
		s.Dialog = s.Dialog.Refreshed(r.Contact)
		s.ours, s.acked, s.logins, s.raises = 0, r.Seq, 0, 0
		effects := []Effect{SendAck{s.Dialog.Ack(r.Seq)}}
		if s.over {
			return s, effects
		}
		s.Held, s.Life = s.offered, s.Life.granted(r.Timing)
		s.moved = s.moved && s.due // unless it has changed again meanwhile
		return s.pursue(append(append(effects, s.Life.timers()...), Changed{s.Held}))
	}
	if r.Seq != s.ours || s.ours == 0 {
		return s, nil
	}
	if r.Code < 200 {
		if r.RSeq == 0 || s.rseq != 0 && r.RSeq != s.rseq+1 {
			return s, nil
		}
		var h Head // RFC 3262 §4, as for the first INVITE
		s.Dialog, h = s.Dialog.Request("PRACK")
		s.rseq = r.RSeq
		return s, []Effect{SendPrack{Head: h, RSeq: r.RSeq, Invite: r.Seq}}
	}
	s.ours = 0
	switch {
	case s.over:
		return s, nil
	case s.alone:
		return s.unrefreshed(r)
	case (r.Code == 401 || r.Code == 407) && r.Answerable && s.logins < maxLogins:
		s.logins++
		return s.offer(nil)
	case r.Code == 481 || r.Code == 408: // RFC 3261 §12.2.1.2
		return s.dead(r.Code)
	case r.Code == 422 && s.raises < maxRaises:
		if life, ok := s.Life.raised(s.asked, r.Timing); ok {
			s.Life = life
			s.raises++
			return s.offer(nil)
		}
	case r.Code == 491:
		wait := s.glare() // before s is copied: the next wait is another
		s.waiting = true
		return s, []Effect{StartTimer{Glare, wait}}
	case r.Code == 500 && r.RetryAfter > 0: // overlapping: §14.2 names the wait
		s.waiting = true
		return s, []Effect{StartTimer{Glare, min(r.RetryAfter, 10*time.Second)}}
	}
	s.want = s.Held // refused: do not insist
	return s.pursue([]Effect{Unchanged{r.Code}})
}

// glare is the wait after 491: the owner of the Call-ID waits longer, so that the two
// ends do not meet again (RFC 3261 §14.1: 2.1 s to 4 s, else 0 s to 2 s, by 10 ms).
func (s *Session) glare() time.Duration {
	if s.Dialog.Caller {
		return 2100*time.Millisecond + time.Duration(s.rnd.below(191))*10*time.Millisecond
	}
	return time.Duration(s.rnd.below(201)) * 10 * time.Millisecond
}

// reinvite answers an INVITE inside the dialog (RFC 3261 §14.2).
func (s Session) reinvite(e Reinvite) (Session, []Effect) {
	if s.over {
		return s, []Effect{Respond{Code: 481}}
	}
	d, ok := s.Dialog.Received(e.Seq)
	if !ok {
		return s, []Effect{Respond{Code: 500}}
	}
	s.Dialog = d
	switch {
	case s.ours != 0:
		return s, []Effect{Respond{Code: 491}} // glare: both offered
	case s.theirs != 0 && s.late:
		// Our offer of the last 200 has no answer yet (RFC 6337 §2.2).
		wait := s.rnd.retry()
		return s, []Effect{Respond{Code: 500, Retry: wait}}
	}
	if e.Timing.TooShort() {
		return s, []Effect{Respond{Code: 422, Timing: Timing{Min: MinInterval}}}
	}
	if e.Refuse != 0 {
		return s, []Effect{Respond{Code: e.Refuse}}
	}
	// A 2xx without ACK whose offer is settled does not stand in the way: the far end
	// has seen it, or it could not have sent this (RFC 5407 §3.1.5).
	s.Dialog = s.Dialog.Refreshed(e.Contact).renamed(e.Party)
	s.theirs, s.late, s.rep = e.Seq, !e.Offer, repeat{}
	var wait time.Duration
	s.rep, wait, _ = s.rep.next()
	var said Timing
	s.Life, said = s.Life.answer(e.Timing)
	effects := append([]Effect{Respond{Code: 200, Body: true, Timing: said}, StartTimer{Repeat, wait}}, s.Life.timers()...)
	if e.Offer {
		effects = append(effects, Changed{s.Held})
	}
	return s, effects
}

func (s Session) inside(e Inside) (Session, []Effect) {
	d, ok := s.Dialog.Received(e.Seq)
	if !ok {
		return s, []Effect{Respond{Code: 500}}
	}
	s.Dialog = d
	switch e.Method {
	case "BYE":
	case "PRACK": // no response of ours to a re-INVITE is reliable (RFC 3262 §3)
		return s, []Effect{Respond{Code: 481}}
	default:
		return s, []Effect{Respond{Code: 200}}
	}
	effects := []Effect{Respond{Code: 200}}
	if s.over {
		return s, effects // the two BYEs crossed
	}
	s.over = true
	return s, append(effects, StopTimer{Repeat}, StopTimer{Glare}, StopTimer{Refresh}, StopTimer{Expire}, Over{200}, Done{})
}

func (s Session) bye(reason int, effects []Effect) (Session, []Effect) {
	s.over = true
	var h Head
	s.Dialog, h = s.Dialog.Request("BYE")
	stop := []Effect{StopTimer{Repeat}, StopTimer{Glare}, StopTimer{Refresh}, StopTimer{Expire}, SendBye{h, reason}}
	return s, append(stop, effects...)
}

func (s Session) dead(code int) (Session, []Effect) {
	s.ours, s.updating = 0, 0
	return s.bye(0, []Effect{Over{code}})
}

func (s Session) expired(t Timer) (Session, []Effect) {
	switch {
	case s.over:
	case t == Glare && s.waiting:
		s.waiting = false
		return s.pursue(nil)
	case t == Refresh && (s.Life.Every != 0 || s.moved):
		s.due = true
		return s.pursue(nil)
	case t == Expire && s.Life.Every != 0:
		return s.bye(408, []Effect{Over{408}}) // RFC 4028 §10
	case t == Repeat && s.theirs != 0:
		r, wait, ok := s.rep.next()
		if !ok {
			return s.bye(408, []Effect{Over{408}}) // no ACK in 64*T1 (§14.2, §13.3.1.4)
		}
		s.rep = r
		return s, []Effect{Resend{}, StartTimer{Repeat, wait}}
	}
	return s, nil
}
