package ingress

import (
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Turns keep the requests within a dialog in the order in which they were read. sipgo begins
// a goroutine per message, so that a BYE could overtake the ACK before it, and what comes too
// late is answered 500 (RFC 3261 §12.2.2). Each takes a turn where it is read, waits until
// the one before was looked at, or sent on, and ends its own with that.
//
// A turn that nobody ends ends by itself, turnWithin after the one before. Not every request
// gets one: a repetition, the ACK of a failure and a CANCEL have a branch that was there
// before, and meet their transaction instead of us.
//
// The zero Turns keep order in no more than DefaultDialogs dialogs at a time. Safe for
// several goroutines.
type Turns struct {
	Dialogs int // remembered at a time, 550 octets each; beyond them order is not kept; 0: DefaultDialogs

	mu    sync.Mutex
	swept time.Time
	lines map[uint64]*file // by connection and Call-ID
	given map[*sip.Request]*Turn
}

// file is who stands in line for one dialog.
type file struct {
	last *Turn
	wait int      // turns that have not ended
	seen []uint64 // the last branches, hashed
	at   time.Time
}

// A Turn is one request's. A nil Turn waits for nobody.
type Turn struct {
	of     *Turns
	req    *sip.Request // nil: it has ended
	line   *file
	next   *Turn           // who waits for this one; nil: nobody yet
	before <-chan struct{} // closed when the one before has ended; nil: there is none
	done   chan struct{}
	timer  *time.Timer // nil: it is not its turn yet
}

// Our own choices.
const (
	turnWithin = 500 * time.Millisecond
	dialogIdle = 33 * time.Second // 64*T1 and a little: nothing comes again
	sweepEvery = time.Second

	DefaultDialogs = 4096
	maxSeen        = 16  // branches of one dialog
	maxTurns       = 256 // requests of one dialog that wait
)

var hashes = maphash.MakeSeed()

// Take gives a request its place; where it is read, in order.
func (t *Turns) Take(now time.Time, req *sip.Request) {
	if req.Via() == nil || req.CallID() == nil {
		return
	}
	branch, _ := req.Via().Params.Get("branch")
	seen := maphash.String(hashes, branch)
	line := maphash.String(hashes, req.Source()+"\x00"+req.CallID().Value())
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.lines[line]
	if f == nil {
		if t.full(now) {
			return
		}
		if t.lines == nil {
			t.lines, t.given = map[uint64]*file{}, map[*sip.Request]*Turn{}
		}
		f = &file{}
		t.lines[line] = f
	}
	f.at = now
	if slices.Contains(f.seen, seen) {
		return
	}
	if len(f.seen) == maxSeen { // first, or append would take twice the room
		f.seen = slices.Delete(f.seen, 0, 1)
	}
	f.seen = append(f.seen, seen)
	if f.wait >= maxTurns {
		return
	}
	next := &Turn{of: t, req: req, line: f, done: make(chan struct{})}
	if f.last != nil && f.last.req != nil {
		next.before, f.last.next = f.last.done, next
	} else {
		next.begin()
	}
	f.wait++
	f.last, t.given[req] = next, next
}

// begin has the turn end by itself in time; with mu held.
func (n *Turn) begin() { n.timer = time.AfterFunc(turnWithin, n.End) }

// full reports whether there is no room for another dialog; with mu held.
func (t *Turns) full(now time.Time) bool {
	most := t.Dialogs
	if most == 0 {
		most = DefaultDialogs
	}
	if len(t.lines) >= most && now.Sub(t.swept) >= sweepEvery {
		t.swept = now
		for k, f := range t.lines {
			if now.Sub(f.at) > dialogIdle {
				delete(t.lines, k)
			}
		}
	}
	return len(t.lines) >= most
}

// Of is the turn of a request; nil: it has none, or none any more.
func (t *Turns) Of(req *sip.Request) *Turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.given[req]
}

// Wait returns when it is this request's turn.
func (n *Turn) Wait() {
	if n != nil && n.before != nil {
		<-n.before
	}
}

// End lets the next one go. It may come again.
func (n *Turn) End() {
	if n == nil {
		return
	}
	n.of.mu.Lock()
	defer n.of.mu.Unlock()
	if n.req == nil {
		return
	}
	delete(n.of.given, n.req)
	n.req = nil // the last one of a dialog stays, what it said does not
	n.line.wait--
	if n.timer != nil {
		n.timer.Stop()
	}
	if n.next != nil && n.next.req != nil {
		n.next.begin()
	}
	n.next = nil
	close(n.done)
}
