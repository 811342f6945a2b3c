package main

import (
	"os"
	"os/exec"
	"runtime"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// All threads are on one processor, those too that come later, and Go knows of one.
func TestKeepTogether(t *testing.T) {
	if os.Getenv("OFFHOOK_TOGETHER") == "" {
		exe, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestKeepTogether$", "-test.v")
		cmd.Env = append(os.Environ(), "OFFHOOK_TOGETHER=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	threads := func(n int) { // n goroutines, each with a thread of its own
		var here, all sync.WaitGroup
		here.Add(n)
		for range n {
			all.Go(func() {
				runtime.LockOSThread()
				here.Done()
				here.Wait()
			})
		}
		all.Wait()
	}
	threads(4)
	if err := keepTogether(); err != nil {
		t.Fatal(err)
	}
	threads(4)
	var own unix.CPUSet
	if err := unix.SchedGetaffinity(0, &own); err != nil || own.Count() != 1 {
		t.Errorf("%d processors, %v", own.Count(), err)
	}
	if moved, err := move(own); moved || err != nil {
		t.Errorf("a thread was elsewhere: %v, %v", moved, err)
	}
	if n := runtime.GOMAXPROCS(0); n != 1 {
		t.Errorf("Go runs %d goroutines at a time", n)
	}
}
