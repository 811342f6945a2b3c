package sip

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Bounds of TCP, our own choice.
const (
	maxFlows    = 64 // in all; ingress counts them, by source as well
	dialWithin  = 4 * time.Second
	writeWithin = 5 * time.Second
	flowIdle    = 10 * time.Minute // an accepted connection that says nothing
	pongWithin  = 10 * time.Second // RFC 5626 §4.4.1
)

// flows is the listener that sipgo serves: it hands out accepted connections and the
// ones that we dialled, so that all of them are traced, bounded and kept alive here.
// reach may be called from any goroutine.
type flows struct {
	net.Listener
	closed func(netip.AddrPort) // called when a connection that we dialled has ended

	offered chan *flow
	done    chan struct{}
	once    sync.Once
	tasks   sync.WaitGroup
	last    *flow // handed out by the Accept before; only Accept uses it

	mu    sync.Mutex
	open  map[netip.AddrPort]*flow
	dials map[netip.AddrPort]chan struct{}
}

func newFlows(l net.Listener, closed func(netip.AddrPort)) *flows {
	f := &flows{
		Listener: l, closed: closed,
		offered: make(chan *flow), done: make(chan struct{}),
		open: map[netip.AddrPort]*flow{}, dials: map[netip.AddrPort]chan struct{}{},
	}
	f.tasks.Go(f.listen)
	return f
}

func (f *flows) listen() {
	for {
		c, err := f.Listener.Accept()
		if err != nil {
			var ne net.Error
			if errors.As(err, &ne) && ne.Timeout() {
				continue
			}
			return
		}
		f.offer(f.adopt(c, false))
	}
}

func (f *flows) offer(fl *flow) {
	select {
	case f.offered <- fl:
	case <-f.done:
		_ = fl.Close()
	}
}

// adopt notes a connection.
func (f *flows) adopt(c net.Conn, dialled bool) *flow {
	peer := addrPort(c.RemoteAddr())
	fl := &flow{Conn: c, peer: peer, dialled: dialled, owner: f, ready: make(chan struct{}), heard: time.Now()}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open[peer] = fl
	return fl
}

// Accept is sipgo's: that it asks for the next connection says that it knows the last.
func (f *flows) Accept() (net.Conn, error) {
	if f.last != nil {
		close(f.last.ready)
		f.last = nil
	}
	select {
	case f.last = <-f.offered:
		return f.last, nil
	case <-f.done:
		return nil, net.ErrClosed
	}
}

// reach makes sure that there is a connection to peer that sipgo knows.
func (f *flows) reach(ctx context.Context, peer netip.AddrPort) error {
	for {
		f.mu.Lock()
		if fl := f.open[peer]; fl != nil {
			f.mu.Unlock()
			return fl.wait(ctx)
		}
		other, dialling := f.dials[peer]
		if !dialling {
			other = make(chan struct{})
			f.dials[peer] = other
		}
		f.mu.Unlock()
		if !dialling {
			err := f.dial(ctx, peer)
			f.mu.Lock()
			delete(f.dials, peer)
			f.mu.Unlock()
			close(other)
			return err
		}
		select {
		case <-other:
		case <-ctx.Done():
			return ctx.Err()
		}
		f.mu.Lock()
		_, ok := f.open[peer]
		f.mu.Unlock()
		if !ok {
			return fmt.Errorf("no TCP connection to %v", peer)
		}
	}
}

func (f *flows) dial(ctx context.Context, peer netip.AddrPort) error {
	d := net.Dialer{Timeout: dialWithin}
	c, err := d.DialContext(ctx, "tcp", peer.String())
	if err != nil {
		return err
	}
	fl := f.adopt(c, true)
	f.offer(fl)
	return fl.wait(ctx)
}

// ping sends CRLF CRLF over the connection to peer (RFC 5626 §4.4.1), and ends it if the
// last one has had no pong. False: there is no such connection.
func (f *flows) ping(peer netip.AddrPort) bool {
	f.mu.Lock()
	fl := f.open[peer]
	f.mu.Unlock()
	if fl == nil {
		return false
	}
	f.tasks.Go(func() { fl.ping() })
	return true
}

// Close ends the listener and every connection, and waits for its own goroutines.
func (f *flows) Close() error {
	var err error
	f.once.Do(func() {
		close(f.done)
		err = f.Listener.Close()
		f.mu.Lock()
		all := make([]*flow, 0, len(f.open))
		for _, fl := range f.open {
			all = append(all, fl)
		}
		f.mu.Unlock()
		for _, fl := range all {
			_ = fl.Close()
		}
		f.tasks.Wait()
	})
	return err
}

// A flow is one TCP connection.
type flow struct {
	net.Conn
	peer    netip.AddrPort
	dialled bool
	owner   *flows
	ready   chan struct{} // closed when sipgo knows it
	once    sync.Once

	mu     sync.Mutex
	heard  time.Time
	pinged time.Time
}

func (fl *flow) wait(ctx context.Context) error {
	select {
	case <-fl.ready:
		return nil
	case <-fl.owner.done:
		return net.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// SetReadDeadline ends a connection that was accepted and then says nothing for long,
// where the reader itself would wait for ever.
func (fl *flow) SetReadDeadline(t time.Time) error {
	if t.IsZero() && !fl.dialled {
		t = time.Now().Add(flowIdle)
	}
	return fl.Conn.SetReadDeadline(t)
}

func (fl *flow) Read(b []byte) (int, error) {
	n, err := fl.Conn.Read(b)
	if n > 0 {
		fl.mu.Lock()
		fl.heard = time.Now()
		fl.mu.Unlock()
	}
	if err != nil {
		_ = fl.Close()
	}
	return n, err
}

// Write never blocks for longer than writeWithin: a peer that does not read is dropped.
func (fl *flow) Write(b []byte) (int, error) {
	_ = fl.Conn.SetWriteDeadline(time.Now().Add(writeWithin))
	n, err := fl.Conn.Write(b)
	if err != nil {
		_ = fl.Close()
	}
	return n, err
}

func (fl *flow) ping() {
	fl.mu.Lock()
	dead := !fl.pinged.IsZero() && fl.heard.Before(fl.pinged) && time.Since(fl.pinged) > pongWithin
	fl.pinged = time.Now()
	fl.mu.Unlock()
	if dead {
		_ = fl.Close()
		return
	}
	_, _ = fl.Write([]byte("\r\n\r\n"))
}

func (fl *flow) Close() error {
	err := fl.Conn.Close()
	fl.once.Do(func() {
		f := fl.owner
		f.mu.Lock()
		if f.open[fl.peer] == fl {
			delete(f.open, fl.peer)
		}
		f.mu.Unlock()
		if fl.dialled && f.closed != nil {
			f.closed(fl.peer)
		}
	})
	return err
}
