//go:build amd64 || arm64

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

func (s *Stack) call(fn, arg unsafe.Pointer) {
	call(fn, arg, s.top)
	runtime.KeepAlive(arg)
	runtime.KeepAlive(s)
}

// call is in assembly.
func call(fn, arg, top unsafe.Pointer)
