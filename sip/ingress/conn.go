package ingress

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// PacketConn gives only messages that passed Filter and Inspect; those beyond repair are
// answered on c itself. What it drops never reaches sipgo's pool of sources.
//
// That pool never forgets a source, so no more than Limits.Peers are ever let in: 16384
// cost about 4 MB and no honest phone meets so many; for addresses that are trusted there
// are four times as many places. The reads must come from one goroutine at a time.
func (g *Gate) PacketConn(c net.PacketConn) net.PacketConn {
	return &packetConn{c, g, make(map[netip.AddrPort]struct{})}
}

type packetConn struct {
	net.PacketConn
	gate  *Gate
	peers map[netip.AddrPort]struct{}
}

// admits reports whether a source may add itself to sipgo's pool, or is there already.
func (c *packetConn) admits(from netip.AddrPort) bool {
	if _, known := c.peers[from]; known {
		return true
	}
	if n := len(c.peers); n >= c.gate.limits.Peers && (n >= 4*c.gate.limits.Peers || !c.gate.Trusts(from.Addr())) {
		c.gate.TurnAway(NewSource, from)
		return false
	}
	c.peers[from] = struct{}{}
	return true
}

func (c *packetConn) ReadFrom(b []byte) (int, net.Addr, error) {
	for failed := 0; ; {
		n, addr, err := c.PacketConn.ReadFrom(b)
		if err != nil {
			if failed++; failed > maxFailures || !passing(err) {
				return n, addr, err // sipgo then gives the socket up
			}
			time.Sleep(failurePause)
			continue
		}
		failed = 0
		from := addrPort(addr)
		if c.gate.Filter(c.gate.now(), from, b[:n]) != Pass {
			continue
		}
		m, bad := scan(b[:n])
		f := m.inspect(bad, false)
		if f.OK() {
			if !c.admits(from) {
				continue
			}
			return m.tidy(b, n), addr, nil
		}
		c.gate.TurnAway(Malformed, from)
		if answer := Refusal(b[:n], f, from); answer != nil && c.gate.answers(from.Addr()) {
			c.PacketConn.WriteTo(answer, addr) // as lost as any other datagram if it fails
		}
	}
}

// A kernel that is short of something for a moment must not cost the socket.
const (
	maxFailures  = 100 // in a row
	failurePause = 20 * time.Millisecond
)

// passing reports whether an error of a socket may go away by itself.
func passing(err error) bool {
	for _, e := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM,
		syscall.ECONNABORTED, syscall.ECONNREFUSED, syscall.EINTR} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// addrPort is the zero AddrPort for what is not IP.
func addrPort(a net.Addr) netip.AddrPort {
	var p netip.AddrPort
	switch a := a.(type) {
	case *net.UDPAddr:
		p = a.AddrPort()
	case *net.TCPAddr:
		p = a.AddrPort()
	case nil:
	default:
		p, _ = netip.ParseAddrPort(a.String())
	}
	return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
}
