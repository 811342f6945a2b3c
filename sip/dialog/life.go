package dialog

import "time"

// Session timers (RFC 4028). The first two are its recommended values (§4, §5), the
// others our own.
const (
	Interval    = 30 * time.Minute // that we ask for
	MinInterval = 90 * time.Second // that we accept
	maxRaises   = 3                // 422 answered for one request
	maxMovings  = 6                // tries to tell a new address, where they are refused
	insistAfter = 10 * time.Second // between tries of a refresh that is refused
)

// A Timing is what a message says of the life of a session: Session-Expires, Min-SE and
// whether Supported has "timer".
type Timing struct {
	Every     time.Duration // Session-Expires; 0: none
	Min       time.Duration // Min-SE; 0: none
	Refresher Refresher
	Able      bool
}

// TooShort reports whether a request is to be refused with 422: its interval is below
// MinInterval, and its sender can do something about it (RFC 4028 §9).
func (t Timing) TooShort() bool { return t.Able && t.Every > 0 && t.Every < MinInterval }

// A Refresher is who refreshes: the client or the server of the transaction that says so.
type Refresher uint8

const (
	Unsaid Refresher = iota
	UAC
	UAS
)

func (r Refresher) String() string { return [...]string{"", "uac", "uas", ""}[r&3] }

// A Life is how long a session lives unless it is refreshed. The zero Life is endless.
type Life struct {
	Every time.Duration // 0: endless
	Min   time.Duration // the largest Min-SE heard of
	Mine  bool          // we refresh; else the far end does
}

// answer is what we, the server, agree to and say when a request says t (RFC 4028 §9,
// table 2). With no wish of its own, a client that can gets our interval, and one that
// cannot is left alone.
func (l Life) answer(t Timing) (Life, Timing) {
	l.Min = max(l.Min, t.Min)
	switch {
	case t.Every > 0:
		l.Every = max(t.Every, MinInterval)
		l.Mine = !t.Able || t.Refresher != UAC
	case t.Able && l.Every == 0:
		l.Every, l.Mine = max(Interval, l.Min), true
	case l.Every == 0 || !t.Able && !l.Mine:
		return Life{Min: l.Min}, Timing{}
	}
	said := Timing{Every: l.Every, Refresher: UAS}
	if !l.Mine {
		said.Refresher = UAC
	}
	return l, said
}

// granted is the life that a 2xx to a request of ours has left (RFC 4028 §7.2). One that
// says nothing makes it endless. Less than the least that we asked for is not believed.
func (l Life) granted(t Timing) Life {
	if t.Every == 0 {
		return Life{Min: l.Min}
	}
	l.Every, l.Mine = max(t.Every, MinInterval), t.Refresher != UAS
	return l
}

// ask is what a request of ours says (RFC 4028 §7.1, §7.4). Before anything is agreed the
// far end chooses who refreshes.
func (l Life) ask() Timing {
	t := Timing{Every: l.Every, Min: max(l.Min, MinInterval), Able: true}
	switch {
	case l.Every == 0:
		t.Every = max(Interval, l.Min)
	case l.Mine:
		t.Refresher = UAC
	default:
		t.Refresher = UAS
	}
	return t
}

// raised is the life after a 422 to what was asked; false: it asks for nothing that we
// have not offered, so that asking again would go in circles (RFC 4028 §7.3).
func (l Life) raised(asked Timing, t Timing) (Life, bool) {
	if t.Min <= asked.Every {
		return l, false
	}
	l.Min = t.Min
	if l.Every != 0 {
		l.Every = max(l.Every, l.Min)
	}
	return l, true
}

// timers start the session's clock anew: the refresher refreshes at half the time, the
// other end gives up min(32 s, a third) before its end (RFC 4028 §10).
func (l Life) timers() []Effect {
	switch {
	case l.Every == 0:
		return []Effect{StopTimer{Refresh}, StopTimer{Expire}}
	case l.Mine:
		return []Effect{StartTimer{Refresh, l.Every / 2}, StartTimer{Expire, l.Every}}
	}
	return []Effect{StopTimer{Refresh}, StartTimer{Expire, l.Every - min(32*time.Second, l.Every/3)}}
}
