package dialog

// An early is one early dialog of an INVITE of ours (RFC 3261 §12.1): each fork that a
// provisional response with a tag has shown. It numbers the reliable responses (RFC 3262
// §4) and takes requests of the far end before anybody has answered.
type early struct {
	dialog  Dialog
	rseq    uint32 // RSeq of the last reliable response taken; 0: none yet
	taken   int    // reliable responses
	settled bool   // the answer to our offer came in a reliable response
}

// early is the dialog of a fork by its tag, -1: not seen yet.
func (o Outgoing) early(tag string) int {
	for i, e := range o.earlies {
		if e.dialog.Remote == tag {
			return i
		}
	}
	return -1
}

// put has e as the i-th early dialog, or as a new one; the slice is never written to.
func (o Outgoing) put(i int, e early) Outgoing {
	next := append([]early(nil), o.earlies...)
	if i < 0 {
		next = append(next, e)
	} else {
		next[i] = e
	}
	o.earlies = next
	return o
}

// opened notes the early dialog of a provisional response. -1: it makes none, or there
// are too many.
func (o Outgoing) opened(r Reply) (Outgoing, int, []Effect) {
	if r.Code <= 100 || r.Tag == "" {
		return o, -1, nil // RFC 3261 §12.1: no tag, no dialog
	}
	if i := o.early(r.Tag); i >= 0 {
		return o, i, nil
	}
	if len(o.earlies) >= maxForks {
		return o, -1, nil
	}
	invite := o.head
	invite.Seq = r.Seq
	d := Placed(invite, o.party[0], o.party[1], o.tag, r.Answer)
	return o.put(-1, early{dialog: d}), len(o.earlies), []Effect{Opened{d}}
}

// reliable acknowledges a reliable provisional response to our INVITE. fresh is false
// for one that must not be looked at: a repeat, whose PRACK repeats itself, or one with a
// gap before it, which comes again after those that it overtook (RFC 3262 §4).
func (o Outgoing) reliable(r Reply) (next Outgoing, fresh bool, effects []Effect) {
	o, i, effects := o.opened(r)
	if i < 0 {
		return o, false, effects // nowhere to send a PRACK to
	}
	e := o.earlies[i]
	if e.rseq != 0 && r.RSeq != e.rseq+1 || e.taken >= maxReliable {
		return o, false, effects
	}
	e.rseq = r.RSeq
	e.taken++
	e.settled = e.settled || r.Body
	var h Head
	e.dialog, h = e.dialog.Request("PRACK")
	return o.put(i, e), true, append(effects, SendPrack{Head: h, RSeq: r.RSeq, Invite: r.Seq})
}

// Forks are the far ends' tags of the early dialogs.
func (o Outgoing) Forks() []string {
	var tags []string
	for _, e := range o.earlies {
		tags = append(tags, e.dialog.Remote)
	}
	return tags
}

// Request begins a request in the early dialog of a fork; false: there is none.
func (o Outgoing) Request(tag, method string) (Outgoing, Head, bool) {
	i := o.early(tag)
	if i < 0 {
		return o, Head{}, false
	}
	e := o.earlies[i]
	var h Head
	e.dialog, h = e.dialog.Request(method)
	return o.put(i, e), h, true
}

// gone drops the early dialog that a 199 has ended (RFC 6228 §4).
func (o Outgoing) gone(tag string) Outgoing {
	if i := o.early(tag); i >= 0 {
		o.earlies = append(append([]early(nil), o.earlies[:i]...), o.earlies[i+1:]...)
	}
	return o
}

// Settled reports whether the answer of a fork has come in a reliable response: what
// later responses describe is not looked at (RFC 3261 §13.2.1).
func (o Outgoing) Settled(tag string) bool {
	i := o.early(tag)
	return i >= 0 && o.earlies[i].settled
}

// confirmed is the dialog of a 2xx. Its route set and target are the 2xx's (RFC 3261
// §13.2.2.4), its numbers go on from the early dialog's.
func (o Outgoing) confirmed(invite Head, a Answer) Dialog {
	d := Placed(invite, o.party[0], o.party[1], o.tag, a)
	if i := o.early(a.Tag); i >= 0 {
		e := o.earlies[i].dialog
		d.LocalSeq, d.RemoteSeq = max(d.LocalSeq, e.LocalSeq), e.RemoteSeq
	}
	return d
}

// inside takes a request of a fork that has not answered.
func (o Outgoing) inside(tag, method string, seq uint32) (Outgoing, []Effect) {
	i := o.early(tag)
	if i < 0 || o.Phase != Calling && o.Phase != Proceeding && o.Phase != Ending {
		return o, []Effect{Respond{Code: 481}}
	}
	e := o.earlies[i]
	d, ok := e.dialog.Received(seq)
	if !ok {
		return o, []Effect{Respond{Code: 500}}
	}
	e.dialog = d
	switch method {
	case "BYE": // the callee may not end an early dialog so (RFC 3261 §15)
		return o.put(i, e), []Effect{Respond{Code: 403}}
	case "INVITE": // ours is under way (RFC 3261 §14.2)
		return o.put(i, e), []Effect{Respond{Code: 491}}
	case "PRACK": // our INVITE has had no response of ours
		return o.put(i, e), []Effect{Respond{Code: 481}}
	}
	return o.put(i, e), []Effect{Respond{Code: 200}}
}
