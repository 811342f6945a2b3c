package sip

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"time"
)

var errNotOurs = errors.New("sip: no request of ours goes there")

// nobody is the dialer that sipgo has: when the connection of a stranger's request is
// gone before its answer, it would dial whatever address the request's Via names, so that
// anybody could make the phone knock anywhere. Connections are made by flows alone.
func nobody(net.Addr) net.Dialer {
	return net.Dialer{Control: func(string, string, syscall.RawConn) error { return errNotOurs }}
}

// unacked is how long a connection lives on whose far end acknowledges nothing that was
// written to it: with a keepalive every 25 s it finds out about a dead one within a
// minute, even if the far end answers no keepalive.
const unacked = 20 * time.Second

// tcpUserTimeout is TCP_USER_TIMEOUT of linux/tcp.h, in milliseconds (RFC 5482).
const tcpUserTimeout = 18

// dialTCP is how flows connects; from and dscp are Config.Bind and Config.DSCP.
func dialTCP(ctx context.Context, from netip.Addr, to netip.AddrPort, dscp int) (net.Conn, error) {
	d := net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
		markRaw(c, dscp)
		return c.Control(func(fd uintptr) {
			// Only quicker than without; a kernel that refuses it does no harm.
			_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(unacked.Milliseconds()))
		})
	}}
	if from.IsValid() && !from.IsUnspecified() { // what Via and Contact say of us
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(from.Unmap(), 0))
	}
	return d.DialContext(ctx, "tcp", to.String())
}
