// Package extensions is the test extensions of the built-in exchange, 600 to 605: user
// agents without hardware that echo, play music, are busy, never answer, hang up, or call
// back. It owns what they do with a call; it refuses to route one: they register at the
// exchange like every phone.
package extensions

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/sip"
	"github.com/offhook/offhook/sip/account"
)

// Config says where the exchange is.
type Config struct {
	Exchange netip.AddrPort
	Domain   string
	Password string // of every extension
	Log      *slog.Logger
}

// Extensions are the running test extensions.
type Extensions struct {
	cfg    Config
	agent  *sip.Agent
	engine *media.Engine
	calls  map[sip.CallID]*call
	placed sip.CallID // the last call that was placed: odd
	timers chan func()
}

// call is one call of an extension.
type call struct {
	behaviour *behaviour
	peer      string // the number of the far end: who to call back
	placed    bool   // by the extension: a call back, or one that it was transferred to
	timer     *time.Timer
}

// New binds the agent's sockets.
func New(c Config) (*Extensions, error) {
	engine, err := media.New(media.Config{Bind: c.Exchange.Addr(), Log: c.Log})
	if err != nil {
		return nil, fmt.Errorf("extensions: %w", err)
	}
	accounts := make([]account.Account, len(plan))
	for i, b := range plan {
		accounts[i] = account.Account{
			Label: b.label, Name: b.label, User: b.user, Domain: c.Domain, Password: c.Password,
			Proxy: c.Exchange.String(), Transport: account.UDP,
			Expires: time.Hour, Codecs: account.Codecs(),
		}
	}
	agent, err := sip.New(sip.Config{
		Accounts: accounts, Bind: c.Exchange.Addr(), Strict: true,
		UserAgent: "Offhook-extensions", MaxCalls: maxCalls, Log: c.Log,
	}, engine)
	if err != nil {
		return nil, fmt.Errorf("extensions: %w", err)
	}
	return &Extensions{
		cfg: c, agent: agent, engine: engine,
		calls:  map[sip.CallID]*call{},
		placed: 1,
		timers: make(chan func()),
	}, nil
}

// Run answers calls until ctx ends.
func (x *Extensions) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return x.engine.Run(ctx) })
	g.Go(func() error { return x.agent.Run(ctx) })
	g.Go(func() error { return x.loop(ctx) })
	return g.Wait()
}

func (x *Extensions) loop(ctx context.Context) error {
	for {
		select {
		case e := <-x.agent.Events():
			x.signalled(ctx, e)
		case e := <-x.engine.Events(): // digits reach the endpoints
			if s, ok := e.(media.Signal); ok {
				x.agent.Do(sip.SendDigit{Leg: s.Leg, Digit: s.Digit})
			}
		case f := <-x.timers:
			f()
		case <-ctx.Done():
			for _, c := range x.calls {
				c.stop()
			}
			return nil
		}
	}
}

func (x *Extensions) signalled(ctx context.Context, e sip.Event) {
	switch e := e.(type) {
	case sip.Incoming:
		x.incoming(ctx, e)
	case sip.Answered:
		if c := x.calls[e.Call]; c != nil {
			x.talk(ctx, c, e.Call, e.Leg)
		}
	case sip.Pressed:
		x.engine.Do(media.Signalled{Leg: e.Leg, Digit: e.Digit})
	case sip.Unsignalled:
		x.engine.Do(media.SendDigit{Leg: e.Leg, Digit: e.Digit, Unsignalled: true})
	case sip.Referred:
		x.referred(e)
	case sip.Replaced:
		x.replaced(ctx, e)
	case sip.Ended:
		x.ended(ctx, e.Call)
	}
}

func (x *Extensions) incoming(ctx context.Context, e sip.Incoming) {
	if e.Account < 0 || e.Account >= len(plan) || len(x.calls) >= maxCalls {
		x.agent.Do(sip.Reject{Call: e.Call, Code: 486})
		return
	}
	c := &call{behaviour: &plan[e.Account], peer: e.Number}
	b := c.behaviour
	if b.reject != 0 {
		x.agent.Do(sip.Reject{Call: e.Call, Code: b.reject})
		return
	}
	x.calls[e.Call] = c
	x.agent.Do(sip.Alert{Call: e.Call})
	if b.answer {
		x.agent.Do(sip.Accept{Call: e.Call})
	} else if b.hangUp > 0 {
		c.timer = x.after(ctx, b.hangUp, func() { x.agent.Do(sip.Reject{Call: e.Call, Code: 480}) })
	}
}

// maxCalls bounds the calls of all extensions together.
const maxCalls = 32

// talk gives an answered call its sound, and the end it is to have.
func (x *Extensions) talk(ctx context.Context, c *call, id sip.CallID, leg agreement.Leg) {
	c.stop()
	sound := &endpoint{make: c.behaviour.sound, leg: leg, do: x.engine.Do}
	if err := x.engine.Attach(leg, sound); err != nil {
		x.cfg.Log.Warn("extensions: no sound", "user", c.behaviour.user, "err", err)
	}
	if after := c.lasts(); after > 0 {
		c.timer = x.after(ctx, after, func() { x.agent.Do(sip.HangUp{Call: id}) })
	}
}

// amongUs is how long two extensions stay connected that somebody has transferred to each
// other: no person is there to hang up.
const amongUs = 10 * time.Second

// lasts is how long a call stands before the extension ends it; 0: the far end does.
func (c *call) lasts() time.Duration {
	switch {
	case indexOf(c.peer) >= 0:
		return amongUs
	case c.placed:
		return 0
	}
	return c.behaviour.hangUp
}

// referred calls whom the far end of a call wants it to be transferred to: it waits to hear how
// that goes (RFC 3515 §2.4.4). The old call is the far end's to end.
func (x *Extensions) referred(e sip.Referred) {
	old := x.calls[e.Call]
	if old == nil || len(x.calls) >= maxCalls {
		x.agent.Do(sip.Unfollow{Of: e.Call, Code: 486})
		return
	}
	id := x.place(&call{behaviour: old.behaviour, peer: e.Number})
	x.agent.Do(sip.Follow{Call: id, Of: e.Call})
}

// place numbers a call that an extension makes.
func (x *Extensions) place(c *call) sip.CallID {
	c.placed = true
	x.placed += 2
	x.calls[x.placed] = c
	return x.placed
}

// replaced goes on with whom the far end has transferred its call to: it stands already, and
// no Ended comes for the old one (RFC 3891).
func (x *Extensions) replaced(ctx context.Context, e sip.Replaced) {
	c := x.calls[e.Call]
	if c == nil { // it has ended here meanwhile
		x.agent.Do(sip.HangUp{Call: e.New})
		return
	}
	delete(x.calls, e.Call)
	c.peer, c.placed = e.Number, false
	x.calls[e.New] = c
	x.talk(ctx, c, e.New, e.Leg)
}

func (x *Extensions) ended(ctx context.Context, id sip.CallID) {
	c := x.calls[id]
	if c == nil {
		return
	}
	c.stop()
	delete(x.calls, id)
	if !c.callsBack() {
		return
	}
	x.after(ctx, c.behaviour.callBack, func() {
		if len(x.calls) >= maxCalls {
			return
		}
		id := x.place(&call{behaviour: c.behaviour, peer: c.peer})
		x.agent.Do(sip.Dial{Call: id, Account: indexOf(c.behaviour.user), Target: c.peer})
	})
}

// callsBack reports whether the caller is called when the call has ended. Another extension is not:
// that one might call back too, and so on for ever.
func (c *call) callsBack() bool {
	return c.behaviour.callBack > 0 && !c.placed && c.peer != "" && indexOf(c.peer) < 0
}

// after runs f on the loop after d, unless ctx has ended.
func (x *Extensions) after(ctx context.Context, d time.Duration, f func()) *time.Timer {
	return time.AfterFunc(d, func() {
		select {
		case x.timers <- f:
		case <-ctx.Done():
		}
	})
}

func (c *call) stop() {
	if c.timer != nil {
		c.timer.Stop()
	}
}

func indexOf(user string) int {
	for i, b := range plan {
		if b.user == user {
			return i
		}
	}
	return -1
}
