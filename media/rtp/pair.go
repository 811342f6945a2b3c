// Package rtp owns what one leg says to the network: its pair of UDP sockets, the RTP
// headers that it sends, which packets it believes, and its RTCP reports. Sockets apart,
// it is pure: time is an argument. It refuses to know codecs, playout and calls.
package rtp

import (
	"fmt"
	"net"
	"net/netip"
	"sync"

	"golang.org/x/sys/unix"
)

// A Pair is the two sockets of a leg: RTP on an even port, RTCP on the next (RFC 3550
// §11). Its sockets may be read and written by one goroutine while another closes it.
type Pair struct {
	RTP, RTCP *Socket

	once sync.Once
	back func()
}

// Addr is the address of RTP; RTCP's is the next port.
func (p *Pair) Addr() netip.AddrPort { return p.RTP.addr }

// Addr is where the socket is bound.
func (s *Socket) Addr() netip.AddrPort { return s.addr }

// Close closes both sockets and gives the ports back. Later calls do nothing.
func (p *Pair) Close() {
	p.once.Do(func() {
		p.RTP.conn.Close()
		p.RTCP.conn.Close()
		p.back()
	})
}

// openPair binds both sockets.
func openPair(bind netip.Addr, port uint16, back func()) (*Pair, error) {
	a, err := openSocket(netip.AddrPortFrom(bind, port))
	if err != nil {
		return nil, err
	}
	b, err := openSocket(netip.AddrPortFrom(bind, port+1))
	if err != nil {
		a.conn.Close()
		return nil, err
	}
	return &Pair{RTP: a, RTCP: b, back: back}, nil
}

// A Socket is one UDP socket, read and written without ever waiting, by system calls
// that the scheduler need not know about: they return at once.
type Socket struct {
	conn *net.UDPConn
	raw  rawConn
	addr netip.AddrPort
	six  bool // an IPv6 socket: IPv4 destinations are written as mapped ones

	read  func(fd uintptr) bool // made once: a closure per call would be garbage
	write func(fd uintptr) bool
	batch *Batch
	out   outgoing
}

type rawConn interface {
	Read(func(fd uintptr) bool) error
	Write(func(fd uintptr) bool) error
}

// expedited forwarding (RFC 3246), as RFC 4594 §4.1 asks for telephony: a hint that a network
// may ignore.
const expedited = 46 << 2

func openSocket(at netip.AddrPort) (*Socket, error) {
	network := "udp6"
	if at.Addr().Unmap().Is4() { // "udp" would make 0.0.0.0 an IPv6 socket
		network = "udp4"
	}
	conn, err := net.ListenUDP(network, net.UDPAddrFromAddrPort(at))
	if err != nil {
		return nil, err
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("rtp: %w", err)
	}
	s := &Socket{conn: conn, raw: raw, addr: conn.LocalAddr().(*net.UDPAddr).AddrPort()}
	s.addr = netip.AddrPortFrom(s.addr.Addr().Unmap(), s.addr.Port())
	s.read, s.write = s.receive, s.transmit
	err = raw.Control(func(fd uintptr) {
		family, _ := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_DOMAIN)
		s.six = family == unix.AF_INET6
		// None of these is vital, so a refusal is not an error.
		unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, 128<<10)
		unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
		unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_TOS, expedited)
		if s.six {
			unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_TCLASS, expedited)
		}
	})
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("rtp: %w", err)
	}
	return s, nil
}
