package media

import (
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/pion/transport/v5/deadline"
)

// A wire is a leg's RTP socket as others want to have one: what the engine has sorted out
// for them is read from it, and what they write goes out at once. A leg without DTLS and
// ICE has none.
type wire struct {
	local net.Addr
	write func(data []byte, to netip.AddrPort) bool // takes the engine's lock

	in     chan datagram
	done   chan struct{}
	once   sync.Once
	unread *deadline.Deadline
}

type datagram struct {
	data []byte
	from netip.AddrPort
}

// maxUnread is how many datagrams wait for a reader; more are dropped, as the network would.
const maxUnread = 64

func newWire(local netip.AddrPort, write func([]byte, netip.AddrPort) bool) *wire {
	return &wire{
		local: net.UDPAddrFromAddrPort(local), write: write,
		in: make(chan datagram, maxUnread), done: make(chan struct{}), unread: deadline.New(),
	}
}

// put hands a copy of a datagram to the reader and never blocks.
func (w *wire) put(data []byte, from netip.AddrPort) {
	select {
	case w.in <- datagram{append([]byte(nil), data...), from}:
	default:
	}
}

func (w *wire) ReadFrom(p []byte) (int, net.Addr, error) {
	select {
	case <-w.unread.Done(): // before a datagram: who has set a deadline in the past wants out
		return 0, nil, os.ErrDeadlineExceeded
	default:
	}
	select {
	case d := <-w.in:
		return copy(p, d.data), net.UDPAddrFromAddrPort(d.from), nil
	case <-w.unread.Done():
		return 0, nil, os.ErrDeadlineExceeded
	case <-w.done:
		return 0, nil, net.ErrClosed
	}
}

func (w *wire) WriteTo(p []byte, to net.Addr) (int, error) {
	select {
	case <-w.done:
		return 0, net.ErrClosed
	default:
	}
	a, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, net.InvalidAddrError("not UDP")
	}
	at := a.AddrPort()
	w.write(p, netip.AddrPortFrom(at.Addr().Unmap(), at.Port())) // lost, if at all, as on any network
	return len(p), nil
}

// Close ends all reading and writing; it never blocks.
func (w *wire) Close() error {
	w.once.Do(func() { close(w.done) })
	return nil
}

func (w *wire) LocalAddr() net.Addr               { return w.local }
func (w *wire) SetReadDeadline(t time.Time) error { w.unread.Set(t); return nil }
func (w *wire) SetWriteDeadline(time.Time) error  { return nil } // a write never waits
func (w *wire) SetDeadline(t time.Time) error     { return w.SetReadDeadline(t) }
