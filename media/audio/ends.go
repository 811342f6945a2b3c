package audio

// #cgo CFLAGS: -O2 -Wall
// #include "turn.h"
import "C"

import (
	"errors"
	"fmt"
	"math/bits"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ramp is how long sound takes to fade in after an underrun.
const ramp = 5 * time.Millisecond

// stuck is how long a card may stand still before it counts as gone.
const stuck = time.Second

// ends are Go's ends of a card: the rings and the eventfd that card_turn serves. They
// are all of a Card but its device.
type ends struct {
	name   string
	spec   Spec
	c      *C.struct_card
	play   ring
	record ring

	event    *os.File // eventfd
	raw      syscall.RawConn
	readable func(fd uintptr) bool // reports whether there was a wake-up, and takes it
	calls    atomic.Uint64         // of Wake
	seen     uint64                // wake-ups taken, the card's and calls together
	deadline time.Time             // set on event
	opened   time.Time
	epoch    int64 // the same instant by CLOCK_MONOTONIC, which the card goes by, in ns
	closed   atomic.Bool
}

// ring is one end of a struct ring. Its memory is C's.
type ring struct {
	data       []int16
	head, tail *atomic.Uint64
}

func ringOf(r *C.struct_ring) ring {
	return ring{
		data: unsafe.Slice((*int16)(unsafe.Pointer(r.data)), int(r.size)),
		head: (*atomic.Uint64)(unsafe.Pointer(&r.head)),
		tail: (*atomic.Uint64)(unsafe.Pointer(&r.tail)),
	}
}

func (r ring) held() int { return int(r.head.Load() - r.tail.Load()) }

func (r ring) put(pcm []int16) int {
	head := r.head.Load()
	n := min(len(pcm), len(r.data)-int(head-r.tail.Load()))
	at := int(head) & (len(r.data) - 1)
	first := copy(r.data[at:], pcm[:n])
	copy(r.data, pcm[first:n])
	r.head.Store(head + uint64(n))
	return n
}

func (r ring) take(pcm []int16) int {
	tail := r.tail.Load()
	n := min(len(pcm), int(r.head.Load()-tail))
	at := int(tail) & (len(r.data) - 1)
	first := copy(pcm[:n], r.data[at:])
	copy(pcm[first:n], r.data)
	r.tail.Store(tail + uint64(n))
	return n
}

// complete fills in what is zero.
func (s Spec) complete() (Spec, error) {
	if s.Rate == 0 {
		s.Rate = 48000
	}
	if s.Period == 0 {
		s.Period = 10 * time.Millisecond
	}
	if s.Wake == 0 {
		s.Wake = 2 * s.Period
	}
	if s.Ring == 0 {
		s.Ring = 200 * time.Millisecond
	}
	switch {
	case s.Rate < 8000 || s.Rate > 192000:
		return s, fmt.Errorf("audio: %w: %d Hz", ErrFormat, s.Rate)
	case s.Period < time.Millisecond || s.Period > 100*time.Millisecond:
		return s, fmt.Errorf("audio: a period of %v: want 1ms to 100ms", s.Period)
	case s.Wake < s.Period || s.Wake > 10*s.Period:
		return s, fmt.Errorf("audio: wake-ups every %v: want one to ten periods of %v", s.Wake, s.Period)
	case s.Ring < 2*s.Wake || s.Ring > 5*time.Second:
		return s, fmt.Errorf("audio: a ring of %v: want two wake-ups of %v to 5s", s.Ring, s.Wake)
	}
	return s, nil
}

// samples is how many of them last d.
func (s Spec) samples(d time.Duration) int { return int(int64(d) * int64(s.Rate) / 1e9) }

// newEnds makes the ends of a card that does not turn yet. s must be complete.
func newEnds(name string, s Spec) (*ends, error) {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("audio: make an eventfd: %w", err)
	}
	e := &ends{name: name, spec: s, event: os.NewFile(uintptr(fd), "eventfd"), opened: time.Now()}
	if e.raw, err = e.event.SyscallConn(); err != nil {
		_ = e.event.Close()
		return nil, fmt.Errorf("audio: eventfd: %w", err)
	}
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		_ = e.event.Close()
		return nil, fmt.Errorf("audio: read the clock: %w", err)
	}
	e.epoch = t.Nano()
	size := uint64(1) << bits.Len(uint(s.samples(s.Ring)-1))
	e.c = C.card_new(C.uint64_t(size), C.uint64_t(rhythm(int(s.Wake/s.Period), 1)), C.uint32_t(s.samples(ramp)), C.int(fd))
	if e.c == nil {
		_ = e.event.Close()
		return nil, errors.New("audio: out of memory")
	}
	e.play, e.record = ringOf(&e.c.play), ringOf(&e.c.record)
	e.readable = e.woken
	return e, nil
}

// woken looks whether somebody wrote to the eventfd since it was last asked. The eventfd
// itself is never read: whoever writes to it counts first, and each write is an edge to
// epoll, which the runtime waits for. That spares two system calls a wake-up. What is
// counted after this looked makes an edge after the wait was prepared, so none is missed.
func (e *ends) woken(uintptr) bool {
	n := e.load(&e.c.wakes) + e.calls.Load()
	if n == e.seen {
		return false
	}
	e.seen = n
	return true
}

func (e *ends) Name() string          { return e.name }
func (e *ends) Rate() int             { return e.spec.Rate }
func (e *ends) Period() time.Duration { return e.spec.Period }
func (e *ends) Playable() int         { return e.play.held() }
func (e *ends) Captured() int         { return e.record.held() }

func (e *ends) Write(pcm []int16) int {
	if e.closed.Load() {
		return 0
	}
	return e.play.put(pcm)
}

func (e *ends) Read(pcm []int16) int {
	if e.closed.Load() {
		return 0
	}
	return e.record.take(pcm)
}

func (e *ends) Sidetone(gain float64) {
	full := min(max(gain, 0), 1) * C.SIDETONE_FULL
	(*atomic.Uint32)(unsafe.Pointer(&e.c.sidetone)).Store(uint32(full + 0.5))
}

func (e *ends) Wait(d time.Duration) error {
	d = max(d, time.Millisecond)
	// The deadline moves only when it has come near: setting one is not free.
	if now := time.Now(); e.deadline.Sub(now) < d || e.deadline.Sub(now) > 3*d {
		e.deadline = now.Add(2 * d)
		if err := e.event.SetReadDeadline(e.deadline); err != nil {
			return fmt.Errorf("audio: %s: %w", e.name, ErrClosed)
		}
	}
	err := e.raw.Read(e.readable)
	switch {
	case e.closed.Load():
		return fmt.Errorf("audio: %s: %w", e.name, ErrClosed)
	case e.load(&e.c.finished) != 0:
		return fmt.Errorf("audio: %s: %w", e.name, ErrVanished)
	case err == nil:
		return nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		e.deadline = time.Time{}
		if e.idle() > stuck {
			return fmt.Errorf("audio: %s stopped without a word: %w", e.name, ErrVanished)
		}
		return ErrTimeout
	}
	return fmt.Errorf("audio: %s: %w", e.name, ErrClosed)
}

var one = [8]byte{1}

// Wake's write can fail only when nobody will wait any more.
func (e *ends) Wake() {
	e.calls.Add(1)
	_, _ = e.event.Write(one[:])
}

func (e *ends) Turns() uint64 { return e.load(&e.c.callbacks) }

func (e *ends) WakeAt(every int, mask uint32) {
	(*atomic.Uint64)(unsafe.Pointer(&e.c.rhythm)).Store(rhythm(every, mask))
}

// rhythm is C's RHYTHM.
func rhythm(every int, mask uint32) uint64 {
	return uint64(min(max(every, 1), 32))<<32 | uint64(mask)
}

func (e *ends) load(p *C.uint64_t) uint64 { return (*atomic.Uint64)(unsafe.Pointer(p)).Load() }

// idle is how long the card has not moved. The runtime's clock tells, which is read
// without a system call: one that the scheduler knows of would wake its monitor thread.
func (e *ends) idle() time.Duration {
	age := time.Since(e.opened)
	if moved := e.load(&e.c.moved); moved != 0 {
		age -= time.Duration(int64(moved) - e.epoch)
	}
	return max(0, age)
}

func (e *ends) Stats() Stats {
	c := e.c
	return Stats{
		Callbacks: e.load(&c.callbacks), Played: e.load(&c.played), Recorded: e.load(&c.recorded),
		Underruns: e.load(&c.underruns), Missing: e.load(&c.missing),
		Overruns: e.load(&c.overruns), Dropped: e.load(&c.dropped),
		CardUnderruns: e.load(&c.card_underruns), CardOverruns: e.load(&c.card_overruns),
		Idle: e.idle(), Spent: time.Duration(e.load(&c.spent)), RealTime: e.load(&c.realtime) != 0,
	}
}

// turn moves the card on by one period; in or out may be nil. For cards that are not
// PortAudio's.
func (e *ends) turn(in, out []int16) {
	var i, o *C.int16_t
	n := max(len(in), len(out))
	if len(in) > 0 {
		i = (*C.int16_t)(unsafe.Pointer(&in[0]))
	}
	if len(out) > 0 {
		o = (*C.int16_t)(unsafe.Pointer(&out[0]))
	}
	C.card_turn(e.c, i, o, C.uint64_t(n), 0)
}

// finish says that the card will not turn again.
func (e *ends) finish() { C.card_finish(e.c) }

// shut closes Go's end, once the card no longer turns. It reports whether it was open.
func (e *ends) shut() bool {
	if e.closed.Swap(true) {
		return false
	}
	e.Wake()
	_ = e.event.Close()
	// The memory outlives the card for whoever still asks for its figures. A card that
	// is never closed keeps it, since it still turns.
	runtime.AddCleanup(e, func(c *C.struct_card) { C.card_free(c) }, e.c)
	return true
}
