package main

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// systemd is the socket that systemd gives to a service, with what comes there.
func systemd(t *testing.T, watchdog string) (next func(within time.Duration) (string, bool)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	t.Setenv("WATCHDOG_USEC", watchdog)
	return func(within time.Duration) (string, bool) {
		t.Helper()
		text := make([]byte, 100)
		c.SetReadDeadline(time.Now().Add(within))
		n, err := c.Read(text)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return "", false
		}
		if err != nil {
			t.Fatal(err)
		}
		return string(text[:n]), true
	}
}

// pulsing is a desk whose pulse runs until the test ends.
func pulsing(t *testing.T) *desk {
	t.Helper()
	d := &desk{place: place{log: t.Output()}, beat: make(chan struct{})}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.pulse(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-done
	})
	return d
}

// systemd is told that the phone lives each time that its loop has turned, and never else.
func TestPulseIsTheLoops(t *testing.T) {
	next := systemd(t, "20000") // every 10 ms
	d := pulsing(t)
	if got, _ := next(soon); got != "READY=1" {
		t.Fatalf("first %q", got)
	}
	if got, told := next(200 * time.Millisecond); told {
		t.Fatalf("the loop hangs, and systemd is told %q", got)
	}
	for turn := range 3 {
		<-d.beat
		if got, _ := next(soon); got != "WATCHDOG=1" {
			t.Fatalf("turn %d: %q", turn, got)
		}
	}
}

// Without a watchdog nobody asks the loop.
func TestNoWatchdogNoPulse(t *testing.T) {
	next := systemd(t, "")
	pulsing(t)
	if got, _ := next(soon); got != "READY=1" {
		t.Fatalf("first %q", got)
	}
}

// The phone as a whole: its loop turns, so systemd hears of it.
func TestTheStationTakesThePulse(t *testing.T) {
	next := systemd(t, "20000")
	dir := t.TempDir()
	start(t, dir, quiet(dir).file(), outside{})
	for _, want := range []string{"READY=1", "WATCHDOG=1", "WATCHDOG=1"} {
		if got, _ := next(soon); got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	}
}
