package main

import "time"

// fixed plays every packet a fixed time after the first one came, and gives up what comes
// later. When ten in a row were late it begins anew.
type fixed struct {
	delay  time.Duration
	held   map[int]bool
	next   int
	due    time.Duration // when next sounds
	late   int
	begun  bool
	anchor bool
	thrown int // packets, not yet told to the ear
}

func newFixed(d time.Duration) *fixed { return &fixed{delay: d, held: map[int]bool{}} }

func (f *fixed) put(seq int, at time.Duration) {
	if f.begun && seq < f.next {
		if f.late++; f.late < 10 {
			return
		}
		f.begun = false
	}
	f.late = 0
	if f.begun && time.Duration(seq-f.next)*packetTime > 3*f.delay { // the sender's clock is faster
		f.thrown += len(f.held)
		f.begun = false
	}
	if !f.begun {
		f.begun, f.anchor = true, true
		f.next, f.due = seq, at+f.delay
		clear(f.held)
	}
	f.held[seq] = true
}

func (f *fixed) play(now time.Duration, e *ear) {
	e.drop(f.thrown)
	f.thrown = 0
	for e.at < now+step {
		switch {
		case !f.begun:
			e.conceal(step)
		case f.anchor && e.at < f.due:
			e.conceal(min(f.due-e.at, step))
		default:
			f.anchor = false
			if f.held[f.next] {
				e.packet(f.next, 0)
				delete(f.held, f.next)
			} else {
				e.conceal(packetTime)
			}
			f.next++
		}
	}
}
