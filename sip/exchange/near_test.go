package exchange

import (
	"net/netip"
	"testing"
	"time"
)

// The kernel is asked once in nearFor about each far end, again when its answer has grown
// old or was none, and never about more far ends than are remembered.
func TestNearby(t *testing.T) {
	asked := 0
	ours, reachable := netip.MustParseAddr("192.0.2.1"), true
	n := nearby{route: func(netip.AddrPort) (netip.Addr, bool) { asked++; return ours, reachable }}
	now := time.Unix(0, 0)
	far := func(i int) netip.AddrPort {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 5060)
	}
	look := func(i int) string {
		a, ok := n.of(now, far(i))
		if !ok {
			return "none"
		}
		return a.String()
	}
	for range 100 {
		if got := look(1); got != "192.0.2.1" {
			t.Fatal(got)
		}
	}
	if asked != 1 {
		t.Errorf("the kernel was asked %d times", asked)
	}
	ours = netip.MustParseAddr("192.0.2.77") // another network
	now = now.Add(nearFor)
	if got := look(1); got != "192.0.2.77" || asked != 2 {
		t.Errorf("after the change: %s, asked %d times", got, asked)
	}
	now = now.Add(nearFor)
	reachable = false
	for range 3 {
		if got := look(1); got != "none" {
			t.Error(got)
		}
	}
	reachable = true
	if got := look(1); got != "192.0.2.77" || asked != 6 {
		t.Errorf("reachable again: %s, asked %d times", got, asked)
	}
	for i := range 5 * maxNear {
		look(i)
		if len(n.known) > maxNear {
			t.Fatalf("%d far ends are remembered", len(n.known))
		}
	}
}

// Bound to every address, a message has the one in it that leads to its far end.
func TestNearOfTheUnspecified(t *testing.T) {
	x := &Exchange{addr: netip.MustParseAddrPort("0.0.0.0:5070"), nearby: nearby{route: route}}
	for range 3 {
		if got := x.near(flow{"UDP", netip.MustParseAddrPort("127.0.0.1:5060")}); got.Addr().String() != "127.0.0.1" || got.Port() != x.addr.Port() {
			t.Errorf("%v", got)
		}
	}
	if got := len(x.nearby.known); got != 1 {
		t.Errorf("%d far ends are remembered", got)
	}
}
