package exchange

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// nearby remembers which of our own addresses leads to whom, where we are bound to all of
// them: the kernel is asked once in a while, not twice for each message. An address that
// has changed is noticed when what is remembered has grown old.
type nearby struct {
	route func(to netip.AddrPort) (netip.Addr, bool)

	mu    sync.Mutex
	known map[netip.Addr]nearest // of the far end
}

type nearest struct {
	ours netip.Addr
	at   time.Time
}

// Our own choices.
const (
	nearFor = 2 * time.Second
	maxNear = 1024 // far ends, about 100 kB
)

// of is our address as to sees it; false: there is no way there.
func (n *nearby) of(now time.Time, to netip.AddrPort) (netip.Addr, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if k, ok := n.known[to.Addr()]; ok && now.Sub(k.at) < nearFor {
		return k.ours, true
	}
	ours, ok := n.route(to)
	if !ok {
		delete(n.known, to.Addr())
		return netip.Addr{}, false
	}
	if len(n.known) >= maxNear {
		for a, k := range n.known {
			if now.Sub(k.at) >= nearFor {
				delete(n.known, a)
			}
		}
		if len(n.known) >= maxNear {
			clear(n.known)
		}
	}
	if n.known == nil {
		n.known = map[netip.Addr]nearest{}
	}
	n.known[to.Addr()] = nearest{ours, now}
	return ours, true
}

// route asks the kernel. Nothing is sent.
func route(to netip.AddrPort) (netip.Addr, bool) {
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to))
	if err != nil {
		return netip.Addr{}, false
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap(), true
}

// near is our own address as a flow's far end sees it.
func (x *Exchange) near(f flow) netip.AddrPort {
	if !x.addr.Addr().IsUnspecified() {
		return x.addr
	}
	if ours, ok := x.nearby.of(time.Now(), f.addr); ok {
		return netip.AddrPortFrom(ours, x.addr.Port())
	}
	return x.addr
}
