package sip

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/ingress"
	"github.com/offhook/offhook/sip/locate"
	"github.com/offhook/offhook/sip/trace"
)

// Bounds of an agent, our own choice.
const (
	maxCalls     = 8   // that the user can see, in all accounts, unless Config has another number
	maxServing   = 128 // requests being answered at a time
	maxGhosts    = 64  // calls over for the user, not yet for the network
	maxOrdered   = 512 // dialogs whose requests are kept in order
	leaveWithin  = 1950 * time.Millisecond
	retireWithin = 20 * time.Millisecond
)

// An Agent is the phone's SIP user agent. New binds its sockets, Run serves them until
// its context ends, Do and Events may be used from any goroutine meanwhile.
//
// One loop owns every machine; whoever wants something of it posts a function and never
// touches what it owns from outside. See loop for whose goroutine runs it.
type Agent struct {
	cfg   Config
	media Media
	log   *slog.Logger
	socks sockets
	port  int

	gate   *ingress.Gate
	net    *guarded
	flows  *flows
	probes probes // STUN keepalives under way
	tp     *sip.TransportLayer
	tx     *sip.TransactionLayer

	secret      [32]byte // keys the tags of our responses
	seat        *loop
	pump        *pump
	quit        chan struct{} // closed when the loop has ended
	tasks       sync.WaitGroup
	awaited     sync.Map // branch of an INVITE of ours → awaited
	withdrawals withdrawals
	turns       ingress.Turns // of requests within dialogs
	serving     atomic.Int64
	started     atomic.Bool
	retired     atomic.Bool
	policy      atomic.Pointer[policy]
	ctx         context.Context
	cancel      context.CancelFunc

	// Owned by the loop.
	lines     []*line
	former    map[*line]struct{} // off the list, while their calls last and until they have left
	calls     map[CallID]*call
	ghosts    map[*call]struct{}
	dialogs   map[dialog.ID]*call
	invites   map[string]string // Call-ID, From tag, CSeq → branch (RFC 3261 §8.2.2.2)
	declined  declined
	referrals map[CallID]*referral // by the call that the REFER came in, until its owner has decided
	nextCall  CallID
	departed  uint64 // calls that have become ghosts so far
	leaving   bool

	subs       map[dialog.ID]*subscription // by Call-ID and our tag
	rows       map[int]*colleague          // by index in Config.Watches
	colleagues []*colleague
	status     Status
	texts      ration
	texting    int // texts of ours on their way
	seeds      uint64
	profiles   map[secrets]*profile
	failures   locate.Failures
}

// New binds UDP and TCP on Config.Port, both on the same number. The error says in plain
// words what is in the way.
func New(cfg Config, media Media) (*Agent, error) {
	s, err := bind(cfg.Bind, cfg.Port)
	if err != nil {
		return nil, err
	}
	return newAgent(cfg, media, s)
}

func newAgent(cfg Config, media Media, s sockets) (*Agent, error) {
	a := &Agent{
		former: map[*line]struct{}{},
		cfg:    cfg, media: media, log: cfg.Log, socks: s,
		port:  int(addrPort(s.packet.LocalAddr()).Port()),
		gate:  ingress.NewGate(ingress.Limits{Conns: maxFlows}),
		pump:  newPump(),
		quit:  make(chan struct{}),
		calls: map[CallID]*call{}, ghosts: map[*call]struct{}{},
		dialogs: map[dialog.ID]*call{}, invites: map[string]string{},
		referrals: map[CallID]*referral{},
		subs:      map[dialog.ID]*subscription{}, rows: map[int]*colleague{},
		profiles: map[secrets]*profile{}, turns: ingress.Turns{Dialogs: maxOrdered},
	}
	a.seat = newLoop(a.tidy)
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if _, err := rand.Read(a.secret[:]); err != nil {
		s.close()
		return nil, fmt.Errorf("sip: random numbers: %w", err)
	}
	a.gate.Tell = func(line string) { a.log.Info("turned away", "counted", line) }
	a.setPolicy(policy{strict: cfg.Strict, refuse: cfg.RefuseStrangers})
	if a.cfg.MaxCalls == 0 {
		a.cfg.MaxCalls = maxCalls
	}
	if a.cfg.Resolver == nil {
		a.cfg.Resolver = locate.System()
	}
	a.ctx, a.cancel = context.WithCancel(context.Background())
	a.flows = newFlows(s.stream, a.flowClosed)
	a.flows.bind, a.flows.dscp = cfg.Bind, cfg.DSCP
	mark(s.packet, cfg.DSCP)
	mark(s.stream, cfg.DSCP)
	a.net = guard(a.gate.PacketConn(cfg.Trace.PacketConn(a.probes.conn(swiftly(s.packet)))))
	quiet := slog.New(slog.DiscardHandler)
	a.tp = sip.NewTransportLayer(net.DefaultResolver, parser(), nil, sip.WithTransportLayerLogger(quiet),
		sip.WithTransportLayerTransports(sip.TransportsConfig{
			TCP: &sip.TransportTCP{DialerCreate: nobody},
			TLS: &sip.TransportTLS{TransportTCP: &sip.TransportTCP{DialerCreate: nobody}},
		}))
	// Ours comes before the transaction layer's, which begins a goroutine per message.
	a.tp.OnMessage(a.arrived)
	a.tx = sip.NewTransactionLayer(a.tp,
		sip.WithTransactionLayerLogger(quiet),
		sip.WithTransactionLayerUnhandledResponseHandler(func(*sip.Response) {}))
	a.tx.OnRequest(a.serve)
	for i, acc := range cfg.Accounts {
		l := newLine(a, i, acc)
		var err error
		if l.profile, err = a.profileOf(acc); err != nil {
			s.close()
			return nil, fmt.Errorf("sip: account %s: %w", acc.Label, err)
		}
		a.lines = append(a.lines, l)
	}
	return a, nil
}

// Port is the number of the UDP and the TCP port.
func (a *Agent) Port() int { return a.port }

// Addr is what the agent is bound to; its address may be unspecified.
func (a *Agent) Addr() netip.AddrPort { return addrPort(a.socks.packet.LocalAddr()) }

// Trace is Config.Trace.
func (a *Agent) Trace() *trace.Ring { return a.cfg.Trace }

// Events gives what happens, in order. It is closed when Run has returned. An owner that
// does not read delays only itself; see pump for what is merged when it is far behind.
func (a *Agent) Events() <-chan Event { return a.pump.out }

// Do hands over a command, or carries it out at once. It waits for nobody; false: the agent
// has ended or is so far behind that its queue is full.
func (a *Agent) Do(c Command) bool { return a.seat.command(func() { a.command(c) }) }

var errTwice = errors.New("sip: an agent runs once")

// Run serves until ctx ends; then it ends the calls, takes the registrations back, which
// takes two seconds at most, and returns when all its goroutines have. The error tells of
// a socket that died before that.
func (a *Agent) Run(ctx context.Context) error {
	if a.started.Swap(true) {
		return errTwice
	}
	failed := make(chan error, 3)
	a.tasks.Go(func() {
		failed <- a.net.serve(a.tp.ServeUDP)
	})
	a.flows.begin()
	a.tasks.Go(func() {
		failed <- a.tp.ServeTCP(labelled{a.cfg.Trace.Listener(a.gate.Listener(a.flows.tcp), "TCP"), a.flows.tcp})
	})
	a.tasks.Go(func() {
		failed <- a.tp.ServeTLS(labelled{a.cfg.Trace.Listener(a.gate.Listener(a.flows.tls), "TLS"), a.flows.tls})
	})
	a.tasks.Go(a.pump.run)
	err := a.loop(ctx, failed)
	a.seat.end()
	close(a.quit)
	a.cancel()
	// sipgo opens a socket of its own for a request that comes while its pool is being
	// emptied: none is taken any more, and those under way get the time to end.
	a.retired.Store(true)
	time.Sleep(retireWithin)
	a.tx.Close()
	_ = a.tp.Close()
	_ = a.socks.packet.Close()
	_ = a.flows.Close()
	a.pump.stop()
	a.tasks.Wait()
	return err
}

// loop is the host of the loop that owns the machines: it begins them, runs what no guest
// does, and ends them.
func (a *Agent) loop(ctx context.Context, failed <-chan error) error {
	a.introduce()
	for i, l := range a.lines {
		if i < len(a.cfg.Refused) && a.cfg.Refused[i] != 0 {
			l.bar(a.cfg.Refused[i])
			continue
		}
		l.begin()
	}
	a.seat.admit()
	stop := ctx.Done()
	var deadline <-chan time.Time
	for {
		select {
		case <-a.seat.wake:
			a.seat.serve()
		case err := <-failed:
			if err == nil || a.leaving {
				err = net.ErrClosed
			}
			return fmt.Errorf("sip: listening on port %d: %w", a.port, err)
		case <-stop:
			stop = nil
			a.seat.reserve()
			a.leave()
			a.tidy()
			t := time.NewTimer(leaveWithin)
			defer t.Stop()
			deadline = t.C
		case <-deadline:
			return nil
		}
		if a.leaving && a.left() {
			return nil
		}
	}
}

// tidy follows everything that the loop does.
func (a *Agent) tidy() {
	if len(a.former) > 0 {
		a.settle()
	}
}

// leave hangs up and takes the bindings back.
func (a *Agent) leave() {
	a.leaving = true
	for _, c := range a.calls {
		c.hangUp()
	}
	for _, l := range a.all() {
		l.abandon()
		l.stop()
	}
}

// left reports whether everything that leave began has been answered.
func (a *Agent) left() bool {
	for _, l := range a.all() {
		if !l.ended || !l.abandoned() {
			return false
		}
	}
	for c := range a.ghosts {
		if c.unanswered > 0 {
			return false
		}
	}
	return len(a.calls) == 0
}

// post has the loop run f, which may be done before it returns; false: the loop has ended.
func (a *Agent) post(f func()) bool { return a.seat.post(f) }

// after runs f on the loop when d has passed, unless the timer is stopped before that.
func (a *Agent) after(d time.Duration, f func()) *time.Timer {
	return time.AfterFunc(d, func() { a.post(f) })
}

func (a *Agent) command(c Command) {
	if a.leaving {
		return
	}
	switch c := c.(type) {
	case Dial:
		if c.PickUp != "" {
			a.pickUp(c)
			return
		}
		a.dial(c)
	case Transfer:
		a.onCall(c.Call, func(k *call) { k.transfer(c.Target) })
	case TransferTo:
		a.onCall(c.Call, func(k *call) { k.transferTo(a.calls[c.Other]) })
	case Follow:
		a.placeReferred(c)
	case Unfollow:
		a.declineReferred(c)
	case Reconfigure:
		a.reconfigure(c)
	case Register:
		if c.Account >= 0 && c.Account < len(a.lines) {
			a.lines[c.Account].again()
		}
	case Renew:
		a.roam()
	case SendText:
		a.sendText(c)
	case Status:
		a.show(c)
	case Alert:
		a.onCall(c.Call, (*call).alert)
	case Accept:
		a.onCall(c.Call, func(k *call) {
			k.alone = c.ByItself
			k.accept()
		})
	case Reject:
		a.onCall(c.Call, func(k *call) { k.reject(c.Code) })
	case HangUp:
		a.onCall(c.Call, func(k *call) { k.why = c.Words; k.hangUp() })
	case Routed:
		for _, k := range a.calls {
			if k.reserved && k.leg == c.Leg {
				k.routed(c.Pair)
			}
		}
	case SendDigit:
		for _, k := range a.calls {
			if k.reserved && k.leg == c.Leg {
				k.inform(c.Digit)
			}
		}
	case Hold:
		a.onCall(c.Call, func(k *call) { k.hold(c.On) })
	}
}

// onCall does nothing for a call that has ended: the command crossed its Ended.
func (a *Agent) onCall(id CallID, f func(*call)) {
	if c := a.calls[id]; c != nil {
		f(c)
	}
}

// halt stops a timer that may be nil.
func halt(t *time.Timer) {
	if t != nil {
		t.Stop()
	}
}
