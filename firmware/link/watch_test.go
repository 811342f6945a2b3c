package link

import (
	"context"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
)

func TestStateTellsChangesOnce(t *testing.T) {
	s := newState()
	home := netip.MustParsePrefix("192.168.1.57/24")
	steps := []struct {
		events []Event
		want   string
	}{
		{s.link(2, "eth0", false), ""},
		{s.link(2, "eth0", true), "eth0 up"},
		{s.link(2, "eth0", true), ""},
		{s.addr(2, home, true), "eth0 has 192.168.1.57/24"},
		{s.addr(2, home, true), ""},
		{s.addr(2, home, false), "eth0 lost 192.168.1.57/24"},
		{s.addr(2, home, false), ""},
		{s.link(2, "eth0", false), "eth0 down"},
		{s.addr(1<<30, home, true), "link 1073741824 has 192.168.1.57/24"},
	}
	for i, st := range steps {
		got := ""
		if len(st.events) > 0 {
			got = st.events[0].String()
		}
		if got != st.want || len(st.events) > 1 {
			t.Errorf("step %d: %v, want %q", i, st.events, st.want)
		}
	}
}

func TestPrefix(t *testing.T) {
	for want, n := range map[string]net.IPNet{
		"10.1.2.3/8":  {IP: net.IPv4(10, 1, 2, 3), Mask: net.CIDRMask(8, 32)},
		"10.1.2.3/16": {IP: net.IPv4(10, 1, 2, 3).To4(), Mask: net.CIDRMask(112, 128)},
		"fe80::1/64":  {IP: net.ParseIP("fe80::1"), Mask: net.CIDRMask(64, 128)},
	} {
		if p, ok := prefix(n); !ok || p.String() != want {
			t.Errorf("%v: %v, %v", n, p, ok)
		}
	}
	if _, ok := prefix(net.IPNet{}); ok {
		t.Error("an empty address is one")
	}
}

// next is the next event of the kinds wanted.
func next(t *testing.T, events <-chan Event) Event {
	t.Helper()
	select {
	case e, ok := <-events:
		if !ok {
			t.Fatal("the watch ended")
		}
		return e
	case <-time.After(5 * time.Second):
		t.Fatal("nothing happened")
	}
	return Event{}
}

func TestWatchBeginsWithThePresentAndEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	events, err := Watch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want := []Event{{Link: "lo", Kind: LinkUp}, {"lo", AddressAdded, netip.MustParsePrefix("127.0.0.1/8")}}
	for len(want) > 0 {
		e := next(t, events)
		want = slices.DeleteFunc(want, func(w Event) bool { return w == e })
	}
	cancel()
	for range events { // until it is closed
	}
}

// In a network namespace of its own, so that the host's network is left alone.
func TestWatchSeesALinkComeAndGo(t *testing.T) {
	runtime.LockOSThread() // never unlocked: the thread ends with its namespace
	if err := syscall.Unshare(syscall.CLONE_NEWNET); err != nil {
		t.Skip("a network namespace needs root:", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	events, err := Watch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		t.Fatal(err)
	}
	for got := map[string]bool{}; !got["lo up"] || !got["lo has 127.0.0.1/8"]; { // in either order
		got[next(t, events).String()] = true
	}
	if err := netlink.LinkSetDown(lo); err != nil {
		t.Fatal(err)
	}
	for next(t, events) != (Event{Link: "lo", Kind: LinkDown}) {
	}
	cancel()
	for range events {
	}
}

// Nobody needs to be root to see the network: the phone is not, on its card.
func TestWatchWithoutPrivileges(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	type watch struct {
		events <-chan Event
		err    error
	}
	begun := make(chan watch, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with this goroutine
		const nobody = 65534
		if _, _, errno := syscall.RawSyscall(syscall.SYS_SETRESUID, nobody, nobody, nobody); errno != 0 && syscall.Getuid() == 0 {
			begun <- watch{err: errno}
			return
		}
		events, err := Watch(ctx)
		begun <- watch{events, err}
	}()
	w := <-begun
	if w.err != nil {
		t.Fatal(w.err)
	}
	next(t, w.events)
	stop()
	for range w.events {
	}
}
