package sip

import (
	"encoding/binary"
	"net"
	"net/netip"
	"os"
	"syscall"
	"unsafe"
)

// swift is a UDP socket whose system calls Go's scheduler is not told of. None of them
// blocks, and one that is told of wakes Go's monitor thread, which then looks every 20 µs
// for a millisecond whether it ends: while a call comes in, on the phone's one processor.
type swift struct {
	*net.UDPConn
	raw syscall.RawConn
	six bool // an IPv6 socket, which has IPv4 as mapped addresses
}

// swiftly is the socket with swift calls, where it is the system's.
func swiftly(c net.PacketConn) net.PacketConn {
	u, ok := c.(*net.UDPConn)
	if !ok {
		return c
	}
	raw, err := u.SyscallConn()
	if err != nil {
		return c
	}
	s := swift{UDPConn: u, raw: raw}
	_ = raw.Control(func(fd uintptr) {
		local, err := syscall.Getsockname(int(fd))
		_, s.six = local.(*syscall.SockaddrInet6)
		ok = err == nil
	})
	if !ok {
		return c
	}
	return s
}

// ReadFrom is as of any net.PacketConn; the address is a *net.UDPAddr.
func (s swift) ReadFrom(b []byte) (int, net.Addr, error) {
	var from syscall.RawSockaddrInet6 // large enough for IPv4 too
	var n uintptr
	var errno syscall.Errno
	err := s.raw.Read(func(fd uintptr) bool {
		for {
			size := uint32(unsafe.Sizeof(from))
			n, _, errno = syscall.RawSyscall6(syscall.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)),
				syscall.MSG_DONTWAIT, uintptr(unsafe.Pointer(&from)), uintptr(unsafe.Pointer(&size)))
			if errno != syscall.EINTR {
				return errno != syscall.EAGAIN
			}
		}
	})
	switch {
	case err != nil:
		return 0, nil, err
	case errno != 0:
		return 0, nil, &net.OpError{Op: "read", Net: "udp", Source: s.LocalAddr(), Err: os.NewSyscallError("recvfrom", errno)}
	}
	return int(n), net.UDPAddrFromAddrPort(source(&from)), nil
}

// source is an address as the kernel wrote it.
func source(from *syscall.RawSockaddrInet6) netip.AddrPort {
	port := binary.BigEndian.Uint16((*[2]byte)(unsafe.Pointer(&from.Port))[:])
	if from.Family == syscall.AF_INET {
		four := (*syscall.RawSockaddrInet4)(unsafe.Pointer(from))
		return netip.AddrPortFrom(netip.AddrFrom4(four.Addr), port)
	}
	addr := netip.AddrFrom16(from.Addr)
	if addr.IsLinkLocalUnicast() && from.Scope_id != 0 {
		if i, err := net.InterfaceByIndex(int(from.Scope_id)); err == nil {
			addr = addr.WithZone(i.Name)
		}
	}
	return netip.AddrPortFrom(addr, port)
}

// WriteTo is as of any net.PacketConn. What is not plain goes the usual way.
func (s swift) WriteTo(b []byte, to net.Addr) (int, error) {
	u, ok := to.(*net.UDPAddr)
	if !ok || u.Zone != "" {
		return s.UDPConn.WriteTo(b, to)
	}
	dest := u.AddrPort()
	addr := dest.Addr().Unmap()
	if !addr.IsValid() || !s.six && !addr.Is4() {
		return s.UDPConn.WriteTo(b, to)
	}
	var sa syscall.RawSockaddrInet6
	size := unsafe.Sizeof(sa)
	if s.six {
		sa.Family, sa.Addr = syscall.AF_INET6, addr.As16()
	} else {
		four := (*syscall.RawSockaddrInet4)(unsafe.Pointer(&sa))
		four.Family, four.Addr = syscall.AF_INET, addr.As4()
		size = unsafe.Sizeof(*four)
	}
	binary.BigEndian.PutUint16((*[2]byte)(unsafe.Pointer(&sa.Port))[:], dest.Port())
	var errno syscall.Errno
	err := s.raw.Write(func(fd uintptr) bool {
		for {
			_, _, errno = syscall.RawSyscall6(syscall.SYS_SENDTO, fd, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)),
				syscall.MSG_DONTWAIT|syscall.MSG_NOSIGNAL, uintptr(unsafe.Pointer(&sa)), size)
			if errno != syscall.EINTR {
				return errno != syscall.EAGAIN
			}
		}
	})
	switch {
	case err != nil:
		return 0, err
	case errno != 0:
		return 0, &net.OpError{Op: "write", Net: "udp", Source: s.LocalAddr(), Addr: to, Err: os.NewSyscallError("sendto", errno)}
	}
	return len(b), nil
}
