//go:build !amd64 && !arm64

package direct

// #include <stdint.h>
//
// static void call(uintptr_t fn, uintptr_t arg) { ((void (*)(void *))fn)((void *)arg); }
import "C"

import "unsafe"

// A Stack is the thread's own here: cgo moves there, and it is large. It serves one call at a time.
type Stack struct {
	arg unsafe.Pointer // keeps what C works on off the goroutine's stack, which may move
}

// NewStack never fails here.
func NewStack() (*Stack, error) { return new(Stack), nil }

// call gives cgo numbers: of pointers it would want to know that no other is behind them.
func (s *Stack) call(fn, arg unsafe.Pointer) {
	s.arg = arg
	C.call(C.uintptr_t(uintptr(fn)), C.uintptr_t(uintptr(arg)))
	s.arg = nil
}
