package station

import "time"

// retryAfter is how soon a command that its owner's queue had no room for is offered again.
const retryAfter = 5 * time.Millisecond

// maxWaiting bounds what waits for one owner. An owner that takes nothing for so long
// is broken; its oldest commands go first.
const maxWaiting = 1024

// An outbox keeps the commands to one owner in order when its queue is full for a
// moment: call effects are never dropped.
type outbox[C any] struct {
	do      func(C) bool
	pending []C
	told    int // commands that were taken
	dropped int
}

// send hands over c, after all that waits.
func (o *outbox[C]) send(c C) {
	o.pending = append(o.pending, c)
	o.flush()
}

// flush hands over what waits, until the owner has no more room.
func (o *outbox[C]) flush() {
	n := 0
	for n < len(o.pending) && o.do(o.pending[n]) {
		n++
	}
	o.told += n
	if extra := len(o.pending) - n - maxWaiting; extra > 0 {
		o.dropped += extra
		n += extra
	}
	if n == len(o.pending) {
		o.pending = o.pending[:0]
		return
	}
	o.pending = append(o.pending[:0], o.pending[n:]...)
}

func (o *outbox[C]) waiting() bool { return len(o.pending) > 0 }
