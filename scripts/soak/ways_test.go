//go:build soak

package soak

import (
	"sync"
	"time"
)

// A way is how a call goes and ends. a and b change places from one round to the next.
type way struct {
	name  string
	calls int
	run   func(s *script, a, b *desk)
}

const talk = time.Second

// talking is what the display of a phone with a call says beside its name.
const talking = `B Hold`

// rings lets a call b until it rings there.
func (s *script) rings(a, b *desk) {
	s.dial(a, b.number)
	s.see(b, `calls you`)
	s.see(a, `Ringing`)
}

// connects a and b.
func (s *script) connects(a, b *desk) {
	s.rings(a, b)
	s.lift(b)
	s.see(a, talking)
	s.see(b, talking)
	s.logs(a, ">")
	s.logs(b, "<")
}

// ended waits until the far end's hang-up is shown, and hangs up.
func (s *script) ended(d *desk) {
	s.see(d, `Call ended`)
	s.hangUp(d)
}

var ways = []way{
	{"the caller hangs up", 1, func(s *script, a, b *desk) {
		s.connects(a, b)
		s.rest(talk)
		s.hangUp(a)
		s.ended(b)
	}},
	{"the called hangs up", 1, func(s *script, a, b *desk) {
		s.connects(a, b)
		s.rest(talk)
		s.hangUp(b)
		s.ended(a)
	}},
	{"held, resumed, ended", 1, func(s *script, a, b *desk) {
		s.connects(a, b)
		s.rest(talk / 2)
		s.tap(a, "B")
		s.see(a, `B Resume`)
		s.see(b, `Held there`)
		s.tap(a, "B")
		s.see(a, talking)
		s.see(b, `(Opus|PCM).*\n.*`+talking)
		s.rest(talk / 2)
		s.hangUp(a)
		s.ended(b)
	}},
	{"held by the called, who is left", 1, func(s *script, a, b *desk) {
		s.connects(a, b)
		s.rest(talk / 2)
		s.tap(b, "B")
		s.see(a, `Held there`)
		s.rest(talk / 2)
		s.hangUp(a)
		s.ended(b)
	}},
	{"digits both ways", 1, func(s *script, a, b *desk) {
		s.connects(a, b)
		s.rest(talk / 4)
		s.tap(a, "159#")
		s.hears(b, "159#")
		s.tap(b, "0*")
		s.hears(a, "0*")
		s.hangUp(b)
		s.ended(a)
	}},
	{"cancelled while it rings", 1, func(s *script, a, b *desk) {
		s.rings(a, b)
		s.rest(talk / 2)
		s.hangUp(a)
		s.see(b, `missed`)
		s.logs(a, ">")
		s.logs(b, "!")
	}},
	{"turned down by key", 1, func(s *script, a, b *desk) {
		s.rings(a, b)
		s.tap(b, "D")
		s.see(b, `D Reject`)
		s.tap(b, "D")
		s.see(a, `Busy \(486\)`)
		s.hangUp(a)
		s.logs(a, "x")
		s.logs(b, "x")
	}},
	{"turned down while talking", 2, func(s *script, a, b *desk) {
		s.dial(a, "601")
		s.see(a, talking)
		s.dial(b, a.number)
		s.see(a, `Rings`)
		s.tap(a, "D")
		s.see(b, `Busy \(486\)`)
		s.hangUp(b)
		s.see(a, talking)
		s.hangUp(a)
		s.logs(a, "x>")
		s.logs(b, "x")
	}},
	{"a waiting call taken, and the first again", 2, func(s *script, a, b *desk) {
		s.dial(a, "600")
		s.see(a, talking)
		s.dial(b, a.number)
		s.see(a, `B Take`)
		s.tap(a, "B")
		s.see(b, talking)
		s.rest(talk / 2)
		s.tap(a, "B") // swap
		s.see(b, `Held there`)
		s.hangUp(b)
		s.see(a, talking)
		s.hangUp(a)
		s.logs(a, "<>")
		s.logs(b, ">")
	}},
	{"both call each other at once", 2, func(s *script, a, b *desk) {
		s.lift(a)
		s.lift(b)
		s.rest(100 * time.Millisecond)
		s.tap(a, b.number[:2])
		s.tap(b, a.number)
		s.tap(a, b.number[2:])
		s.see(a, `Rings`)
		s.see(b, `Rings`)
		s.hangUp(a) // b's call rings there now
		s.see(a, `calls you`)
		s.see(b, `Ringing`)
		s.hangUp(b)
		s.logs(a, ">!")
		s.logs(b, "!>")
	}},
	{"busy, and no such number", 2, func(s *script, a, b *desk) {
		s.dial(a, "602")
		s.dial(b, "299")
		s.see(a, `Busy \(486\)`)
		s.see(b, `No such number \(404\)`)
		s.hangUp(a)
		s.hangUp(b)
		s.logs(a, "x")
		s.logs(b, "x")
	}},
	{"the echo, and nobody answers", 2, func(s *script, a, b *desk) {
		s.dial(a, "600")
		s.dial(b, "603")
		s.see(a, talking)
		s.see(b, `Ringing`)
		s.tap(a, "7D")
		s.hears(a, "7") // D is the mute key, and no digit
		s.see(a, `muted`)
		s.hangUp(a)
		s.hangUp(b)
		s.logs(a, ">")
		s.logs(b, ">")
	}},
	{"hung up by 604, called back by 605", 3, func(s *script, a, b *desk) {
		both(s, func(s *script) {
			s.dial(a, "604")
			s.see(a, talking)
			s.ended(a)
			s.logs(a, ">")
		}, func(s *script) {
			s.dial(b, "605")
			s.see(b, talking)
			s.ended(b)
			s.see(b, `ready`)
			s.see(b, `calls you`)
			s.lift(b)
			s.see(b, talking)
			s.rest(talk / 2)
			s.hangUp(b)
			s.logs(b, "><")
		})
	}},
}

// both runs two scripts at a time, one for each phone.
func both(s *script, f, g func(*script)) {
	if s.err != nil {
		return
	}
	var one, other script
	var wait sync.WaitGroup
	wait.Go(func() { f(&one) })
	g(&other)
	wait.Wait()
	if s.err = one.err; s.err == nil {
		s.err = other.err
	}
}
