package exchange

import (
	"sync"
	"time"
)

// lingering are what has nothing more to say to the caller and lasts for half a minute:
// transactions that have their final response and wait for repetitions, and forks that
// were answered while a phone of theirs is silent. Beyond a number the oldest goes, so that
// however many calls are set up, memory stays bounded.
type lingering struct {
	mu   sync.Mutex
	line []lingerer // the oldest first
	max  int
}

type lingerer struct {
	tx    interface{ Terminate() }
	since time.Time
}

const (
	maxLingering  = 8192
	maxStragglers = 1024
	lingerTime    = 33 * time.Second // 64*T1 and a little: sipgo has ended it by itself
)

// add takes a transaction in.
func (l *lingering) add(now time.Time, tx interface{ Terminate() }) {
	l.mu.Lock()
	l.line = append(l.line, lingerer{tx, now})
	old := l.expired(now)
	var over interface{ Terminate() }
	if len(l.line)-old > l.max {
		over = l.line[old].tx
		old++
	}
	l.drop(old)
	l.mu.Unlock()
	if over != nil {
		over.Terminate()
	}
}

// sweep forgets those that have ended.
func (l *lingering) sweep(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop(l.expired(now))
}

func (l *lingering) expired(now time.Time) int {
	n := 0
	for n < len(l.line) && now.Sub(l.line[n].since) > lingerTime {
		n++
	}
	return n
}

func (l *lingering) drop(n int) {
	clear(l.line[:n])
	if l.line = l.line[n:]; len(l.line) == 0 {
		l.line = nil
	}
}
