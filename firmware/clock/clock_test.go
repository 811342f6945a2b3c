package clock

import (
	"context"
	"errors"
	"os"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The kernel takes the timer, and the watch ends with its context. Nobody sets this computer's
// clock: what is told when it is set, TestWatchTellsEachTime shows with the kernel's answer.
func TestWatchEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Watch(ctx, func() {}) }()
	select {
	case err := <-done:
		t.Fatalf("it ended by itself: %v", err)
	default:
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestWatchTellsEachTime(t *testing.T) {
	cancelled := &os.PathError{Op: "read", Path: "timerfd", Err: unix.ECANCELED}
	bad := errors.New("bad")
	answers := []error{cancelled, nil, cancelled, bad}
	read := func([]byte) (int, error) {
		err := answers[0]
		answers = answers[1:]
		return 8, err
	}
	told := 0
	if err := watch(t.Context(), read, func() { told++ }); !errors.Is(err, bad) || told != 2 {
		t.Errorf("told %d times, %v", told, err)
	}
}
