// Package exchange is a small telephone exchange: a registrar with digest login, a
// location service, and a stateful, record-routing, forking proxy or a redirect server
// between the phones that registered with it (RFC 3261 §10, §16, §8.3; 3327, 5626). It
// never touches media, opens no file, and relays for nobody who has not logged in.
//
// What is decided stands in location.go, fork.go, route.go and token.go, without I/O; the
// rest carries it out: REGISTER at a counter of its own, what needs no memory in passing,
// new calls and connections over sipgo's transactions.
package exchange

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/digest"
	"github.com/offhook/offhook/sip/ingress"
	"github.com/offhook/offhook/sip/trace"
)

// Config is everything an Exchange is told. It is not changed after New.
type Config struct {
	Listen  netip.AddrPort    // of UDP and TCP; port 0: any; the zero AddrPort: 127.0.0.1:0
	Realm   string            // of the digest, and a domain that is ours; "": "offhook"
	Domains []string          // further host names that mean this exchange
	Users   map[string]string // user part → password
	// Algorithms are offered for the login, in this order; nil: SHA-256, then MD5. Some
	// older phones (baresip 1.0) fail at any challenge beside MD5: for them, MD5 alone.
	Algorithms []digest.Algorithm

	MinExpires     time.Duration // shorter registrations get 423; 0: 60 s
	MaxExpires     time.Duration // longer ones are cut; 0: 1 h
	DefaultExpires time.Duration // when none is asked for; 0: 10 min
	MaxContacts    int           // of one user; 0: 8
	MaxPending     int           // requests being proxied at a time; 0: 1024, then 503
	RingTime       time.Duration // an unanswered INVITE ends (Timer C); 0: 3 min

	Mode    Mode // "": Proxy
	Recurse bool // a phone's 3xx to users of ours is followed here, not passed to the caller

	Keeper Keeper // of the location service; nil: a restart forgets it

	Limits ingress.Limits // zero fields: generous ones, as phones, tests and benches share an address
	Trace  *trace.Ring    // nil: none
	Log    *slog.Logger   // nil: none
}

// These words of the RFC are ours to choose (RFC 3261 §10.3, §16.6).
func (c Config) filled() Config {
	duration := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	number := func(v *int, n int) {
		if *v == 0 {
			*v = n
		}
	}
	if !c.Listen.IsValid() {
		c.Listen = netip.MustParseAddrPort("127.0.0.1:0")
	}
	if c.Realm == "" {
		c.Realm = "offhook"
	}
	duration(&c.MinExpires, time.Minute)
	duration(&c.MaxExpires, time.Hour)
	duration(&c.DefaultExpires, 10*time.Minute)
	duration(&c.RingTime, 3*time.Minute)
	number(&c.MaxContacts, 8)
	number(&c.MaxPending, 1024)
	if c.Limits.PerSource == 0 {
		c.Limits.PerSource, c.Limits.SourceBurst = 2000, 4000
	}
	if c.Limits.Total == 0 {
		c.Limits.Total, c.Limits.TotalBurst = 4000, 8000
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// An Exchange is made by New and lives until Run returns.
type Exchange struct {
	config  Config
	addr    netip.AddrPort
	packets net.PacketConn
	streams net.Listener
	gate    *ingress.Gate
	ua      *sipgo.UserAgent
	server  *sipgo.Server
	client  *sipgo.Client
	login   *digest.Server
	key     []byte // of cookies and tags
	place   place
	nearby  nearby
	turns   ingress.Turns // of dialogs that do not go by in passing
	log     *slog.Logger

	counter    *counter
	answered   *answered
	lingering  lingering     // transactions
	stragglers lingering     // forks whose callers have their answer
	pending    chan struct{} // a place for each request being proxied
	work       sync.WaitGroup

	mu       sync.Mutex
	location table
	closing  bool
	leaving  chan struct{} // closed when closing is set
}

// New opens the sockets, so that Addr is known and a busy port is an error here. Run must
// follow: it closes them.
func New(c Config) (*Exchange, error) {
	c = c.filled()
	if len(c.Users) == 0 {
		return nil, errors.New("exchange: no users")
	}
	x := &Exchange{
		config:     c,
		login:      digest.NewServer(digest.ServerConfig{Realm: c.Realm, Algorithms: c.Algorithms, Nonces: maxNonces}),
		key:        newKey(),
		log:        c.Log,
		answered:   newAnswered(maxAnswered),
		nearby:     nearby{route: route},
		leaving:    make(chan struct{}),
		lingering:  lingering{max: maxLingering},
		stragglers: lingering{max: maxStragglers},
		pending:    make(chan struct{}, c.MaxPending),
		location:   newTable(limits{c.MinExpires, c.MaxExpires, c.DefaultExpires, c.MaxContacts}),
	}
	x.restore(time.Now())
	packets, streams, err := open(c.Listen)
	if err != nil {
		return nil, fmt.Errorf("exchange: %w", err)
	}
	bound := packets.LocalAddr().(*net.UDPAddr).AddrPort()
	x.addr = netip.AddrPortFrom(bound.Addr().Unmap(), bound.Port())
	x.place = newPlace(x.addr, c.Realm, c.Domains, x.key)
	gate := ingress.NewGate(c.Limits)
	gate.Tell = func(line string) { x.log.Info("turned away", "counted", line) }
	x.gate = gate
	x.counter = newCounter(gate.PacketConn(c.Trace.PacketConn(&mirror{PacketConn: packets})))
	x.packets = &passing{x.counter, x, sip.NewParser()}
	x.streams = acking{c.Trace.Listener(gate.Listener(streams), "TCP")}
	if err := x.assemble(); err != nil {
		return nil, errors.Join(fmt.Errorf("exchange: %w", err), packets.Close(), streams.Close())
	}
	return x, nil
}

// open binds UDP and TCP to one address. Any free port: the two must find the same one.
func open(at netip.AddrPort) (net.PacketConn, net.Listener, error) {
	family := "4"
	if at.Addr().Is6() {
		family = "6"
	}
	for try := 0; ; try++ {
		packets, err := net.ListenUDP("udp"+family, net.UDPAddrFromAddrPort(at))
		if err != nil {
			return nil, nil, err
		}
		same := packets.LocalAddr().(*net.UDPAddr).AddrPort()
		streams, err := net.ListenTCP("tcp"+family, net.TCPAddrFromAddrPort(same))
		if err == nil {
			_ = packets.SetReadBuffer(readBuffer) // as much of it as the system allows
			return packets, streams, nil
		}
		packets.Close()
		if at.Port() != 0 || try == 20 {
			return nil, nil, err
		}
	}
}

// readBuffer is how many octets may wait in the kernel, each datagram with its book-keeping
// of about a kilobyte: the half second after which phones would repeat what they sent, at
// a thousand datagrams a second and more.
const readBuffer = 2 << 20

// assemble puts sipgo's parts together.
func (x *Exchange) assemble() error {
	quiet := slog.New(slog.DiscardHandler) // sipgo logs whole messages, passwords' hashes included
	ua, err := sipgo.NewUA(
		sipgo.WithUserAgent("Offhook exchange"),
		sipgo.WithUserAgentTransportLayerOptions(sip.WithTransportLayerLogger(quiet),
			func(l *sip.TransportLayer) { l.OnMessage(x.arrived) }, // before sipgo's own
			sip.WithTransportLayerTransports(sip.TransportsConfig{TCP: &sip.TransportTCP{DialerCreate: noDialer}})),
		sipgo.WithUserAgentTransactionLayerOptions(sip.WithTransactionLayerLogger(quiet),
			sip.WithTransactionLayerTerminateOnConnClose(),                            // a flow that is gone: RFC 5626 §5.3
			sip.WithTransactionLayerUnhandledResponseHandler(func(*sip.Response) {})), // RFC 6026 §8.3: strays end here
	)
	if err != nil {
		return err
	}
	x.ua = ua
	if x.server, err = sipgo.NewServer(ua, sipgo.WithServerLogger(quiet)); err != nil {
		return err
	}
	if x.client, err = sipgo.NewClient(ua, sipgo.WithClientLogger(quiet)); err != nil {
		return err
	}
	x.server.OnRegister(x.serve(x.register))
	x.server.OnAck(x.serve(x.ack))
	x.server.OnCancel(x.serve(x.strayCancel))
	for _, m := range proxied {
		x.server.OnRequest(m, x.serve(x.proxy))
	}
	x.server.OnNoRoute(x.serve(x.proxy))
	return nil
}

// noDialer never connects. Phones connect to us; and when the connection of a request is
// gone before its answer, sipgo would dial whatever address the request's Via names, so
// that anybody could make us knock anywhere.
func noDialer(net.Addr) net.Dialer {
	return net.Dialer{Control: func(string, string, syscall.RawConn) error { return errNoConnection }}
}

var errNoConnection = errors.New("the phone's connection is gone")

// proxied are the methods of the Allow header besides REGISTER, ACK and CANCEL.
var proxied = []sip.RequestMethod{sip.INVITE, sip.BYE, sip.OPTIONS, sip.INFO, sip.UPDATE, sip.REFER,
	sip.NOTIFY, sip.SUBSCRIBE, sip.MESSAGE, sip.PRACK}

// Addr is the address that was bound, on UDP and TCP.
func (x *Exchange) Addr() netip.AddrPort { return x.addr }

// Run serves until ctx ends or a socket fails, and has closed and waited for everything
// when it returns. It may be called once.
func (x *Exchange) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ear := &deaf{PacketConn: x.packets}
	var sockets sync.WaitGroup
	failed := make(chan error, 2)
	sockets.Go(func() {
		err := x.server.ServeUDP(ear)
		failed <- fmt.Errorf("exchange: UDP socket closed: %w", errors.Join(err, net.ErrClosed))
	})
	sockets.Go(func() {
		failed <- fmt.Errorf("exchange: TCP listener: %w", x.server.ServeTCP(x.streams))
	})
	serving, closeCounter := context.WithCancel(context.WithoutCancel(ctx))
	defer closeCounter()
	for range clerks {
		sockets.Go(func() { x.clerk(serving, x.counter) })
	}
	sockets.Go(func() { x.keep(serving) })
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	var err error
	for err == nil && ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case err = <-failed:
		case now := <-sweep.C:
			x.mu.Lock()
			x.location.sweep(now)
			x.mu.Unlock()
			x.lingering.sweep(now)
			x.stragglers.sweep(now)
		}
	}
	x.mu.Lock()
	x.closing = true
	close(x.leaving)
	x.mu.Unlock()
	ear.stop()
	x.ua.TransactionLayer().Close() // whoever waits for one goes home
	x.work.Wait()
	closeCounter()
	x.packets.Close()
	x.streams.Close()
	sockets.Wait()
	x.ua.Close()
	return err
}

// maxNonces is how many logins are remembered against their repetition, for five minutes.
const maxNonces = 32 << 10

// enter counts a handler in; false: it is too late. Whoever it starts is counted by it.
func (x *Exchange) enter() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.closing {
		x.work.Add(1)
	}
	return !x.closing
}

// sweepEvery is how often expired bindings are removed; they are not used before either.
const sweepEvery = 30 * time.Second

// Bindings is how many contacts are registered now, for status lines.
func (x *Exchange) Bindings() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.location.count(time.Now())
}

// serve is a handler with the checks that every request passes. sipgo runs each in its
// own goroutine; Run waits for them.
func (x *Exchange) serve(h func(*sip.Request, sip.ServerTransaction)) sipgo.RequestHandler {
	return func(req *sip.Request, tx sip.ServerTransaction) {
		if !x.enter() {
			return
		}
		defer x.work.Done()
		mine := x.turns.Of(req)
		defer mine.End()
		mine.Wait()
		if res, fit := x.fit(req); !fit {
			if res != nil {
				x.write(res)
			}
			return
		}
		h(req, tx)
	}
}

// fit reports whether a request may be looked at; else res is the answer, nil: none.
func (x *Exchange) fit(req *sip.Request) (res *sip.Response, fit bool) {
	if h := req.GetHeader("User-Agent"); h != nil && ingress.IsScanner(h.Value()) {
		if f, ok := flowOf(req); ok {
			x.gate.TurnAway(ingress.Scanner, f.addr)
		}
		return nil, false // the lazy ones at least learn nothing
	}
	switch status, reason := ingress.Check(req); {
	case status == 0:
		return nil, true
	case status > 0:
		return x.reply(req, status, reason), false
	}
	return nil, false
}

// inspected is the registrar with the checks that every request passes.
func (x *Exchange) inspected(req *sip.Request) *sip.Response {
	if res, fit := x.fit(req); !fit {
		return res
	}
	return x.registrar(req)
}
