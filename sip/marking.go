package sip

import "syscall"

// mark gives what leaves a socket a code point (RFC 2474), of IPv4 and of IPv6; a hint that
// a network may ignore, and a system refuse. 0: none.
func mark(socket any, dscp int) {
	s, ok := socket.(syscall.Conn)
	if !ok || dscp <= 0 {
		return
	}
	if raw, err := s.SyscallConn(); err == nil {
		markRaw(raw, dscp)
	}
}

// markRaw is mark before the socket is connected, so that the first packet is marked too.
func markRaw(raw syscall.RawConn, dscp int) {
	if dscp <= 0 {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IP, syscall.IP_TOS, dscp<<2) // on an IPv6 socket: of mapped destinations
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IPV6, syscall.IPV6_TCLASS, dscp<<2)
	})
}
