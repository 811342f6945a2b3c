package trace

import (
	"net"
	"net/netip"
)

// PacketConn records what passes through c, both ways. Put it next to the socket: what
// stands between it and sipgo (a rate limit, say) then shows in the trace too.
func (r *Ring) PacketConn(c net.PacketConn) net.PacketConn {
	if r == nil {
		return c
	}
	return &packetConn{c, r}
}

type packetConn struct {
	net.PacketConn
	ring *Ring
}

func (c *packetConn) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := c.PacketConn.ReadFrom(b)
	if err == nil {
		c.ring.Record(Message{Transport: "UDP", Local: addrPort(c.LocalAddr()), Peer: addrPort(from)}, b[:n])
	}
	return n, from, err
}

// WriteTo records first: the answer may be here before it returns.
func (c *packetConn) WriteTo(b []byte, to net.Addr) (int, error) {
	number := c.ring.record(Message{Out: true, Transport: "UDP", Local: addrPort(c.LocalAddr()), Peer: addrPort(to)}, b)
	n, err := c.PacketConn.WriteTo(b, to)
	if err != nil {
		c.ring.unsent(number)
	}
	return n, err
}

// Listener records what passes through the connections that l accepts, as of transport:
// "TCP" or "TLS".
func (r *Ring) Listener(l net.Listener, transport string) net.Listener {
	if r == nil {
		return l
	}
	return &listener{l, r, transport}
}

type listener struct {
	net.Listener
	ring      *Ring
	transport string
}

func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return l.ring.Conn(c, l.transport), nil
}

// Conn records what passes through c. A message is taken to come in one read, as it does
// above ingress.Listener; of a message in several pieces the first is recorded.
func (r *Ring) Conn(c net.Conn, transport string) net.Conn {
	if r == nil {
		return c
	}
	return &conn{c, r, transport}
}

type conn struct {
	net.Conn
	ring      *Ring
	transport string
}

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.ring.Record(c.message(false), b[:n])
	}
	return n, err
}

// Write records first: the answer may be here before it returns.
func (c *conn) Write(b []byte) (int, error) {
	number := c.ring.record(c.message(true), b)
	n, err := c.Conn.Write(b)
	if err != nil {
		c.ring.unsent(number)
	}
	return n, err
}

func (c *conn) message(out bool) Message {
	return Message{Out: out, Transport: c.transport, Local: addrPort(c.LocalAddr()), Peer: addrPort(c.RemoteAddr())}
}

// addrPort is the zero AddrPort for what is not IP.
func addrPort(a net.Addr) netip.AddrPort {
	switch a := a.(type) {
	case *net.UDPAddr:
		return unmap(a.AddrPort())
	case *net.TCPAddr:
		return unmap(a.AddrPort())
	case nil:
		return netip.AddrPort{}
	}
	p, _ := netip.ParseAddrPort(a.String())
	return unmap(p)
}

func unmap(p netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
}
