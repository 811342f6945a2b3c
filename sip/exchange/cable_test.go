package exchange

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/offhook/offhook/sip/digest"
)

// cable is UDP in memory, so that synctest's clock can run over it.
type cable struct {
	mu   sync.Mutex
	ends map[netip.AddrPort]*end
}

type packet struct {
	from netip.AddrPort
	b    []byte
}

// end is a socket of the cable. to is whom it is connected to; invalid: nobody.
type end struct {
	w        *cable
	addr, to netip.AddrPort
	in       chan packet
	closed   chan struct{}
	once     sync.Once
	deadline time.Time // of reading; one goroutine reads
}

func (w *cable) end(addr, to netip.AddrPort) *end {
	w.mu.Lock()
	defer w.mu.Unlock()
	e := &end{w: w, addr: addr, to: to, in: make(chan packet, 256), closed: make(chan struct{})}
	w.ends[addr] = e
	return e
}

func (e *end) ReadFrom(b []byte) (int, net.Addr, error) {
	var late <-chan time.Time
	if !e.deadline.IsZero() {
		t := time.NewTimer(time.Until(e.deadline))
		defer t.Stop()
		late = t.C
	}
	select {
	case p := <-e.in:
		return copy(b, p.b), net.UDPAddrFromAddrPort(p.from), nil
	case <-late:
		return 0, nil, os.ErrDeadlineExceeded
	case <-e.closed:
		return 0, nil, net.ErrClosed
	}
}

func (e *end) WriteTo(b []byte, to net.Addr) (int, error) {
	dst := to.(*net.UDPAddr).AddrPort()
	e.w.mu.Lock()
	other := e.w.ends[netip.AddrPortFrom(dst.Addr().Unmap(), dst.Port())]
	e.w.mu.Unlock()
	if other != nil {
		other.in <- packet{e.addr, append([]byte(nil), b...)}
	}
	return len(b), nil
}

func (e *end) Read(b []byte) (int, error) {
	n, _, err := e.ReadFrom(b)
	return n, err
}
func (e *end) Write(b []byte) (int, error)   { return e.WriteTo(b, e.RemoteAddr()) }
func (e *end) Close() error                  { e.once.Do(func() { close(e.closed) }); return nil }
func (e *end) LocalAddr() net.Addr           { return net.UDPAddrFromAddrPort(e.addr) }
func (e *end) RemoteAddr() net.Addr          { return net.UDPAddrFromAddrPort(e.to) }
func (e *end) SetDeadline(t time.Time) error { return e.SetReadDeadline(t) }
func (e *end) SetReadDeadline(t time.Time) error {
	e.deadline = t
	return nil
}
func (e *end) SetWriteDeadline(time.Time) error { return nil }

// silentListener is one that nobody connects to.
type silentListener struct {
	net.Listener
	closed chan struct{}
	once   sync.Once
}

func (l *silentListener) Accept() (net.Conn, error) { <-l.closed; return nil, net.ErrClosed }
func (l *silentListener) Close() error              { l.once.Do(func() { close(l.closed) }); return nil }

// onCable runs an exchange on a cable in a bubble: f gives its phones by user. Timers of the
// exchange take no time.
func onCable(t *testing.T, change func(*Config), f func(phone func(user string) *phone)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := Config{Users: map[string]string{"201": "one", "202": "two"}, Log: slog.New(slog.DiscardHandler)}
		if change != nil {
			change(&c)
		}
		x, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		x.packets.Close() // real sockets stop the clock
		address := x.streams.Addr()
		x.streams.Close()
		w := &cable{ends: map[netip.AddrPort]*end{}}
		x.counter = newCounter(w.end(x.addr, netip.AddrPort{}))
		x.packets, x.streams = x.counter, &silentListener{Listener: addressed{address}, closed: make(chan struct{})}
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- x.Run(ctx) }()
		t.Cleanup(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Errorf("Run: %v", err)
			}
		})
		port := uint16(6000)
		f(func(user string) *phone {
			port++
			conn := w.end(netip.AddrPortFrom(x.addr.Addr(), port), x.addr)
			p := &phone{t: t, name: user, user: user, conn: conn, cred: digest.Credentials{Username: user, Password: c.Users[user]}}
			p.ask("REGISTER", "sip:offhook", "sip:"+user+"@offhook", "Contact: "+p.contact()+"\r\n", "200")
			return p
		})
	})
}

// addressed is a listener that has an address and nothing else.
type addressed struct{ at net.Addr }

func (addressed) Accept() (net.Conn, error) { return nil, net.ErrClosed }
func (addressed) Close() error              { return nil }
func (a addressed) Addr() net.Addr          { return a.at }
