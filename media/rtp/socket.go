package rtp

import (
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Socket is one UDP socket, read and written without ever waiting, by system calls
// that the scheduler need not know about: they return at once.
//
// The runtime does not watch it, as it does those of package net: each datagram would
// wake a thread, only to find that nobody waits for it. The engine looks when the card
// wakes it, and the kernel has noted when each datagram came.
type Socket struct {
	addr netip.AddrPort
	six  bool // an IPv6 socket: IPv4 destinations are written as mapped ones
	out  outgoing

	mu sync.Mutex // held during a system call: meanwhile fd cannot become another file
	fd int        // -1: closed
}

// Addr is where the socket is bound.
func (s *Socket) Addr() netip.AddrPort { return s.addr }

// Expedited forwarding (RFC 3246), as RFC 4594 §4.1 asks for telephony: a hint that a network
// may ignore.
const Expedited = 46

// openSocket binds a socket whose datagrams are marked with a code point of RFC 2474;
// negative: with none.
func openSocket(at netip.AddrPort, dscp int) (*Socket, error) {
	network := "udp6"
	switch addr := at.Addr(); {
	case !addr.IsValid(): // both families; a kernel without IPv6 has IPv4 alone
		network = "udp"
	case addr.Unmap().Is4(): // "udp" would make 0.0.0.0 an IPv6 socket
		network = "udp4"
	}
	conn, err := net.ListenUDP(network, net.UDPAddrFromAddrPort(at))
	if err != nil {
		return nil, err
	}
	defer conn.Close() // what is kept is a second descriptor of the same socket
	s := &Socket{addr: conn.LocalAddr().(*net.UDPAddr).AddrPort(), fd: -1}
	s.addr = netip.AddrPortFrom(s.addr.Addr().Unmap(), s.addr.Port())
	raw, err := conn.SyscallConn()
	if err == nil {
		var refused error
		err = raw.Control(func(fd uintptr) { s.fd, refused = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 3) })
		if err == nil {
			err = refused
		}
	}
	if err != nil {
		return nil, fmt.Errorf("rtp: %w", err)
	}
	s.adjust(dscp)
	return s, nil
}

// adjust sets options. None of them is vital, so a refusal is not an error.
func (s *Socket) adjust(dscp int) {
	family, _ := unix.GetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	s.six = family == unix.AF_INET6
	_ = unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_RCVBUF, 128<<10)
	_ = unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	if dscp < 0 {
		return
	}
	_ = unix.SetsockoptInt(s.fd, unix.IPPROTO_IP, unix.IP_TOS, dscp<<2) // on an IPv6 socket too: of mapped destinations
	if s.six {
		_ = unix.SetsockoptInt(s.fd, unix.IPPROTO_IPV6, unix.IPV6_TCLASS, dscp<<2)
	}
}

// maxStale bounds what forget reads: more datagrams than the socket's buffer holds.
const maxStale = 1024

// forget drops what has come so far: nobody was to be heard then.
func (s *Socket) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b [1]byte
	for range maxStale { // a call that rings waits for this: Go's scheduler need not hear of it
		_, _, errno := syscall.RawSyscall6(unix.SYS_RECVFROM, uintptr(s.fd), uintptr(unsafe.Pointer(&b)), 1, unix.MSG_DONTWAIT, 0, 0)
		if errno == unix.EAGAIN {
			return
		}
	}
}

// close may be called while another goroutine reads or writes. Later calls do nothing.
func (s *Socket) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fd >= 0 {
		_ = unix.Close(s.fd)
		s.fd = -1
	}
}
