package transfer

import "time"

// Times of the end that asks.
const (
	// FirstNote is how long the first NOTIFY may take after the 202: the far end sends it
	// at once (RFC 3515 §2.4.4), and its transaction ends after 64*T1.
	FirstNote = 32 * time.Second
	// Patience is the longest silence between two NOTIFYs once it is known that the target
	// rings: Timer C of the proxies (RFC 3261 §16.6) ends a call that rings longer.
	Patience = 200 * time.Second
	// Trying is how long nothing but 100 may be known; ours. A far end that only tells how the
	// call ended has so long until the target is at the telephone.
	Trying = 60 * time.Second
)

// maxNotes bounds the NOTIFYs of one transfer; a call has a few provisional answers.
const maxNotes = 64

// A Transferor asks the far end of a call to call somebody else, and waits for what it
// tells. The zero Transferor takes Begin.
//
//	idle ─Begin→ asking ─2xx→ waiting ─NOTIFY final→ over: Done or Failed
//	               │ else: Failed    └─ terminated, silence, BYE: Lost
//
// A NOTIFY may overtake the 202 (RFC 3515 §2.4.4).
type Transferor struct {
	phase phase
	seq   uint32
	last  int // status told last
	notes int
}

type phase uint8

const (
	idle phase = iota
	asking
	waiting
	over
)

// Over reports whether the transfer has ended.
func (t Transferor) Over() bool { return t.phase == over }

// Active reports whether NOTIFYs are still taken.
func (t Transferor) Active() bool { return t.phase == asking || t.phase == waiting }

// Seq is the CSeq of the REFER, which its NOTIFYs may name (RFC 3515 §2.4.6); 0: not yet
// known.
func (t Transferor) Seq() uint32 { return t.seq }

// Step is the machine after e, and what it wants done.
func (t Transferor) Step(e Event) (Transferor, []Effect) {
	switch e := e.(type) {
	case Begin:
		if t.phase == idle {
			t.phase = asking
			return t, []Effect{SendRefer{}}
		}
	case Answer:
		if t.phase == asking {
			return t.answered(e)
		}
	case Note:
		if t.Active() {
			return t.noted(e)
		}
	case Parted:
		// The far end has left with its subscription. Many hang up as soon as they have
		// been understood, so this is no failure; but nobody knows (RFC 5589 §6.1).
		switch {
		case t.phase == asking && t.notes == 0:
			return t.end(Failed, 0) // it left instead
		case t.Active():
			return t.end(Lost, t.last)
		}
	case Expired:
		if t.phase == waiting {
			return t.end(Lost, t.last)
		}
	}
	return t, nil
}

func (t Transferor) answered(a Answer) (Transferor, []Effect) {
	t.seq = a.Seq
	switch {
	case a.Code < 200 || a.Code >= 300:
		return t.end(Failed, a.Code)
	case a.Silent:
		return t.end(Lost, 0)
	}
	t.phase = waiting
	if t.notes > 0 { // it has begun to tell already
		return t, []Effect{StartTimer{t.patience()}}
	}
	return t, []Effect{StartTimer{FirstNote}}
}

// patience is how long the next NOTIFY may take.
func (t Transferor) patience() time.Duration {
	if t.last > 100 {
		return Patience
	}
	return Trying
}

func (t Transferor) noted(n Note) (Transferor, []Effect) {
	t.notes++
	code := n.Code
	switch {
	case code >= 200 && code < 300:
		return t.end(Done, code)
	case code >= 300:
		return t.end(Failed, code)
	case n.State.Terminated || t.notes > maxNotes:
		// The subscription is over without an outcome: a gateway that tells no more than
		// 100, or a flood.
		return t.end(Lost, max(code, t.last))
	}
	news := code > 100 && code != t.last
	t.last = max(code, t.last)
	var effects []Effect
	// Until the 202 its transaction is the timer; and that it still tries is no news.
	if t.phase == waiting && (t.last > 100 || t.notes == 1) {
		after := t.patience()
		if n.State.Expires > 0 {
			after = min(after, n.State.Expires+FirstNote) // a last word may be on its way
		}
		effects = append(effects, StartTimer{after})
	}
	if news {
		effects = append(effects, Told{code})
	}
	return t, effects
}

func (t Transferor) end(o Outcome, code int) (Transferor, []Effect) {
	t.phase = over
	return t, []Effect{StopTimer{}, Ended{o, code}}
}
