package sip

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
)

// sockets are the two listeners of an agent, on the same port number.
type sockets struct {
	packet net.PacketConn
	stream net.Listener // nil: no TCP
}

func (s sockets) close() {
	_ = s.packet.Close()
	if s.stream != nil {
		_ = s.stream.Close()
	}
}

// bind opens UDP and TCP on one port; port 0: any that is free for both.
func bind(addr netip.Addr, port int) (sockets, error) {
	host := ""
	if addr.IsValid() {
		host = addr.String()
	}
	var last error
	for range 32 {
		packet, err := net.ListenPacket("udp", net.JoinHostPort(host, fmt.Sprint(port)))
		if err != nil {
			return sockets{}, bindError(addr, port, err)
		}
		number := packet.LocalAddr().(*net.UDPAddr).Port
		stream, err := net.Listen("tcp", net.JoinHostPort(host, fmt.Sprint(number)))
		if err == nil {
			return sockets{packet, stream}, nil
		}
		_ = packet.Close()
		if last = err; port != 0 {
			break
		}
	}
	return sockets{}, bindError(addr, port, last)
}

// bindError says in plain words what a person can mend.
func bindError(addr netip.Addr, port int, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("sip: port %d is in use by another program: %w", port, err)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("sip: this machine does not have the address %v: %w", addr, err)
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("sip: no permission for port %d; ports under 1024 need root: %w", port, err)
	}
	return fmt.Errorf("sip: cannot listen on port %d: %w", port, err)
}

// maxSources is how many source addresses sipgo may remember before its listener is
// begun anew; it forgets none by itself.
const maxSources = 1024

// guarded is the packet socket as sipgo sees it: what the gate lets through. It ends
// sipgo's read loop, without closing the socket, whenever too many sources were seen;
// serve starts it again, and sipgo has forgotten them all.
type guarded struct {
	net.PacketConn

	renew sync.RWMutex // held for writing while sipgo has no listener
	seen  map[netip.AddrPort]struct{}
	ended bool
}

// guard wraps a socket; until sipgo listens on it, nothing is sent.
func guard(c net.PacketConn) *guarded {
	g := &guarded{PacketConn: c, ended: true}
	g.renew.Lock()
	return g
}

func (g *guarded) ReadFrom(b []byte) (int, net.Addr, error) {
	if g.ended {
		g.ended = false
		g.renew.Unlock()
	}
	for {
		n, from, err := g.PacketConn.ReadFrom(b)
		if err != nil {
			if transient(err) {
				continue
			}
			return n, from, err
		}
		source := addrPort(from)
		if _, known := g.seen[source]; !known {
			if len(g.seen) >= maxSources {
				g.seen = map[netip.AddrPort]struct{}{}
				g.ended = true
				g.renew.Lock()
				return 0, nil, net.ErrClosed // the datagram is lost; its sender repeats it
			}
			g.seen[source] = struct{}{}
		}
		return n, from, nil
	}
}

// serve runs sipgo's listener until the socket is closed.
func (g *guarded) serve(listen func(net.PacketConn) error) error {
	g.seen = map[netip.AddrPort]struct{}{}
	for {
		err := listen(g)
		if err != nil || !g.ended {
			return err
		}
	}
}

// transient reports whether a read error says nothing about the socket: an ICMP error of
// an earlier datagram.
func transient(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.EHOSTUNREACH) ||
		errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EMSGSIZE)
}

func addrPort(a net.Addr) netip.AddrPort {
	var ap netip.AddrPort
	switch a := a.(type) {
	case *net.UDPAddr:
		ap = a.AddrPort()
	case *net.TCPAddr:
		ap = a.AddrPort()
	default:
		ap, _ = netip.ParseAddrPort(a.String())
	}
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

// sourceFor is the address that this machine sends from towards to: the one it is bound
// to, or what the routing table says. It sends nothing.
func sourceFor(bound netip.Addr, to netip.AddrPort) (netip.Addr, error) {
	if bound.IsValid() && !bound.IsUnspecified() {
		if bound = bound.Unmap(); bound.Is4() != to.Addr().Unmap().Is4() {
			return netip.Addr{}, fmt.Errorf("no way to %v from %v: %w", to.Addr(), bound, syscall.EAFNOSUPPORT)
		}
		return bound, nil
	}
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to))
	if err != nil {
		return netip.Addr{}, fmt.Errorf("no way to %v: %w", to.Addr(), err)
	}
	defer c.Close()
	return addrPort(c.LocalAddr()).Addr(), nil
}
