package sip

import "sync"

// maxEvents is how many events may wait before progress is merged away.
const maxEvents = 1024

// pump hands events to the agent's owner without ever holding up the loop. Events wait
// in memory; their number is bounded because calls are: beyond maxEvents, Progress,
// Renegotiated and Connected of the past are dropped, and crowded refuses new calls.
type pump struct {
	out  chan Event
	done chan struct{}
	wake chan struct{}

	mu    sync.Mutex
	queue []Event
	held  bool // run has one that is not handed over yet, or is over
}

func newPump() *pump {
	return &pump{out: make(chan Event, 16), done: make(chan struct{}), wake: make(chan struct{}, 1)}
}

// put appends an event. It never blocks. Where nothing waits the owner has it at once:
// a goroutine between the two would be one more to wake before the phone rings.
func (p *pump) put(e Event) {
	p.mu.Lock()
	if len(p.queue) == 0 && !p.held {
		select {
		case p.out <- e:
			p.mu.Unlock()
			return
		default:
		}
	}
	if len(p.queue) >= maxEvents {
		p.queue = essential(p.queue)
	}
	p.queue = append(p.queue, e)
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// crowded reports whether the owner is so far behind that no new call should come.
func (p *pump) crowded() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.queue) >= maxEvents/2
}

func (p *pump) empty() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.queue) == 0
}

// essential keeps beginnings and ends, and the last of what is a state of something.
func essential(queue []Event) []Event {
	kept := queue[:0:0]
	last := map[any]int{}
	for i, e := range queue {
		if of := stateOf(e); of != nil {
			last[of] = i
		}
	}
	for i, e := range queue {
		switch e.(type) {
		case Progress, Renegotiated, Connected:
			continue
		}
		if of := stateOf(e); of == nil || last[of] == i {
			kept = append(kept, e)
		}
	}
	return kept
}

// stateOf names what an event is the state of; nil: it is none.
func stateOf(e Event) any {
	switch e := e.(type) {
	case Registration:
		return Registration{Account: e.Account}
	case Mailbox:
		return Mailbox{Account: e.Account}
	case Watched:
		if e.Number == "" {
			return nil // the list ends there: what follows is another
		}
		return Watched{Row: e.Row}
	}
	return nil
}

func (p *pump) run() {
	defer func() {
		p.mu.Lock()
		p.held = true
		p.mu.Unlock()
		close(p.out)
	}()
	for {
		p.mu.Lock()
		var next Event
		if p.held = len(p.queue) > 0; p.held {
			next = p.queue[0]
			p.queue[0] = nil
			p.queue = p.queue[1:]
		}
		p.mu.Unlock()
		if next == nil {
			select {
			case <-p.wake:
			case <-p.done:
				if p.empty() {
					return
				}
			}
			continue
		}
		select {
		case p.out <- next:
		case <-p.done:
			// What the owner has room for is still handed over, the rest is lost with it.
			select {
			case p.out <- next:
			default:
				return
			}
		}
	}
}

// stop ends run once what fits has been handed over.
func (p *pump) stop() { close(p.done) }
