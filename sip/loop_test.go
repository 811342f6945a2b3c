package sip

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

func hosted(t *testing.T) (*loop, func()) {
	l := newLoop(func() {})
	stop := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		for {
			select {
			case <-l.wake:
				l.serve()
			case <-stop:
				return
			}
		}
	})
	return l, func() { l.end(); close(stop); done.Wait() }
}

// What finds the seat free is done before post returns, and wakes nobody: an INVITE is taken
// where it was read, and rings where the phone says so.
func TestLoopGuestRunsAtOnce(t *testing.T) {
	l := newLoop(func() {}) // nobody hosts it
	l.admit()
	ran := 0
	for i := range 10 {
		if i%2 == 0 {
			l.post(func() { ran++ })
		} else {
			l.command(func() { ran++ })
		}
		if ran != i+1 {
			t.Fatalf("%d of %d have run", ran, i+1)
		}
	}
	if len(l.wake) != 0 {
		t.Error("the host is called for nothing")
	}
}

// A function that posts goes first; what it posted is run by its guest, in order.
func TestLoopPostsOfItsOwn(t *testing.T) {
	l := newLoop(func() {})
	l.admit()
	var ran []int
	l.post(func() {
		for i := range 3 {
			l.post(func() { ran = append(ran, i) })
		}
		ran = append(ran, -1)
	})
	if want := []int{-1, 0, 1, 2}; !slices.Equal(ran, want) {
		t.Errorf("order %v, want %v", ran, want)
	}
}

// A guest leaves a crowd to the host, in order.
func TestLoopGuestLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, stop := hosted(t)
		defer stop()
		l.admit()
		var ran []int
		n := 0
		l.post(func() {
			for i := range maxPosted {
				l.post(func() { ran = append(ran, i) })
			}
			n = len(ran)
		})
		l.mu.Lock()
		left := len(l.queue)
		l.mu.Unlock()
		if n != 0 || left > maxPosted-maxGuest {
			t.Errorf("%d ran within the first, %d wait behind the guest", n, left)
		}
		synctest.Wait()
		if len(ran) != maxPosted || !slices.IsSorted(ran) {
			t.Errorf("%d have run, in order: %v", len(ran), slices.IsSorted(ran))
		}
	})
}

// Before admit everything waits; commands are refused when too many do, what is posted waits
// for room.
func TestLoopBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop(func() {})
		ran := 0
		for i := range maxCommands {
			if !l.command(func() { ran++ }) {
				t.Fatalf("command %d is refused", i)
			}
		}
		if l.command(func() { ran++ }) {
			t.Error("a command too many is taken")
		}
		for range maxPosted - maxCommands {
			l.post(func() { ran++ })
		}
		late := false
		go func() { late = l.post(func() { ran++ }) }()
		synctest.Wait()
		if ran != 0 || late {
			t.Errorf("%d ran before there was a host; one too many was taken: %v", ran, late)
		}
		l.admit()
		for range maxPosted + 1 {
			<-l.wake
			l.serve()
			synctest.Wait()
		}
		if ran != maxPosted+1 || !late {
			t.Errorf("%d have run, the last of them %v", ran, late)
		}
	})
}

// Only one runs at a time, and what one goroutine posts runs in its order. The race detector
// watches the counter.
func TestLoopExcludes(t *testing.T) {
	l, stop := hosted(t)
	l.admit()
	const posters, each = 8, 500
	var all sync.WaitGroup
	seen := make([][]int, posters)
	total := 0
	for p := range posters {
		all.Go(func() {
			for i := range each {
				l.post(func() { total++; seen[p] = append(seen[p], i) })
			}
		})
	}
	all.Wait()
	last := make(chan struct{})
	l.post(func() { close(last) })
	<-last
	stop()
	if total != posters*each {
		t.Errorf("%d have run", total)
	}
	for p := range seen {
		if !slices.IsSorted(seen[p]) {
			t.Errorf("poster %d: out of order", p)
		}
	}
}

// The host has the seat to itself when it ends; after that nothing runs, and nobody waits.
func TestLoopEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop(func() {})
		l.admit()
		inside, out := make(chan struct{}), make(chan struct{})
		go l.post(func() { close(inside); <-out })
		<-inside
		ended := false
		go func() { l.end(); ended = true }()
		synctest.Wait()
		if ended {
			t.Fatal("it ends under a guest")
		}
		for range maxPosted + 2 {
			go l.post(func() { t.Error("run after the end") })
		}
		synctest.Wait()
		close(out)
		synctest.Wait()
		if !ended || l.post(func() {}) || l.command(func() {}) {
			t.Error("it has not ended")
		}
	})
}
