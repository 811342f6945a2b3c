package exchange

import "slices"

// fork is one request on its way to several phones: which are being tried, what came
// back, what is still owed to the caller. It is a value machine: step gives the actions.
//
//	         ┌────────── provisional: passed on ───────────┐
//	idle ─start→ trying ─1xx→ ringing ─final→ ended
//	                 │           │
//	                 └──cancel───┴→ stopping (CANCEL goes out once it may) ─final→ ended
//
// A group of equal q is tried at once; the next group after the last has failed (RFC 3261
// §16.6). The first 2xx ends the search, and so does a 6xx. A leg may give way to others
// that are to be tried in its place: after 3xx, or when its flow is gone.
type fork struct {
	legs   []leg
	done   bool // the caller has its final response
	given  bool // the caller gave up
	failed bool // the caller was given a final failure
	stop   bool // no further group
}

type leg struct {
	q      int
	state  legState
	cancel bool // wanted; sent at once when ringing, else after the first provisional
	status int  // final
	moot   bool // others were tried in its place: its status is nobody's answer
}

type legState uint8

const (
	idle    legState = iota
	trying           // sent, nothing heard
	ringing          // a provisional response came
	ended            // a final response came, or none will
)

// action is what the carrier of a fork must do.
type action struct {
	do  deed
	leg int
}

type deed uint8

const (
	send      deed = iota // the request to the leg's phone
	pass                  // the response at hand to the caller
	best                  // the leg's stored final response to the caller
	sendStop              // CANCEL to the leg's phone
	hangUpLeg             // a 2xx that nobody waits for: ACK and BYE it
)

func (d deed) String() string { return [...]string{"send", "pass", "best", "cancel", "hang up"}[d] }

// newFork takes the q of each leg, highest first.
func newFork(q []int) fork {
	f := fork{}
	for _, q := range q {
		f.legs = append(f.legs, leg{q: q})
	}
	return f
}

// begin sends to the first group.
func (f fork) begin() (fork, []action) {
	f.legs = slices.Clone(f.legs)
	out := f.next()
	return f, out
}

// response takes a response of one leg: its status, 100 to 699. A leg that gives none
// (timeout, transport error) has 408.
func (f fork) response(i, status int) (fork, []action) {
	f.legs = slices.Clone(f.legs)
	l := &f.legs[i]
	if l.state == ended {
		if status >= 200 && status < 300 { // of another phone behind a proxy that forks
			return f.success(i)
		}
		return f, nil
	}
	if status < 200 {
		var out []action
		if l.state == trying && l.cancel {
			out = append(out, action{sendStop, i})
		}
		l.state = ringing
		if status > 100 && !f.done {
			out = append(out, action{pass, i})
		}
		return f, out
	}
	l.state, l.status = ended, status
	switch {
	case status < 300:
		return f.success(i)
	case status >= 600: // RFC 3261 §16.7 step 5: nobody else is to ring
		f.stop = true
		out := f.cancelAll()
		out = append(out, f.conclude()...)
		return f, out
	}
	out := f.conclude()
	return f, out
}

// instead ends a leg, whose final response was status, by trying others in its place, each
// with its q: those of the leg's own q at once (RFC 3261 §16.5, §16.7 step 4). When
// nobody is to be tried any more, it is a response like others.
func (f fork) instead(i, status int, q []int) (fork, []action) {
	if f.stop || f.legs[i].cancel || f.legs[i].state == ended || len(q) == 0 {
		return f.response(i, status)
	}
	f.legs = slices.Clone(f.legs)
	f.legs[i].state, f.legs[i].status, f.legs[i].moot = ended, status, true
	var out []action
	for _, q := range q {
		l := leg{q: q}
		if q >= f.legs[i].q {
			l.state = trying
			out = append(out, action{send, len(f.legs)})
		}
		f.legs = append(f.legs, l)
	}
	if out == nil {
		out = f.conclude()
	}
	return f, out
}

// alone reports whether nobody but leg i is asked now, and the caller still waits: what becomes
// of it is what becomes of the call.
func (f fork) alone(i int) bool {
	if f.done || f.given || f.stop {
		return false
	}
	for j, l := range f.legs {
		if j != i && (l.state == trying || l.state == ringing) {
			return false
		}
	}
	return true
}

// cancelled is the caller's CANCEL; its 487 has gone out already.
func (f fork) cancelled() (fork, []action) {
	f.legs = slices.Clone(f.legs)
	if f.done {
		return f, nil
	}
	f.done, f.given, f.stop = true, true, true
	return f, f.cancelAll()
}

// expired is Timer C of a leg that has rung too long (RFC 3261 §16.8).
func (f fork) expired(i int) (fork, []action) {
	if f.legs[i].state == ended || f.legs[i].cancel {
		return f, nil
	}
	f.legs = slices.Clone(f.legs)
	f.legs[i].cancel = true
	if f.legs[i].state == ringing {
		return f, []action{{sendStop, i}}
	}
	return f, nil
}

// over reports that no leg will say anything more.
func (f fork) over() bool {
	for _, l := range f.legs {
		if l.state == trying || l.state == ringing {
			return false
		}
	}
	return f.done
}

// success takes a 2xx: all are passed on (RFC 3261 §16.7 step 5), but a caller who gave
// up, or was refused, has nothing to take them with. f.legs is our own copy.
func (f fork) success(i int) (fork, []action) {
	out := []action{{pass, i}}
	if f.given || f.failed {
		out[0].do = hangUpLeg
	}
	f.done, f.stop = true, true
	out = append(out, f.cancelAll()...)
	return f, out
}

// cancelAll stops every leg that still may ring. f.legs is our own copy.
func (f fork) cancelAll() []action {
	var out []action
	for i := range f.legs {
		l := &f.legs[i]
		if l.cancel || l.state == ended || l.state == idle {
			continue
		}
		l.cancel = true
		if l.state == ringing { // RFC 3261 §9.1: not before a provisional response
			out = append(out, action{sendStop, i})
		}
	}
	return out
}

// next starts the idle legs of the highest q. f.legs is our own copy.
func (f fork) next() []action {
	top := -1
	for _, l := range f.legs {
		if l.state == idle {
			top = max(top, l.q)
		}
	}
	var out []action
	for i := range f.legs {
		if l := &f.legs[i]; l.state == idle && l.q == top {
			l.state = trying
			out = append(out, action{send, i})
		}
	}
	return out
}

// conclude sends the best response when all have failed, or tries the next group.
func (f *fork) conclude() []action {
	for _, l := range f.legs {
		if l.state == trying || l.state == ringing {
			return nil
		}
	}
	if !f.stop {
		if out := f.next(); out != nil {
			return out
		}
	}
	if f.done {
		return nil
	}
	f.done, f.failed = true, true
	choice := -1
	for i, l := range f.legs {
		if l.state == ended && !l.moot && (choice < 0 || better(l.status, f.legs[choice].status)) {
			choice = i
		}
	}
	return []action{{best, choice}}
}

// better orders final failures (RFC 3261 §16.7 step 6): 6xx, then the lowest class.
// Within 4xx first those that the caller can mend, last those that only say that a phone
// was silent or was stopped by us.
func better(a, b int) bool {
	rank := func(s int) int {
		switch {
		case s >= 600:
			return 0
		case s == 401, s == 407, s == 415, s == 420, s == 484:
			return 400
		case s == 486:
			return 401
		case s == 408:
			return 498
		case s == 487:
			return 499
		case s >= 400 && s < 500:
			return 402
		}
		return s
	}
	return rank(a) < rank(b)
}
