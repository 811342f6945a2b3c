package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// rounds bound how often keepTogether looks for threads that came meanwhile.
const rounds = 8

// keepTogether puts the phone on one processor, with all its threads, and has Go run one
// goroutine at a time. A call is some three hundred short pieces of work a second, each
// waking the next, the card's thread the engine and the engine nobody: on another
// processor, which sleeps, each wake-up costs more than the work
// (docs/decisions/0020-one-processor.md has the figures). The processor is the one that we
// happen to run on; what else wants it the kernel moves to others.
func keepTogether() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var cpu uint32
	if _, _, errno := unix.RawSyscall(unix.SYS_GETCPU, uintptr(unsafe.Pointer(&cpu)), 0, 0); errno != 0 {
		return fmt.Errorf("the processor that runs this is unknown: %w", errno)
	}
	var one unix.CPUSet
	one.Set(int(cpu))
	// New threads are as those that make them; so all are, once a round finds no other.
	for range rounds {
		moved, err := move(one)
		if err != nil {
			return err
		}
		if !moved {
			break
		}
	}
	runtime.GOMAXPROCS(1)
	return nil
}

// move puts every thread that is elsewhere onto the processors of a set, and says whether
// there was one.
func move(to unix.CPUSet) (moved bool, err error) {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return false, err
	}
	for _, t := range threads {
		id, err := strconv.Atoi(t.Name())
		if err != nil {
			continue
		}
		var is unix.CPUSet
		if unix.SchedGetaffinity(id, &is) != nil || is == to {
			continue // it has ended, or is there
		}
		if err := unix.SchedSetaffinity(id, &to); err != nil && err != unix.ESRCH {
			return moved, fmt.Errorf("thread %d cannot be kept on one processor: %w", id, err)
		}
		moved = true
	}
	return moved, nil
}
