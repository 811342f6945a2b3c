package transfer

import "time"

// Subscribed is how long the implicit subscription of a REFER lasts: longer than a call
// rings.
const Subscribed = 240 * time.Second

// maxTold bounds the NOTIFYs about one call.
const maxTold = 16

// A Notifier tells the end that sent us a REFER how the call goes that it asked for: 100 at
// once, what changes, and the final status, with which the subscription ends (RFC 3515
// §2.4.4, §2.4.5). One NOTIFY is out at a time, so that none overtakes another; what comes
// meanwhile is merged. The zero Notifier takes Begin, then Progress, Final, Noted, Expired.
type Notifier struct {
	phase phase
	out   bool // a NOTIFY has no answer yet
	told  int  // status told last
	want  int  // status to be told next; 0: none
	final bool // want is the last
	late  bool // because the subscription ran out
	sent  int
}

// Over reports whether nothing more will be told.
func (n Notifier) Over() bool { return n.phase == over }

// Settled reports whether how the call went is known: another REFER may come.
func (n Notifier) Settled() bool { return n.final || n.phase == over }

// Step is the machine after e, and what it wants done.
func (n Notifier) Step(e Event) (Notifier, []Effect) {
	if n.phase == over || n.phase == idle && e != (Begin{}) {
		return n, nil
	}
	switch e := e.(type) {
	case Begin:
		if n.phase != idle {
			return n, nil
		}
		n.phase, n.want = waiting, 100
		return n.tell([]Effect{StartTimer{Subscribed}})
	case Progress:
		if e.Code <= 100 || e.Code >= 200 || n.final || n.sent >= maxTold || e.Code == n.told && n.want == 0 {
			return n, nil
		}
		n.want = e.Code
		return n.tell(nil)
	case Final:
		if n.final {
			return n, nil
		}
		n.want, n.final = e.Code, true
		if e.Code < 200 || e.Code > 699 {
			n.want = 408
		}
		return n.tell(nil)
	case Noted:
		if !n.out {
			return n, nil
		}
		n.out = false
		// 481, or no answer at all: the subscriber has gone (RFC 6665 §4.2.2).
		if e.Code == 481 || e.Code == 0 || n.final && n.want == 0 {
			return n.close(nil)
		}
		return n.tell(nil)
	case Expired:
		if n.final {
			return n, nil
		}
		n.final, n.late, n.want = true, true, max(n.told, 100)
		return n.tell(nil)
	}
	return n, nil
}

// tell sends what is due if nothing is under way.
func (n Notifier) tell(effects []Effect) (Notifier, []Effect) {
	if n.out || n.want == 0 {
		return n, effects
	}
	note := Notify{Code: n.want, State: State{Expires: Subscribed}}
	if n.final {
		note.State = State{Terminated: true, Reason: "noresource"} // RFC 3515 §2.4.4
		if n.late {
			note.State.Reason = "timeout"
		}
		effects = append(effects, StopTimer{})
	}
	n.told, n.want, n.out = n.want, 0, true
	n.sent++
	return n, append(effects, note)
}

func (n Notifier) close(effects []Effect) (Notifier, []Effect) {
	n.phase = over
	return n, append(effects, StopTimer{}, Closed{})
}
