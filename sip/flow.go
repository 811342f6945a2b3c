package sip

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/offhook/offhook/sip/account"
)

// A flow is one connection, over TCP or TLS.
type flow struct {
	net.Conn
	id      flowID
	label   netip.AddrPort // what sipgo calls its far end
	dialled bool
	asked   bool // the server wanted to know who we are
	owner   *flows
	ready   chan struct{} // closed when sipgo knows it
	gone    chan struct{} // closed when it has ended
	once    sync.Once

	mu     sync.Mutex
	heard  time.Time
	pinged time.Time
	spoken bool  // the far end has said something
	pongs  bool  // it answers pings
	why    error // what ended it, if that is worth words
}

func (fl *flow) wait(ctx context.Context) error {
	select {
	case <-fl.ready:
		return nil
	case <-fl.gone:
		return fl.reason()
	case <-fl.owner.done:
		return net.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reason is why a flow has ended.
func (fl *flow) reason() error {
	fl.mu.Lock()
	defer fl.mu.Unlock()
	if fl.why != nil {
		return fl.why
	}
	return errNoConnection
}

// Dialled says to the gate that nobody else made this connection.
func (fl *flow) Dialled() bool { return fl.dialled }

// port is our own end's.
func (fl *flow) port() uint16 { return addrPort(fl.LocalAddr()).Port() }

// SetReadDeadline ends a connection that was accepted and then says nothing for long,
// where the reader itself would wait for ever.
func (fl *flow) SetReadDeadline(t time.Time) error {
	if t.IsZero() && !fl.dialled {
		t = time.Now().Add(flowIdle)
	}
	return fl.Conn.SetReadDeadline(t)
}

var pong = []byte("\r\n")

func (fl *flow) Read(b []byte) (int, error) {
	n, err := fl.Conn.Read(b)
	if n > 0 {
		fl.mu.Lock()
		if !fl.spoken && fl.dialled && fl.id.transport == account.TCP && isAlert(b[:n]) {
			fl.mu.Unlock()
			fl.fail(errTLSThere)
			return 0, errTLSThere
		}
		fl.heard, fl.spoken = time.Now(), true
		if !fl.pinged.IsZero() && bytes.Equal(b[:n], pong) {
			fl.pongs = true
		}
		fl.mu.Unlock()
	}
	if err != nil {
		fl.fail(err)
	}
	return n, err
}

// Write never blocks for longer than writeWithin: a peer that does not read is dropped.
func (fl *flow) Write(b []byte) (int, error) {
	_ = fl.Conn.SetWriteDeadline(time.Now().Add(writeWithin))
	n, err := fl.Conn.Write(b)
	if err != nil {
		fl.fail(err)
	}
	return n, err
}

// fail closes a flow for a reason. In TLS 1.3 a server refuses our certificate only after
// the handshake (RFC 8446 §4.4.2.4).
func (fl *flow) fail(err error) {
	f := faultOf(err, fl.id.proves)
	fl.mu.Lock()
	if fl.asked && !fl.spoken {
		f = fl.id.profile.unwelcome(err, fl.id.proves)
	}
	if f == nil {
		f = fl.wantsTLS(err)
	}
	if fl.why == nil && f != nil {
		fl.why = f
	}
	fl.mu.Unlock()
	_ = fl.Close()
}

// ping sends CRLF CRLF, and ends the flow when nothing comes back in time (RFC 5626
// §4.4.1). Only a far end that is known to answer is held to that: strict, as it has said
// so, or because it has done so before.
func (fl *flow) ping(strict bool) {
	if ws, ok := fl.Conn.(*frames); ok {
		if err := ws.ping(); err != nil {
			fl.fail(err)
		}
		return
	}
	fl.mu.Lock()
	at := time.Now()
	fl.pinged = at
	strict = strict || fl.pongs
	fl.mu.Unlock()
	if _, err := fl.Write([]byte("\r\n\r\n")); err != nil || !strict {
		return
	}
	time.AfterFunc(pongWithin, func() {
		fl.mu.Lock()
		silent := fl.heard.Before(at)
		fl.mu.Unlock()
		if silent {
			_ = fl.Close()
		}
	})
}

func (fl *flow) Close() error {
	err := fl.Conn.Close()
	fl.once.Do(func() {
		f := fl.owner
		f.mu.Lock()
		if f.open[fl.id] == fl {
			delete(f.open, fl.id)
		}
		delete(f.labels, fl.label.Addr())
		f.mu.Unlock()
		close(fl.gone)
		if fl.dialled && f.closed != nil {
			f.closed(fl.id)
		}
	})
	return err
}

// intake is the listener from which sipgo gets the flows of one transport.
type intake struct {
	owner   *flows
	offered chan *flow
	last    *flow // handed out by the Accept before; only Accept uses it
}

func newIntake(f *flows) *intake { return &intake{owner: f, offered: make(chan *flow)} }

// Accept is sipgo's: that it asks for the next connection says that it knows the last.
func (i *intake) Accept() (net.Conn, error) {
	if i.last != nil {
		close(i.last.ready)
		i.last = nil
	}
	select {
	case i.last = <-i.offered:
		return i.last, nil
	case <-i.owner.done:
		return nil, net.ErrClosed
	}
}

// Close does nothing: flows ends them all.
func (i *intake) Close() error { return nil }

// Addr is the listener's, or a made-up one, as sipgo wants to see a port.
func (i *intake) Addr() net.Addr {
	if l := i.owner.listener; l != nil {
		return l.Addr()
	}
	return &net.TCPAddr{IP: net.IPv4zero, Port: 5060}
}

// labelled gives the connections of l, which wraps what from hands out, their labels.
type labelled struct {
	net.Listener
	from *intake
}

func (l labelled) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return labelledConn{c, net.TCPAddrFromAddrPort(l.from.last.label)}, nil
}

type labelledConn struct {
	net.Conn
	label net.Addr
}

func (c labelledConn) RemoteAddr() net.Addr { return c.label }
func (c labelledConn) LocalAddr() net.Addr  { return c.label }
