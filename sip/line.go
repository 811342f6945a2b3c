package sip

import (
	"errors"
	"net/netip"
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/digest"
	"github.com/offhook/offhook/sip/registration"
)

// Our own choices for a registration.
const (
	registerWithin = 10 * time.Second // Timer F's 32 s is an age to a person
	keepaliveEvery = 25 * time.Second // RFC 5626 §4.4.2: 24 s to 29 s for UDP
)

// A line is one account: its registration, its login, the way to its server. The loop
// owns it.
type line struct {
	a     *Agent
	index int
	acc   account.Account
	login digest.Client
	reg   registration.State

	callID, tag string
	seq         uint32
	hops        []hop // of the server, best first; nil: not looked up
	hop         int   // the one that answered last
	out         *outbound
	lane        lane
	errands     lane // requests outside any call, but for REGISTER
	timer       *time.Timer
	within      *time.Timer
	keepalive   *time.Timer
	trouble     error          // why there was no way to the server; nil: there was
	public      netip.AddrPort // what the server sees behind a NAT; invalid: no NAT
	inside      netip.Addr     // our address on this side of it
	bound       *sip.Uri       // the Contact that the server has; nil: none
	ended       bool
}

func newLine(a *Agent, index int, acc account.Account) *line {
	acc.Name = quotable(acc.Name)
	return &line{
		a: a, index: index, acc: acc,
		reg:    registration.New(acc.Expires, a.cfg.Seed+uint64(index)*0x9e3779b97f4a7c15),
		callID: token(24), tag: token(12), lane: lane{tasks: &a.tasks}, errands: lane{tasks: &a.tasks},
	}
}

// self is the account's address of record, by its name.
func (l *line) self() string {
	if l.acc.Name == "" {
		return "<" + l.aor() + ">"
	}
	return `"` + l.acc.Name + `" <` + l.aor() + ">"
}

func (l *line) credentials() digest.Credentials {
	name := l.acc.Login
	if name == "" {
		name = l.acc.User
	}
	return digest.Credentials{Username: name, Password: l.acc.Password}
}

// aor is the address of record.
func (l *line) aor() string { return "sip:" + escape(l.acc.User) + "@" + l.acc.Domain }

// server is whom every request from outside a dialog goes to.
func (l *line) server() string {
	if l.acc.Proxy != "" {
		return l.acc.Proxy
	}
	return l.acc.Domain
}

func (l *line) begin() {
	if l.acc.Domain == "" {
		l.ended = true // an account without a server only calls addresses
		return
	}
	l.step(registration.Start{})
}

func (l *line) again() { l.step(registration.Again{}) }

func (l *line) stop() {
	if !l.ended {
		l.step(registration.Stop{})
	}
}

func (l *line) step(e registration.Event) {
	var effects []registration.Effect
	l.reg, effects = l.reg.Step(e)
	for _, f := range effects {
		switch f := f.(type) {
		case registration.Send:
			l.send(f)
		case registration.StartTimer:
			halt(l.timer)
			n := f.Timer
			l.timer = l.a.after(f.After, func() { l.step(registration.Expired{Timer: n}) })
		case registration.Report:
			l.report(f)
		case registration.Done:
			halt(l.timer)
			halt(l.keepalive)
			halt(l.within)
			l.ended = true
		}
	}
}

// send starts a REGISTER, after a look-up if one is due.
func (l *line) send(s registration.Send) {
	if l.out != nil {
		l.out.abandon() // an earlier one that nobody waits for
		l.out = nil
	}
	if len(l.hops) > 0 && !s.Fresh {
		l.register(s)
		return
	}
	t, err := target(l.server(), l.acc.Transport)
	if err != nil {
		l.unreachable(s.Attempt, err)
		return
	}
	if h, ok := l.a.literal(t); ok {
		l.hops, l.hop = []hop{h}, 0
		l.register(s)
		return
	}
	l.a.tasks.Go(func() {
		hops, err := l.a.lookUp(t)
		l.a.post(func() {
			if s.Attempt != l.reg.Attempt {
				return
			}
			if err != nil {
				l.unreachable(s.Attempt, err)
				return
			}
			l.hops, l.hop = hops, 0
			l.register(s)
		})
	})
}

func (l *line) unreachable(attempt uint64, err error) {
	l.trouble = err
	l.a.log.Info("no way to the registrar", "account", l.acc.Label, "server", l.server(), "error", err)
	l.step(registration.Lost{Attempt: attempt, Code: 503})
}

// register sends one REGISTER to the current hop.
func (l *line) register(s registration.Send) {
	l.trouble = nil
	l.seq++
	d := draft{line: l, contact: true, expires: s.Expires, head: dialog.Head{
		Method: "REGISTER", URI: "sip:" + l.acc.Domain, CallID: l.callID, Seq: l.seq,
		From: l.self() + ";tag=" + l.tag, To: l.self(),
	}}
	h := l.hops[l.hop]
	if now := l.contact(h); l.bound != nil && l.bound.String() != now.String() {
		d.former = l.bound // an address that is ours no more (RFC 3261 §10.2.2)
	}
	out, err := l.a.compose(d, h)
	if err != nil {
		l.unreachable(s.Attempt, err)
		return
	}
	l.out = out
	halt(l.within)
	l.within = l.a.after(registerWithin, func() {
		if l.out == out {
			out.abandon()
			l.answered(s, out, h, nil)
		}
	})
	l.lane.do(func() {
		l.a.transact(out, func(res *sip.Response) { l.answered(s, out, h, res) })
	})
}

// answered takes what came of one REGISTER; nil: nothing.
func (l *line) answered(s registration.Send, out *outbound, h hop, res *sip.Response) {
	if l.out != out || res != nil && res.StatusCode < 200 {
		return
	}
	l.out = nil
	halt(l.within)
	if res == nil || res.StatusCode == 503 {
		if l.hop+1 < len(l.hops) { // RFC 3263 §4.3
			l.hop++
			l.register(s)
			return
		}
		l.hop = 0
		switch {
		case res == nil && out.unsent.Load():
			l.unreachable(s.Attempt, errNoConnection)
			return
		case res == nil:
			l.step(registration.Lost{Attempt: s.Attempt, Code: 408})
			return
		}
	}
	r := registration.Reply{Attempt: s.Attempt, Code: res.StatusCode, RetryAfter: header(res, "Retry-After")}
	switch res.StatusCode {
	case 200:
		l.learnInfo(res)
		r.Granted = registration.Granted(l.contact(h), bindings(res), text(res, "Expires"), s.Expires)
		now := l.contact(h)
		l.bound = &now
		l.step(r)
		l.seen(h, res)
		return
	case 401, 407:
		r.Answerable = l.challenged(res, out)
	case 423:
		r.MinExpires = header(res, "Min-Expires")
	}
	l.step(r)
}

// challenged reports whether a challenge can be answered, having learnt from it.
func (l *line) challenged(res *sip.Response, out *outbound) bool {
	if !l.serves(out.hop.Addr.Addr()) {
		return false
	}
	proxy := res.StatusCode == 407
	name := "WWW-Authenticate"
	if proxy {
		name = "Proxy-Authenticate"
	}
	next, err := l.login.Challenged(proxy, values(res, name), out.shown(), nil)
	if err != nil {
		if !errors.Is(err, digest.ErrRefused) {
			l.a.log.Warn("challenge that cannot be answered", "account", l.acc.Label, "error", err)
		}
		l.login = digest.Client{} // what was refused once is not offered again
		return false
	}
	l.login = next
	return true
}

func (l *line) learnInfo(res *sip.Response) {
	for _, v := range values(res, "Authentication-Info") {
		l.login = l.login.Info(false, v)
	}
	for _, v := range values(res, "Proxy-Authentication-Info") {
		l.login = l.login.Info(true, v)
	}
}

func (l *line) report(r registration.Report) {
	e := Registration{Account: l.index, Code: r.Code}
	if r.Next > 0 {
		e.Retry = time.Now().Add(r.Next)
	}
	switch r.Phase {
	case registration.Trying:
		e.State = Registering
	case registration.Bound:
		e.State, e.Words = Registered, "ready"
		l.keepAlive()
		l.a.trust()
	case registration.Refused:
		e.State, e.Words = Refused, "login refused"
		if r.Code == 404 {
			e.Words = "no such user at " + l.acc.Domain
		}
	case registration.Resting:
		e.Words = l.words(r.Code)
	}
	l.a.pump.put(e)
}

// words are why a registration failed.
func (l *line) words(code int) string {
	switch {
	case l.trouble != nil && errors.Is(l.trouble, errNoServer):
		return "server not found: " + l.server()
	case l.trouble != nil && errors.Is(l.trouble, errNoDNS):
		return "name servers do not answer"
	case l.trouble != nil && errors.Is(l.trouble, errNoConnection):
		return "no connection to " + l.server()
	case l.trouble != nil:
		return "no network to " + l.server()
	case code == 408:
		return "no answer from " + l.server()
	case code == 200:
		return l.server() + " did not keep the registration"
	}
	return l.server() + " answered " + strconv.Itoa(code)
}
