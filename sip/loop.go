package sip

import "sync"

// Bounds of a loop, our own choice.
const (
	maxPosted   = 256 // functions that wait, before whoever posts more waits too
	maxCommands = 128 // commands among them
	maxGuest    = 8   // functions of others that a guest runs
)

// A loop runs functions one at a time, in the order in which they were posted; what they
// touch is theirs alone. It is a seat, and whoever sits on it is the loop:
//
//	post ── the seat is free, and nothing waits ──▶ the poster sits down and runs its function
//	  └──── else it joins the queue ──▶ who sits there runs it, or the host: Agent.loop's goroutine
//
// So what comes from the network is done where it was read and what the owner wants where
// he says it, without waking another goroutine in between, which on a small machine takes
// longer than the work does.
type loop struct {
	wake chan struct{} // the host is to look at the queue
	then func()        // runs behind every function

	mu       sync.Mutex
	changed  sync.Cond // the seat or a place in the queue is free, or the loop has ended
	queue    []posted
	commands int  // in the queue
	taken    bool // the seat
	guests   bool // others than the host may sit down
	ended    bool
}

type posted struct {
	run     func()
	command bool
}

// newLoop makes a loop that only queues until admit.
func newLoop(then func()) *loop {
	l := &loop{wake: make(chan struct{}, 1), then: then}
	l.changed.L = &l.mu
	return l
}

// post has f run, before it returns or later; it waits while too much waits. False: the loop
// has ended. A function that runs on the loop may post; it must not wait for what it posted.
func (l *loop) post(f func()) bool {
	l.mu.Lock()
	for len(l.queue) >= maxPosted && !l.ended {
		l.changed.Wait()
	}
	return l.take(posted{run: f})
}

// command is post for what the owner wants. It never waits; false also when maxCommands wait.
func (l *loop) command(f func()) bool {
	l.mu.Lock()
	if l.commands >= maxCommands {
		l.mu.Unlock()
		return false
	}
	return l.take(posted{f, true})
}

// take is called with mu held, and returns without.
func (l *loop) take(p posted) bool {
	defer l.mu.Unlock()
	switch {
	case l.ended:
		return false
	case l.taken || len(l.queue) > 0 || !l.guests:
		l.queue = append(l.queue, p)
		if p.command {
			l.commands++
		}
		l.call()
		return true
	}
	l.taken = true
	l.run(p)
	for range maxGuest {
		if len(l.queue) == 0 || !l.guests {
			break
		}
		l.run(l.first())
	}
	l.rise()
	return true
}

// first takes the first of the queue; with mu held.
func (l *loop) first() posted {
	p := l.queue[0]
	l.queue[0] = posted{}
	if l.queue = l.queue[1:]; len(l.queue) == 0 {
		l.queue = nil
	}
	if p.command {
		l.commands--
	}
	return p
}

// run is called with mu held and the seat taken; mu is let go meanwhile.
func (l *loop) run(p posted) {
	l.mu.Unlock()
	defer l.mu.Lock()
	p.run()
	l.then()
}

// rise frees the seat; with mu held. What still waits is the host's.
func (l *loop) rise() {
	l.taken = false
	l.changed.Broadcast()
	if len(l.queue) > 0 {
		l.call()
	}
}

// call wakes the host, unless somebody sits who looks at the queue anyway; with mu held.
func (l *loop) call() {
	if l.taken {
		return
	}
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// serve has the host run the first of the queue, unless there is none or a guest sits.
func (l *loop) serve() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.taken || len(l.queue) == 0 {
		return
	}
	l.taken = true
	l.run(l.first())
	l.rise()
}

// admit lets guests in.
func (l *loop) admit() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.guests = true; len(l.queue) > 0 {
		l.call()
	}
}

// reserve keeps the seat for the host from now on, and waits until no guest sits there.
func (l *loop) reserve() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.guests = false
	for l.taken {
		l.changed.Wait()
	}
}

// end is reserve for good: what waits is never run.
func (l *loop) end() {
	l.reserve()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended, l.queue, l.commands = true, nil, 0
	l.changed.Broadcast()
}
