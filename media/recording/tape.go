package recording

import (
	"sync"
	"sync/atomic"
	"time"
)

// Our own choices for what waits for the disk: 4 s, which SD cards take now and then.
const (
	blockLen = 960 // samples: 20 ms at 48 kHz
	blocks   = 200
)

// A block is a piece of a call.
type block struct {
	at        int64 // its first sample's place in the recording
	n         int
	here, far [blockLen]int16
}

// A Tape is a recording under way. Put is for one goroutine at a time, the others for any.
type Tape struct {
	title      Title
	full, free chan *block
	name       atomic.Pointer[string]
	over       atomic.Bool
	closed     chan struct{}
	once       sync.Once
	lost       atomic.Int64

	at  int64 // samples that were put, those that were lost among them
	cur *block
}

func newTape(t Title) *Tape {
	tape := &Tape{title: t, full: make(chan *block, blocks), free: make(chan *block, blocks), closed: make(chan struct{})}
	all := make([]block, blocks)
	for i := range all {
		tape.free <- &all[i]
	}
	return tape
}

// Put adds what was said here and there at the same time, mono S16 at the shelf's rate, of any
// length; len(far) = len(here). It never blocks and allocates nothing. After Close it does nothing.
func (t *Tape) Put(here, far []int16) {
	for len(here) > 0 && !t.over.Load() {
		if t.cur == nil {
			select {
			case t.cur = <-t.free:
				t.cur.at, t.cur.n = t.at, 0
			default: // the disk is behind
				t.lost.Add(int64(len(here)))
				t.at += int64(len(here))
				return
			}
		}
		b := t.cur
		n := copy(b.here[b.n:], here)
		copy(b.far[b.n:], far[:n])
		b.n += n
		t.at += int64(n)
		here, far = here[n:], far[n:]
		if b.n == blockLen {
			t.full <- b // there is room for all of them
			t.cur = nil
		}
	}
}

// Close ends the recording. The last 20 ms may be missing. It does not wait for the disk.
func (t *Tape) Close() {
	t.over.Store(true)
	t.once.Do(func() { close(t.closed) })
}

// Name is that of the file, in the shelf's folder; "" until there is one.
func (t *Tape) Name() string {
	if n := t.name.Load(); n != nil {
		return *n
	}
	return ""
}

// Lost is how much sound the disk was too slow for.
func (t *Tape) Lost(rate int) time.Duration {
	return time.Duration(t.lost.Load() * int64(time.Second) / int64(rate))
}
