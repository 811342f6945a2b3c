// Package direct calls short C functions behind the back of Go's scheduler. It owns the
// jump and the memory that C then has for its stack, and refuses to know what is called.
//
// A call through cgo tells the scheduler first, since C may block. Where everything slept but
// the caller, that wakes the runtime's monitor thread, which then looks every 20 µs
// whether the call is over: three to four wake-ups for each call of a codec, each dearer
// than its arithmetic. Code that computes for some 0.1 ms and neither blocks nor calls
// Go back has nothing to tell.
//
//	goroutine ─▶ call ── SP moves to the Stack ──▶ C ──▶ SP moves back ─▶ goroutine
//
// To the runtime all of it is one instruction of assembly: signals come on a stack of their
// own, find a program counter that is not Go's and leave the goroutine alone; the
// collector waits for the return, as for any code without a safe point.
//
// The jump is written for amd64 and arm64. Other processors call through cgo, with its wake-ups.
package direct

import "unsafe"

// Call calls fn, a C function void (*)(void *), with arg. fn must return within a millisecond
// or so, must not block, and must not call Go. It may use whatever arg leads to, memory of
// Go's too, until it returns.
func (s *Stack) Call(fn, arg unsafe.Pointer) { s.call(fn, arg) }
