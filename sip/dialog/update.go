package dialog

import "time"

// update answers an UPDATE inside a call that stands (RFC 3311 §5.2).
func (s Session) update(e Updated) (Session, []Effect) {
	if s.over {
		return s, []Effect{Respond{Code: 481, Inside: true}}
	}
	d, ok := s.Dialog.Received(e.Seq)
	if !ok {
		return s, []Effect{Respond{Code: 500, Inside: true}}
	}
	s.Dialog = d
	switch {
	case e.Timing.TooShort():
		return s, []Effect{Respond{Code: 422, Timing: Timing{Min: MinInterval}, Inside: true}}
	case e.Offer && (s.ours != 0 || s.theirs != 0 && s.late):
		return s, []Effect{Respond{Code: 491, Inside: true}} // an offer of ours has no answer yet
	case e.Refuse != 0:
		return s, []Effect{Respond{Code: e.Refuse, Inside: true}}
	}
	s.Dialog = s.Dialog.Refreshed(e.Contact).renamed(e.Party)
	var said Timing
	s.Life, said = s.Life.answer(e.Timing)
	effects := append([]Effect{Respond{Code: 200, Body: e.Offer, Timing: said, Inside: true}}, s.Life.timers()...)
	if e.Offer {
		effects = append(effects, Changed{s.Held})
	}
	return s, effects
}

// refresh sends an UPDATE without a description where the far end takes it, else a
// re-INVITE with the last one (RFC 4028 §7.4).
func (s Session) refresh(effects []Effect) (Session, []Effect) {
	s.due = false
	if !s.Updates || s.moved { // a new media address is an offer
		return s.offer(effects)
	}
	var h Head
	s.Dialog, h = s.Dialog.Request("UPDATE")
	s.updating, s.asked = h.Seq, s.Life.ask()
	return s, append(effects, SendUpdate{Head: h, Timing: s.asked})
}

// updated takes the response to our UPDATE.
func (s Session) updated(r Reply) (Session, []Effect) {
	if r.Code < 200 {
		return s, nil
	}
	s.updating = 0
	if s.over {
		return s, nil
	}
	if r.Code < 300 {
		s.Dialog = s.Dialog.Refreshed(r.Contact)
		s.Life, s.logins, s.raises = s.Life.granted(r.Timing), 0, 0
		return s.pursue(s.Life.timers())
	}
	return s.unrefreshed(r)
}

// unrefreshed goes on after a refresh that was refused: nothing but the loss of the far
// end, or the end of the session's time, ends the call (RFC 4028 §7.4, RFC 3261 §12.2.1.2).
func (s Session) unrefreshed(r Reply) (Session, []Effect) {
	switch {
	case (r.Code == 401 || r.Code == 407) && r.Answerable && s.logins < maxLogins:
		s.logins++
		s.due = true
		return s.pursue(nil)
	case r.Code == 481 || r.Code == 408:
		return s.dead(r.Code)
	case r.Code == 422 && s.raises < maxRaises:
		var ok bool
		if s.Life, ok = s.Life.raised(s.asked, r.Timing); ok {
			s.raises++
			s.due = true
			return s.pursue(nil)
		}
	case r.Code == 491:
		wait := s.glare()
		s.waiting, s.due = true, true
		return s, []Effect{StartTimer{Glare, wait}}
	case r.Code == 500 && r.RetryAfter > 0:
		s.waiting, s.due = true, true
		return s, []Effect{StartTimer{Glare, min(r.RetryAfter, 10*time.Second)}}
	case s.Updates && (r.Code == 405 || r.Code == 501 || r.Code == 420 || r.Code == 403):
		s.Updates, s.due = false, true // it says that it can, and cannot
		return s.pursue(nil)
	}
	s.raises, s.logins = 0, 0
	switch {
	case s.moved && s.moves < maxMovings:
		s.moves++
		return s.pursue([]Effect{StartTimer{Refresh, insistAfter}})
	}
	s.moved = false
	if s.Life.Every == 0 {
		return s.pursue(nil)
	}
	return s.pursue([]Effect{StartTimer{Refresh, max(s.Life.Every/8, insistAfter)}})
}

// update answers an UPDATE of the caller before its INVITE is answered for good (RFC 3311
// §5.2).
func (c Incoming) update(e Updated) (Incoming, []Effect) {
	d, ok := c.Dialog.Received(e.Seq)
	if !ok {
		return c, []Effect{Respond{Code: 500, Inside: true}}
	}
	c.Dialog = d
	switch {
	case e.Timing.TooShort():
		return c, []Effect{Respond{Code: 422, Timing: Timing{Min: MinInterval}, Inside: true}}
	case e.Offer && !c.rel.settled && (c.rel.carried || c.late):
		return c, []Effect{Respond{Code: 491, Inside: true}} // our offer has no answer yet
	case e.Offer && !c.rel.settled:
		// Theirs has none, and it comes when somebody lifts.
		wait := c.rnd.retry()
		return c, []Effect{Respond{Code: 500, Retry: wait, Inside: true}}
	case e.Refuse != 0:
		return c, []Effect{Respond{Code: e.Refuse, Inside: true}}
	}
	c.Dialog = c.Dialog.Refreshed(e.Contact)
	return c, []Effect{Respond{Code: 200, Body: e.Offer, Inside: true}}
}

// update answers an UPDATE of a fork that has not answered our INVITE.
func (o Outgoing) update(u Updated) (Outgoing, []Effect) {
	i := o.early(u.Tag)
	if i < 0 || o.Phase != Calling && o.Phase != Proceeding {
		return o, []Effect{Respond{Code: 481, Inside: true}}
	}
	e := o.earlies[i]
	d, ok := e.dialog.Received(u.Seq)
	if !ok {
		return o, []Effect{Respond{Code: 500, Inside: true}}
	}
	e.dialog = d
	o = o.put(i, e)
	switch {
	case u.Timing.TooShort():
		return o, []Effect{Respond{Code: 422, Timing: Timing{Min: MinInterval}, Inside: true}}
	case u.Offer && !e.settled:
		return o, []Effect{Respond{Code: 491, Inside: true}} // the INVITE's offer has no answer yet
	case u.Refuse != 0:
		return o, []Effect{Respond{Code: u.Refuse, Inside: true}}
	}
	e.dialog = e.dialog.Refreshed(u.Contact)
	effects := []Effect{Respond{Code: 200, Body: u.Offer, Inside: true}}
	if u.Offer {
		effects = append(effects, Revised{u.Tag})
	}
	return o.put(i, e), effects
}

// A chance is a stream of random numbers, a value like its machine: the same seed, the same
// numbers.
type chance uint64

// below is the next number in 0..n-1.
func (r *chance) below(n uint64) uint64 {
	*r = *r*6364136223846793005 + 1442695040888963407
	return uint64(*r>>33) % n
}

// retry is how long the far end is to wait with a request that crosses another: somewhere up
// to 10 s, so that two do not meet again (RFC 3261 §14.2, RFC 3311 §5.2). Not 0, which would
// bring it back into the same crossing.
func (r *chance) retry() time.Duration { return time.Duration(1+r.below(10)) * time.Second }
