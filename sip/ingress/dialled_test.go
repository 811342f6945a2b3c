package ingress

import (
	"net"
	"net/netip"
	"testing"
)

// arriving is a listener that gives these connections.
type arriving []net.Conn

func (a *arriving) Accept() (net.Conn, error) {
	if len(*a) == 0 {
		return nil, net.ErrClosed
	}
	c := (*a)[0]
	*a = (*a)[1:]
	return c, nil
}
func (a *arriving) Close() error   { return nil }
func (a *arriving) Addr() net.Addr { return &net.TCPAddr{} }

type from struct {
	net.Conn
	at   netip.AddrPort
	mine bool
}

func (f from) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(f.at) }
func (f from) Dialled() bool        { return f.mine }

// Strangers who hold every place keep nobody from connections that we make ourselves, and
// those take no place.
func TestOurOwnConnectionsAreNotCounted(t *testing.T) {
	g := NewGate(Limits{Conns: 4, ConnsPerSource: 4})
	var coming arriving
	come := func(at string, mine bool) {
		ours, theirs := net.Pipe()
		t.Cleanup(func() { _ = ours.Close(); _ = theirs.Close() })
		coming = append(coming, from{ours, netip.MustParseAddrPort(at), mine})
	}
	for range 6 {
		come("192.0.2.66:1", false)
	}
	for range 6 {
		come("192.0.2.1:5061", true)
	}
	l := g.Listener(&coming)
	accepted := map[string][]net.Conn{}
	for {
		c, err := l.Accept()
		if err != nil {
			break
		}
		accepted[c.RemoteAddr().String()] = append(accepted[c.RemoteAddr().String()], c)
	}
	strangers, mine := accepted["192.0.2.66:1"], accepted["192.0.2.1:5061"]
	if len(strangers) != 4 || len(mine) != 6 || g.open != 4 {
		t.Errorf("%d of strangers, %d of ours, %d counted", len(strangers), len(mine), g.open)
	}
	for _, c := range mine {
		_ = c.Close()
		_ = c.Close()
	}
	if g.open != 4 {
		t.Errorf("closing ours made room for %d strangers", 4-g.open)
	}
	for _, c := range strangers {
		_ = c.Close()
	}
	if g.open != 0 || len(g.conns) != 0 {
		t.Errorf("left over: %d %v", g.open, g.conns)
	}
}
