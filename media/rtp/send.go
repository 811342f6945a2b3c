package rtp

import (
	"encoding/binary"
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// outgoing is the destination, as the kernel wants it.
type outgoing struct {
	addr unix.RawSockaddrInet6 // large enough for IPv4 too
	len  uintptr
	to   netip.AddrPort // that addr holds
}

// Send sends one datagram and never blocks. False: it was not sent, because the
// network would not take it now or the socket is closed. One goroutine at a time.
func (s *Socket) Send(data []byte, to netip.AddrPort) bool {
	if !to.IsValid() || to.Port() == 0 {
		return false
	}
	if to != s.out.to && !s.aim(to) {
		return false
	}
	p := unsafe.Pointer(&s.out.addr) // for no data any valid address: nothing is read from it
	if len(data) > 0 {
		p = unsafe.Pointer(&data[0])
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fd < 0 {
		return false
	}
	_, _, errno := syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(s.fd), uintptr(p), uintptr(len(data)),
		unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, uintptr(unsafe.Pointer(&s.out.addr)), s.out.len)
	return errno == 0
}

// aim writes the destination as the kernel wants it. False: an IPv6 destination from
// an IPv4 socket.
func (s *Socket) aim(to netip.AddrPort) bool {
	s.out.to = netip.AddrPort{}
	addr := to.Addr()
	if s.six {
		s.out.addr = unix.RawSockaddrInet6{Family: unix.AF_INET6, Addr: addr.As16()}
		s.out.len = unix.SizeofSockaddrInet6
		binary.BigEndian.PutUint16((*[2]byte)(unsafe.Pointer(&s.out.addr.Port))[:], to.Port())
	} else {
		addr = addr.Unmap()
		if !addr.Is4() {
			return false
		}
		s.out.addr = unix.RawSockaddrInet6{}
		four := (*unix.RawSockaddrInet4)(unsafe.Pointer(&s.out.addr))
		four.Family, four.Addr = unix.AF_INET, addr.As4()
		binary.BigEndian.PutUint16((*[2]byte)(unsafe.Pointer(&four.Port))[:], to.Port())
		s.out.len = unix.SizeofSockaddrInet4
	}
	s.out.to = to
	return true
}
