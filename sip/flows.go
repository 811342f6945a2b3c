package sip

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/offhook/offhook/sip/account"
)

// Bounds of connections, our own choice.
const (
	maxFlows    = 64 // accepted; ingress counts them, by source as well
	maxDialled  = 64 // that we made: one more ends the one that was quiet for longest
	dialWithin  = 4 * time.Second
	shakeWithin = 6 * time.Second // a TLS handshake
	writeWithin = 5 * time.Second
	flowIdle    = 10 * time.Minute // an accepted connection that says nothing
	pongWithin  = 10 * time.Second // RFC 5626 §4.4.1
)

// A flowID names one connection: requests that agree in all of it share one. Accounts
// that trust or show different certificates never do.
type flowID struct {
	peer      netip.AddrPort
	transport account.Transport // TCP, TLS or WSS
	path      string            // of WSS
	profile   *profile          // of TLS; nil: TCP
	proves    string            // of TLS: the name that its certificate must be for
	slot      uint8             // tells connections of one account to one address apart (RFC 5626 §4.2)
}

// flows owns every connection: those that were accepted and those that we dialled. sipgo
// dials nothing; it is served them as if all had been accepted, by a label of ours
// instead of the far address, which several connections may share. Its methods may be
// called from any goroutine; a nil flows has no connection.
type flows struct {
	listener net.Listener // of TCP; nil: nobody connects to us
	dial     func(ctx context.Context, to netip.AddrPort) (net.Conn, error)
	bind     netip.Addr   // that connections of ours leave from; the zero Addr: any
	dscp     int          // of connections that we make
	closed   func(flowID) // called when a connection that we dialled has ended

	tcp, tls *intake
	done     chan struct{}
	once     sync.Once
	tasks    sync.WaitGroup

	mu     sync.Mutex
	open   map[flowID]*flow
	labels map[netip.Addr]*flow
	dials  map[flowID]*dialling
	count  uint64
}

// A dialling is a connection in the making, for all who wait for it.
type dialling struct {
	done chan struct{}
	err  error
}

// newFlows owns l, which may be nil; nothing runs before begin.
func newFlows(l net.Listener, closed func(flowID)) *flows {
	f := &flows{
		listener: l, closed: closed, done: make(chan struct{}),
		open: map[flowID]*flow{}, labels: map[netip.Addr]*flow{}, dials: map[flowID]*dialling{},
	}
	f.dial = func(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
		return dialTCP(ctx, f.bind, to, f.dscp)
	}
	f.tcp, f.tls = newIntake(f), newIntake(f)
	return f
}

// begin accepts connections.
func (f *flows) begin() {
	if f.listener != nil {
		f.tasks.Go(f.listen)
	}
}

func (f *flows) listen() {
	for {
		c, err := f.listener.Accept()
		if err != nil {
			var ne net.Error
			if errors.As(err, &ne) && ne.Timeout() {
				continue
			}
			return
		}
		mark(c, f.dscp) // IPv6 does not inherit it
		f.offer(f.adopt(c, flowID{peer: addrPort(c.RemoteAddr()), transport: account.TCP}, false))
	}
}

func (f *flows) offer(fl *flow) {
	select {
	case f.intake(fl.id.transport).offered <- fl:
	case <-f.done:
		_ = fl.Close()
	}
}

func (f *flows) intake(t account.Transport) *intake {
	if t.Secure() {
		return f.tls
	}
	return f.tcp
}

// discard is the prefix of the labels: no packet ever goes there (RFC 6666).
var discard = netip.MustParsePrefix("100::/64")

// adopt notes a connection.
func (f *flows) adopt(c net.Conn, id flowID, dialled bool) *flow {
	fl := &flow{Conn: c, id: id, dialled: dialled, owner: f, ready: make(chan struct{}), gone: make(chan struct{}), heard: time.Now()}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	b := discard.Addr().As16()
	binary.BigEndian.PutUint64(b[8:], f.count)
	fl.label = netip.AddrPortFrom(netip.AddrFrom16(b), 5060)
	f.open[id] = fl
	f.labels[fl.label.Addr()] = fl
	return fl
}

// reach gives the connection that id names, known to sipgo; it is made if there is none.
func (f *flows) reach(ctx context.Context, id flowID) (*flow, error) {
	if f == nil {
		return nil, errNoConnection
	}
	f.mu.Lock()
	if fl := f.open[id]; fl != nil {
		f.mu.Unlock()
		return fl, fl.wait(ctx)
	}
	d := f.dials[id]
	if d == nil {
		d = &dialling{done: make(chan struct{})}
		f.dials[id] = d
		f.mu.Unlock()
		fl, err := f.connect(ctx, id)
		f.mu.Lock()
		delete(f.dials, id)
		f.mu.Unlock()
		d.err = err
		close(d.done)
		return fl, err
	}
	f.mu.Unlock()
	select {
	case <-d.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if d.err != nil {
		return nil, d.err
	}
	f.mu.Lock()
	fl := f.open[id]
	f.mu.Unlock()
	if fl == nil {
		return nil, errNoConnection // it came and went
	}
	return fl, fl.wait(ctx)
}

func (f *flows) connect(ctx context.Context, id flowID) (*flow, error) {
	dialCtx, stop := context.WithTimeout(ctx, dialWithin)
	defer stop()
	c, err := f.dial(dialCtx, id.peer)
	if err != nil {
		if f := unheard(err, id); f != nil {
			return nil, f
		}
		return nil, err
	}
	asked := false
	if id.transport.Secure() {
		if c, asked, err = id.profile.secure(ctx, c, id.proves); err != nil {
			return nil, err
		}
	}
	if id.transport == account.WSS {
		if c, err = upgrade(ctx, c, id); err != nil {
			return nil, err
		}
	}
	fl := f.adopt(c, id, true)
	fl.asked = asked
	f.bound(fl)
	f.offer(fl)
	return fl, fl.wait(ctx)
}

// bound ends the dialled connection that was quiet for longest, but for the newest, when
// there are too many: calls to many places leave theirs behind.
func (f *flows) bound(newest *flow) {
	var quiet *flow
	var since time.Time
	n := 0
	f.mu.Lock()
	for _, fl := range f.labels {
		if !fl.dialled {
			continue
		}
		n++
		fl.mu.Lock()
		if fl != newest && (quiet == nil || fl.heard.Before(since)) {
			quiet, since = fl, fl.heard
		}
		fl.mu.Unlock()
	}
	f.mu.Unlock()
	if n > maxDialled && quiet != nil {
		_ = quiet.Close()
	}
}

// find is the connection that id names; nil: there is none.
func (f *flows) find(id flowID) *flow {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.open[id]
}

// from is where a message really came from, by what sipgo calls its source; the flow is
// nil for UDP. Not ok: its connection has gone.
func (f *flows) from(source string) (at netip.AddrPort, fl *flow, ok bool) {
	at, err := netip.ParseAddrPort(source)
	if err != nil {
		return at, nil, false
	}
	at = netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
	if !discard.Contains(at.Addr()) {
		return at, nil, true
	}
	if f == nil {
		return at, nil, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if fl = f.labels[at.Addr()]; fl == nil {
		return at, nil, false
	}
	return fl.id.peer, fl, true
}

// ping sends CRLF CRLF over a connection (RFC 5626 §4.4.1). False: there is none.
func (f *flows) ping(id flowID, strict bool) bool {
	fl := f.find(id)
	if fl == nil {
		return false
	}
	f.tasks.Go(func() { fl.ping(strict) })
	return true
}

// Close ends the listener and every connection, and waits for its own goroutines.
func (f *flows) Close() error {
	var err error
	f.once.Do(func() {
		close(f.done)
		if f.listener != nil {
			err = f.listener.Close()
		}
		f.end(func(*flow) bool { return true })
		f.tasks.Wait()
	})
	return err
}

// end closes the connections that doomed names.
func (f *flows) end(doomed func(*flow) bool) {
	var all []*flow
	f.mu.Lock()
	for _, fl := range f.labels {
		if doomed(fl) {
			all = append(all, fl)
		}
	}
	f.mu.Unlock()
	for _, fl := range all {
		_ = fl.Close()
	}
}
