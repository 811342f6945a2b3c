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
package direct

import (
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Our own choices.
const (
	room  = 512 << 10 // bytes that C may use; only what it touches is ever real
	guard = 64 << 10  // bytes below, where it dies instead: the largest page there is
)

// A Stack is what C has for its stack. It serves one call at a time.
type Stack struct {
	top    unsafe.Pointer
	memory []byte
}

// NewStack maps the memory, which goes with the Stack.
func NewStack() (*Stack, error) {
	memory, err := unix.Mmap(-1, 0, guard+room, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_STACK|unix.MAP_NORESERVE)
	if err != nil {
		return nil, fmt.Errorf("direct: map a stack: %w", err)
	}
	if err := unix.Mprotect(memory[guard:], unix.PROT_READ|unix.PROT_WRITE); err != nil {
		_ = unix.Munmap(memory)
		return nil, fmt.Errorf("direct: map a stack: %w", err)
	}
	s := &Stack{top: unsafe.Add(unsafe.Pointer(&memory[0]), len(memory)), memory: memory}
	runtime.AddCleanup(s, func(memory []byte) { _ = unix.Munmap(memory) }, memory)
	return s, nil
}

// Call calls fn, a C function void (*)(void *), with arg. fn must return within a millisecond
// or so, must not block, and must not call Go. It may use whatever arg leads to, memory of
// Go's too, until it returns.
func (s *Stack) Call(fn, arg unsafe.Pointer) {
	call(fn, arg, s.top)
	runtime.KeepAlive(arg)
	runtime.KeepAlive(s)
}

// call is in assembly.
func call(fn, arg, top unsafe.Pointer)
