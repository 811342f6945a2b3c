package main

import (
	"bytes"
	"io"
	"sync"
)

// tailSize is how much of the log a report has.
const tailSize = 32 << 10

// A tail passes what is written on, and keeps the last lines of it.
type tail struct {
	to io.Writer

	mu   sync.Mutex
	kept []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	t.kept = append(t.kept, b...)
	if over := len(t.kept) - 2*tailSize; over > 0 { // seldom, so that it costs little
		t.kept = append(t.kept[:0], t.kept[len(t.kept)-tailSize:]...)
	}
	t.mu.Unlock()
	return t.to.Write(b)
}

// String is the last whole lines, tailSize at most.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	last := t.kept[max(len(t.kept)-tailSize, 0):]
	if len(last) < len(t.kept) || len(last) == tailSize {
		_, last, _ = bytes.Cut(last, []byte("\n"))
	}
	return string(last)
}
