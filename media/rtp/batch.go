package rtp

import (
	"encoding/binary"
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Sizes of a Batch.
const (
	MaxDatagram = 2048 // longer ones are cut, and then dropped: no audio packet is that long
	batchLen    = 16
	controlLen  = 64
)

// A Batch is room for the datagrams of one system call. It belongs to one goroutine
// and may serve many sockets, one after the other. Its contents are valid until the
// next Read.
type Batch struct {
	n int

	msgs    [batchLen]message
	iov     [batchLen]unix.Iovec
	from    [batchLen]unix.RawSockaddrInet6 // large enough for IPv4 too
	control [batchLen][controlLen]byte
	data    [batchLen][MaxDatagram]byte
}

// message is struct mmsghdr of recvmmsg(2).
type message struct {
	hdr unix.Msghdr
	len uint32
}

// NewBatch makes room.
func NewBatch() *Batch {
	b := &Batch{}
	for i := range b.msgs {
		b.iov[i].Base = &b.data[i][0]
		b.iov[i].SetLen(MaxDatagram)
		h := &b.msgs[i].hdr
		h.Name = (*byte)(unsafe.Pointer(&b.from[i]))
		h.Iov = &b.iov[i]
		h.SetIovlen(1)
		h.Control = &b.control[i][0]
	}
	return b
}

// Read takes what waits in the socket, at most one batch, and returns how many
// datagrams there are. It never blocks; 0 when nothing waits or the socket is closed.
// Full says whether more may wait.
func (b *Batch) Read(s *Socket) int {
	for i := range b.msgs {
		h := &b.msgs[i].hdr
		h.Namelen = uint32(unsafe.Sizeof(b.from[i]))
		h.SetControllen(controlLen)
		h.Flags = 0
	}
	b.n = 0
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fd < 0 {
		return 0
	}
	n, _, errno := syscall.RawSyscall6(unix.SYS_RECVMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&b.msgs[0])), batchLen, unix.MSG_DONTWAIT, 0, 0)
	if errno == 0 {
		b.n = int(n)
	}
	return b.n
}

// Full reports whether the last Read filled the batch.
func (b *Batch) Full() bool { return b.n == batchLen }

// Datagram returns the i-th datagram and where it came from; ok is false when it was
// too long and is cut.
func (b *Batch) Datagram(i int) (data []byte, from netip.AddrPort, ok bool) {
	m := &b.msgs[i]
	if m.hdr.Flags&unix.MSG_TRUNC != 0 || m.len > MaxDatagram {
		return nil, netip.AddrPort{}, false
	}
	data = b.data[i][:m.len:m.len]
	sa := &b.from[i]
	port := binary.BigEndian.Uint16((*[2]byte)(unsafe.Pointer(&sa.Port))[:])
	switch {
	case sa.Family == unix.AF_INET && m.hdr.Namelen >= unix.SizeofSockaddrInet4:
		four := (*unix.RawSockaddrInet4)(unsafe.Pointer(sa))
		return data, netip.AddrPortFrom(netip.AddrFrom4(four.Addr), port), true
	case sa.Family == unix.AF_INET6 && m.hdr.Namelen >= unix.SizeofSockaddrInet6:
		return data, netip.AddrPortFrom(netip.AddrFrom16(sa.Addr).Unmap(), port), true
	}
	return nil, netip.AddrPort{}, false
}

// Stamp is when the kernel took the i-th datagram in, on the wall clock; the zero
// Time when it does not say.
func (b *Batch) Stamp(i int) (sec, nsec int64, ok bool) {
	m := &b.msgs[i]
	const head = unix.SizeofCmsghdr
	if uint64(m.hdr.Controllen) < head+16 {
		return 0, 0, false
	}
	c := (*unix.Cmsghdr)(unsafe.Pointer(&b.control[i][0]))
	if c.Level != unix.SOL_SOCKET || c.Type != unix.SCM_TIMESTAMPNS {
		return 0, 0, false
	}
	ts := (*unix.Timespec)(unsafe.Pointer(&b.control[i][head]))
	return int64(ts.Sec), int64(ts.Nsec), true
}
