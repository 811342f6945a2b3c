package exchange

import (
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// turns keep the requests within a dialog that go through sipgo in the order in which they
// came over a connection. sipgo begins a goroutine per message, so that a BYE could overtake
// the ACK before it, and the phone would answer 500 to what comes too late (RFC 3261
// §12.2.2). Each takes a turn where it is read, waits until the one before has been sent
// on, and ends its own with that.
//
// A turn that nobody ends ends by itself after turnWithin. Not every request gets one: a
// repetition, the ACK of a failure and a CANCEL have a branch that was there before, and
// meet their transaction instead of us.
type turns struct {
	mu    sync.Mutex
	lines map[uint64]*file // by connection and Call-ID
	given map[*sip.Request]*turn
}

// file is who stands in line for one dialog.
type file struct {
	last *turn
	seen []uint64 // the last branches, hashed
	at   time.Time
}

type turn struct {
	of     *turns
	req    *sip.Request    // nil: it has ended
	before <-chan struct{} // closed when the one before has ended; nil: there is none
	done   chan struct{}
	timer  *time.Timer
}

// Our own choices.
const (
	turnWithin = 500 * time.Millisecond
	maxFiles   = 4096 // dialogs, about 1 MB; beyond them order is not kept
	maxSeen    = 16
)

var hashes = maphash.MakeSeed()

// arrived sees every message before sipgo begins its goroutine, in order. Only who was let
// into a dialog takes a place.
func (x *Exchange) arrived(m sip.Message) {
	req, ok := m.(*sip.Request)
	if !ok || req.Via() == nil || req.CallID() == nil || req.To() == nil || !req.To().Params.Has("tag") {
		return
	}
	if _, _, known := x.place.ownRoutes(req); known {
		x.turns.take(time.Now(), req)
	}
}

// take gives a request its place.
func (t *turns) take(now time.Time, req *sip.Request) {
	branch, _ := req.Via().Params.Get("branch")
	seen := maphash.String(hashes, branch)
	line := maphash.String(hashes, req.Source()+"\x00"+req.CallID().Value())
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.lines[line]
	if f == nil {
		if len(t.lines) >= maxFiles {
			return
		}
		if t.lines == nil {
			t.lines, t.given = map[uint64]*file{}, map[*sip.Request]*turn{}
		}
		f = &file{}
		t.lines[line] = f
	}
	f.at = now
	if slices.Contains(f.seen, seen) {
		return
	}
	if f.seen = append(f.seen, seen); len(f.seen) > maxSeen {
		f.seen = slices.Delete(f.seen, 0, 1)
	}
	next := &turn{of: t, req: req, done: make(chan struct{})}
	if f.last != nil {
		next.before = f.last.done
	}
	f.last, t.given[req] = next, next
	next.timer = time.AfterFunc(turnWithin, next.end)
}

// turn is that of a request; nil: it has none, or none any more.
func (t *turns) turn(req *sip.Request) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.given[req]
}

// sweep forgets dialogs of which nothing has come for so long that nothing comes again.
func (t *turns) sweep(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for k, f := range t.lines {
		if now.Sub(f.at) > lingerTime {
			delete(t.lines, k)
		}
	}
}

// wait returns when it is this request's turn. A nil turn waits for nobody.
func (n *turn) wait() {
	if n != nil && n.before != nil {
		<-n.before
	}
}

// end lets the next one go. It may come again.
func (n *turn) end() {
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
	n.timer.Stop()
	close(n.done)
}
