package dialog

import "time"

// Our own choices for a call that we place.
const (
	QuietAfter   = 4 * time.Second // Timer B's 32 s is an age to a person
	RingingLimit = 5 * time.Minute // proxies give up after Timer C, 3 minutes
	maxReliable  = 64              // reliable responses of one fork that are acknowledged
	maxForks     = 16              // dialogs of one INVITE that are remembered
	maxLogins    = 3               // challenges answered for one INVITE: proxy, registrar, stale
)

// Phase is where a machine stands.
type Phase uint8

const (
	Idle       Phase = iota
	Calling          // our INVITE is out, nothing came back
	Proceeding       // a provisional response came
	Standing         // a 2xx: the call stands
	Waiting          // their INVITE waits for the user
	Accepted         // our 2xx is out, no ACK yet
	Ending           // over for the user, not yet for the network
	Gone             // nothing is left to do
)

func (p Phase) String() string {
	return [...]string{"idle", "calling", "proceeding", "standing", "waiting", "accepted", "ending", "gone"}[p&7]
}

// Outgoing is a call that we place, from the INVITE until every fork it raised is
// settled. Make it with NewOutgoing. It takes Place, Reply, Lost, HangUp, Located, Expired and, from
// its early dialogs, Inside and Updated.
//
//	Idle ─Place→ Calling ─1xx→ Proceeding ─2xx→ Standing ─Linger→ Gone
//	                │ HangUp       │ HangUp: CANCEL
//	                └──────────────┴→ Ending ─2xx: ACK, BYE / final / Cancelled→ Gone
type Outgoing struct {
	Phase     Phase
	head      Head
	party     [2]string // local, remote
	tag       string    // local
	hops      int       // addresses of the server
	hop       int
	logins    int
	cancelled bool   // CANCEL is out
	life      Life   // asked for
	asked     Timing // by the INVITE that is out
	raises    int
	targets   []Target // to be tried next; never written to after it was made
	tried     []string // URIs, those in targets included; likewise
	moves     int
	proxy     bool   // a 305 was followed
	locating  bool   // the addresses of the next target are being found
	forks     []fork // never written to after it was made
	earlies   []early
}

// A fork is one dialog of the INVITE that has had a 2xx.
type fork struct {
	seq    uint32
	dialog Dialog
}

// NewOutgoing prepares a call. invite is the head of the INVITE, local and remote its
// parties without tags, tag ours, hops how many addresses the server has (at least 1).
func NewOutgoing(invite Head, local, remote, tag string, hops int) Outgoing {
	return Outgoing{head: invite, party: [2]string{local, remote}, tag: tag, hops: max(hops, 1)}
}

// Step is the machine after e, and what it wants done.
func (o Outgoing) Step(e Event) (Outgoing, []Effect) {
	switch e := e.(type) {
	case Place:
		if o.Phase != Idle {
			return o, nil
		}
		return o.invite()
	case Reply:
		return o.reply(e)
	case Lost:
		return o.lost(e)
	case HangUp:
		return o.hangUp(e.Reason)
	case Expired:
		return o.expired(e.Timer)
	case Located:
		return o.located(e.Hops)
	case Updated:
		return o.update(e)
	case Inside:
		return o.inside(e.Tag, e.Method, e.Seq)
	}
	return o, nil
}

func (o Outgoing) invite() (Outgoing, []Effect) {
	o.Phase, o.asked = Calling, o.life.ask()
	return o, []Effect{SendInvite{Head: o.head, Hop: o.hop, Timing: o.asked}, StartTimer{Quiet, QuietAfter}}
}

// again sends the INVITE anew with the next CSeq (RFC 3261 §22.2, §8.1.3.5).
func (o Outgoing) again() (Outgoing, []Effect) {
	o.head.Seq++
	o.earlies = nil // RSeq counts within one INVITE (RFC 3262 §7.1)
	return o.invite()
}

func (o Outgoing) reply(r Reply) (Outgoing, []Effect) {
	switch {
	case o.Phase == Idle || o.Phase == Gone && r.Code >= 300:
		return o, nil
	case r.Code >= 200 && r.Code < 300:
		return o.success(r)
	case r.Seq != o.head.Seq:
		if r.Code < 200 {
			// The address that we gave up wakes: it must not ring anybody.
			return o, []Effect{SendCancel{Seq: r.Seq, Reason: o.elsewhereTaken()}}
		}
		return o, nil
	case r.Code < 200:
		return o.provisional(r)
	case o.locating:
		return o, nil
	case o.Phase == Ending:
		o.Phase = Gone // 487, or whatever crossed our CANCEL
		return o, []Effect{StopTimer{Cancelled}, Done{}}
	case o.Phase == Standing:
		return o, nil
	case (r.Code == 401 || r.Code == 407) && r.Answerable && o.logins < maxLogins:
		o.logins++
		return o.again()
	case r.Code == 422 && o.raises < maxRaises:
		if life, ok := o.life.raised(o.asked, r.Timing); ok {
			o.life = life
			o.raises++
			return o.again()
		}
	case r.Code == 503 && o.hop+1 < o.hops && o.Phase == Calling:
		o.hop++ // RFC 3263 §4.3
		return o.again()
	case r.Code == 305:
		return o.proxied(r)
	case redirected(r.Code):
		o = o.gather(r.Targets)
	}
	return o.elsewhere(r.Code)
}

func (o Outgoing) provisional(r Reply) (Outgoing, []Effect) {
	if o.Phase == Standing || o.Phase == Gone {
		return o, nil // late, or of a fork that will not answer any more
	}
	settled, fresh := o.Settled(r.Tag), true
	var opened, effects []Effect
	if r.RSeq != 0 {
		o, fresh, opened = o.reliable(r)
	} else {
		o, _, opened = o.opened(r)
	}
	if o.Phase == Calling {
		o.Phase = Proceeding
		effects = []Effect{StopTimer{Quiet}, StartTimer{Ringing, RingingLimit}}
	}
	effects = append(effects, opened...)
	switch {
	case o.Phase == Ending && !o.cancelled:
		// The user hung up before anything came: CANCEL only now (RFC 3261 §9.1).
		o.cancelled = true
		effects = append(effects, SendCancel{Seq: o.head.Seq}, StartTimer{Cancelled, Lifetime})
	case o.Phase == Proceeding && fresh && r.Code > 100:
		effects = append(effects, Progress{r.Code, r.Tag, r.Body && !settled})
	}
	if r.Code == 199 && fresh {
		o = o.gone(r.Tag)
	}
	return o, effects
}

// success settles a 2xx (RFC 3261 §13.2.2.4): the first wins unless the user has hung up;
// every other is acknowledged and ended; a repeated one is acknowledged again.
func (o Outgoing) success(r Reply) (Outgoing, []Effect) {
	for _, f := range o.forks {
		if f.dialog.Remote == r.Tag && f.seq == r.Seq {
			return o, []Effect{SendAck{f.dialog.Ack(f.seq)}}
		}
	}
	if len(o.forks) >= maxForks {
		return o, nil
	}
	invite := o.head
	invite.Seq = r.Seq
	d := o.confirmed(invite, r.Answer)
	o.forks = append(append([]fork(nil), o.forks...), fork{r.Seq, d})
	ack := SendAck{d.Ack(r.Seq)}
	if (o.Phase == Calling || o.Phase == Proceeding) && r.Seq == o.head.Seq {
		o.Phase, o.locating = Standing, false
		return o, []Effect{StopTimer{Quiet}, StopTimer{Ringing}, ack, StartTimer{Linger, Lifetime}, Established{d, o.life.granted(r.Timing)}}
	}
	_, bye := d.Request("BYE")
	effects := []Effect{ack, SendBye{bye, o.elsewhereTaken()}}
	if o.Phase == Ending {
		// The 200 crossed our CANCEL, or the hang-up itself: repeats may still come.
		effects = append(effects, StopTimer{Cancelled}, StartTimer{Linger, Lifetime})
	}
	return o, effects
}

// elsewhereTaken is the reason for a fork that comes too late: another has answered (RFC
// 3326 §2), unless the user has hung up.
func (o Outgoing) elsewhereTaken() int {
	if o.Phase == Standing {
		return 200
	}
	return 0
}

func (o Outgoing) lost(l Lost) (Outgoing, []Effect) {
	if l.Seq != o.head.Seq || o.locating {
		return o, nil
	}
	switch o.Phase {
	case Calling:
		if o.hop+1 < o.hops {
			o.hop++
			return o.again()
		}
		if l.Unsent {
			return o.elsewhere(503) // RFC 3261 §8.1.3.1, as is 408
		}
		return o.elsewhere(408)
	case Proceeding:
		return o.elsewhere(408)
	case Ending:
		if len(o.forks) == 0 {
			o.Phase = Gone
			return o, []Effect{StopTimer{Cancelled}, Done{}}
		}
	}
	return o, nil
}

func (o Outgoing) fail(code int) (Outgoing, []Effect) {
	o.Phase = Gone
	return o, []Effect{StopTimer{Quiet}, StopTimer{Ringing}, Over{code}, Done{}}
}

// hangUp ends the call for the user at once; the network is told when it may be.
func (o Outgoing) hangUp(reason int) (Outgoing, []Effect) {
	switch o.Phase {
	case Idle:
		return o.fail(487)
	case Calling:
		if o.locating {
			return o.fail(487) // nothing is out
		}
		o.Phase = Ending
		return o, []Effect{StopTimer{Quiet}, Over{487}}
	case Proceeding:
		o.Phase, o.cancelled = Ending, true
		return o, []Effect{StopTimer{Ringing}, SendCancel{Seq: o.head.Seq, Reason: reason}, StartTimer{Cancelled, Lifetime}, Over{487}}
	}
	return o, nil
}

func (o Outgoing) expired(t Timer) (Outgoing, []Effect) {
	switch {
	case t == Quiet && o.Phase == Calling:
		if o.hop+1 < o.hops {
			o.hop++
			n, effects := o.again()
			return n, append([]Effect{Unanswering{}}, effects...)
		}
		return o, []Effect{Unanswering{}}
	case t == Ringing && o.Phase == Proceeding:
		n, effects := o.hangUp(0)
		for i, e := range effects {
			if (e == Over{487}) {
				effects[i] = Over{408}
			}
		}
		return n, effects
	case t == Cancelled && o.Phase == Ending:
		// No final response to a cancelled INVITE in 64*T1 (RFC 3261 §9.1).
		o.Phase = Gone
		return o, []Effect{Abandon{o.head.Seq}, Done{}}
	case t == Linger && (o.Phase == Standing || o.Phase == Ending):
		o.Phase = Gone
		return o, []Effect{Done{}}
	}
	return o, nil
}
