package sip

import (
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"
)

// cable is a network in memory, so that synctest's clock can run over it.
type cable struct {
	mu   sync.Mutex
	ends map[netip.AddrPort]*end
	lose func(from, to netip.AddrPort, b []byte) bool // nil: nothing is lost
}

type end struct {
	w      *cable
	addr   netip.AddrPort
	in     chan packet
	closed chan struct{}
	once   sync.Once
	deaf   bool // nothing arrives; guarded by the cable's lock
}

type packet struct {
	from netip.AddrPort
	b    []byte
}

func newCable() *cable { return &cable{ends: map[netip.AddrPort]*end{}} }

func (w *cable) end(addr string) *end {
	w.mu.Lock()
	defer w.mu.Unlock()
	e := &end{w: w, addr: netip.MustParseAddrPort(addr), in: make(chan packet, 1024), closed: make(chan struct{})}
	w.ends[e.addr] = e
	return e
}

func (e *end) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case p := <-e.in:
		return copy(b, p.b), net.UDPAddrFromAddrPort(p.from), nil
	case <-e.closed:
		return 0, nil, net.ErrClosed
	}
}

func (e *end) WriteTo(b []byte, to net.Addr) (int, error) {
	dst := addrPort(to)
	e.w.mu.Lock()
	other, lose := e.w.ends[dst], e.w.lose
	if other != nil && other.deaf {
		other = nil
	}
	e.w.mu.Unlock()
	if other == nil || lose != nil && lose(e.addr, dst, b) {
		return len(b), nil
	}
	select {
	case other.in <- packet{e.addr, append([]byte(nil), b...)}:
	default:
	}
	return len(b), nil
}

func (e *end) Close() error                     { e.once.Do(func() { close(e.closed) }); return nil }
func (e *end) LocalAddr() net.Addr              { return net.UDPAddrFromAddrPort(e.addr) }
func (e *end) SetDeadline(time.Time) error      { return nil }
func (e *end) SetReadDeadline(time.Time) error  { return nil }
func (e *end) SetWriteDeadline(time.Time) error { return nil }

// startOn runs an agent at 10.0.0.1:5060 of the cable.
func startOn(t *testing.T, w *cable, cfg Config) *phone {
	t.Helper()
	cfg.Bind = netip.MustParseAddr("10.0.0.1")
	cfg.Port = 5060
	m := newFakeMedia()
	a, err := newAgent(cfg, m, sockets{packet: w.end("10.0.0.1:5060")})
	if err != nil {
		t.Fatal(err)
	}
	return run(t, a, m)
}
