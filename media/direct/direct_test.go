package direct_test

import (
	"io"
	"runtime"
	"runtime/pprof"
	"sync"
	"testing"
	"unsafe"

	"github.com/offhook/offhook/media/direct"
	"github.com/offhook/offhook/media/direct/directtest"
)

func stack(t testing.TB) *direct.Stack {
	t.Helper()
	s, err := direct.NewStack()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func run(s *direct.Stack, fn unsafe.Pointer, n int64) int64 {
	j := directtest.Job{N: n}
	s.Call(fn, unsafe.Pointer(&j))
	return j.Result
}

func TestCall(t *testing.T) {
	s := stack(t)
	for n := int64(-2); n < 3; n++ {
		if got := run(s, directtest.Twice, n); got != 2*n {
			t.Errorf("twice %d is %d", n, got)
		}
	}
	if n := testing.AllocsPerRun(100, func() { run(s, directtest.Twice, 1) }); n > 1 { // the job
		t.Errorf("%v allocations", n)
	}
}

// libopus needs a tenth of it.
func TestThereIsRoom(t *testing.T) {
	if got := run(stack(t), directtest.Deep, 400); got != 400 {
		t.Errorf("%d, want 400", got)
	}
}

// The runtime goes on around it: the collector stops the goroutines that call, its signals
// and the profiler's come while C is at work, and goroutines' stacks grow before and after.
func TestTheRuntimeGoesOn(t *testing.T) {
	if err := pprof.StartCPUProfile(io.Discard); err != nil {
		t.Fatal(err)
	}
	defer pprof.StopCPUProfile()
	var callers sync.WaitGroup
	for i := range 4 {
		callers.Go(func() {
			s := stack(t)
			for n := range 100 {
				if run(s, directtest.Work, 100) != 1 || run(s, directtest.Twice, int64(n)) != int64(2*n) {
					t.Error("wrong result")
				}
				if got := grown(i + n%20); got != i+n%20 {
					t.Errorf("a stack that grew has %d", got)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { callers.Wait(); close(done) }()
	for {
		runtime.GC()
		select {
		case <-done:
			return
		default:
		}
	}
}

// grown needs n KB of the goroutine's stack and returns n.
func grown(n int) int {
	var frame [1024]byte
	frame[n%1024] = 1
	if n == 0 {
		return 0
	}
	return grown(n-1) + int(frame[n%1024])
}

func BenchmarkCall(b *testing.B) {
	s, j := stack(b), directtest.Job{N: 1}
	for b.Loop() {
		s.Call(directtest.Twice, unsafe.Pointer(&j))
	}
}
