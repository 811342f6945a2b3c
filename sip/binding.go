package sip

import (
	"net/netip"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/registration"
)

// registerWithin is our own choice: Timer F's 32 s is an age to a person.
const registerWithin = 10 * time.Second

// A binding is the account's registration at one server, and the way there.
type binding struct {
	l      *line
	index  int // in line.bindings; its reg-id is one more (RFC 5626 §4.2)
	role   registration.Role
	server string             // host or host:port, as the settings name it
	named  account.Transport  // the transport that they name with it; "": none
	by     account.Transport  // and the one that it is reached by
	reg    registration.State // as line.state has it

	callID, tag string
	seq         uint32
	hops        []hop      // of the server, best first; nil: not looked up
	hop         int        // the one that answered last
	former      netip.Addr // of the one before DNS named another; invalid: none
	trail       registration.Trail
	place       registration.Place // where a redirection led; zero: nowhere
	out         *outbound
	lane        lane
	timer       *time.Timer
	within      *time.Timer
	keepalive   *time.Timer
	probing     *probe // the keepalive that waits for an answer; nil: none
	echo        echo
	trouble     error          // why there was no way to the server; nil: there was
	asked       error          // why the last challenge was not answered; nil: it was
	public      netip.AddrPort // what the server sees behind a NAT; invalid: no NAT
	inside      netip.Addr     // our address on this side of it
	bound       *sip.Uri       // the Contact that the server has; nil: none

	granted granted // what came with the last 200
}

func newBinding(l *line, index int, role registration.Role, w account.Way, s registration.State) *binding {
	return &binding{
		l: l, index: index, role: role, server: w.Server, named: w.Transport, by: l.acc.By(w), reg: s,
		callID: token(24), tag: token(12), lane: lane{tasks: &l.a.tasks},
	}
}

func (b *binding) step(e registration.Event) { b.l.step(b.index, e) }

func (b *binding) start(t registration.StartTimer) {
	halt(b.timer)
	b.timer = b.l.a.after(t.After, func() { b.expired(t) })
}

// halt stops whatever runs.
func (b *binding) halt() {
	halt(b.timer)
	halt(b.keepalive)
	halt(b.within)
	b.unprobe()
}

// send starts a REGISTER, after a look-up if one is due.
func (b *binding) send(s registration.Send) {
	if b.out != nil {
		b.out.abandon() // an earlier one that nobody waits for
		b.out = nil
	}
	switch {
	case s.Follow:
		b.follow(s)
	case len(b.hops) > 0 && !s.Fresh:
		b.register(s)
	default:
		b.place, b.trail = registration.Place{}, registration.Trail{}.From("sip:"+b.server)
		b.find(s, b.server)
	}
}

// find looks up a server or a place and registers there.
func (b *binding) find(s registration.Send, server string) {
	a := b.l.a
	t, err := target(server, b.by)
	if err != nil {
		b.unreachable(s, err)
		return
	}
	b.echo.without = false // whoever is found now is asked anew
	if b.by != account.Auto {
		t.Transport = b.by // no redirection leads away from it
	}
	if h, ok := a.literal(t); ok {
		b.hops, b.hop = b.own([]hop{h}), 0
		b.register(s)
		return
	}
	a.tasks.Go(func() {
		hops, err := a.lookUp(t)
		a.post(func() {
			if s.Attempt != b.reg.Attempt {
				return
			}
			if err != nil {
				b.unreachable(s, err)
				return
			}
			b.hops, b.hop = a.order(b.own(hops)), 0
			b.register(s)
		})
	})
}

// own marks the hops of a binding that has connections of its own.
func (b *binding) own(hops []hop) []hop {
	for i := range hops {
		hops[i].slot = b.slot()
	}
	return hops
}

// follow goes on to the next place that a redirection named.
func (b *binding) follow(s registration.Send) {
	b.trail, b.place = b.trail.Next()
	b.l.a.log.Info("the registrar is elsewhere", "account", b.l.acc.Label, "server", b.server, "now", b.place.URI)
	b.find(s, b.place.URI)
}

// unreachable is that there is no way to a server: the attempt has failed, unless a
// redirection named another.
func (b *binding) unreachable(s registration.Send, err error) {
	if b.trail.Left() && s.Attempt == b.reg.Attempt {
		b.follow(s)
		return
	}
	b.trouble = err
	b.l.a.log.Info("no way to the registrar", "account", b.l.acc.Label, "server", b.server, "error", err)
	b.step(registration.Lost{Attempt: s.Attempt, Code: 503})
}

// register sends one REGISTER to the current hop.
func (b *binding) register(s registration.Send) {
	l := b.l
	if l.ended {
		return // it was replaced while its server was looked up
	}
	b.trouble = nil
	l.a.trust() // the server may ask how we are before it has answered
	b.seq++
	h := b.hops[b.hop]
	d := draft{line: l, expires: s.Expires, headers: b.capabilities(s), head: dialog.Head{
		Method: "REGISTER", URI: b.registrar(), CallID: b.callID, Seq: b.seq,
		From: l.self() + ";tag=" + b.tag, To: l.self(),
	}}
	d.headers = append(d.headers, b.contacts(s, h)...)
	out, err := l.a.compose(d, h)
	if err != nil {
		b.unreachable(s, err)
		return
	}
	b.out = out
	halt(b.within)
	b.within = l.a.after(registerWithin, func() {
		if b.out == out {
			out.abandon()
			b.answered(s, out, h, nil)
		}
	})
	b.lane.do(func() {
		l.a.transact(out, func(res *sip.Response) { b.answered(s, out, h, res) })
	})
}

// answered takes what came of one REGISTER; nil: nothing.
func (b *binding) answered(s registration.Send, out *outbound, h hop, res *sip.Response) {
	if b.out != out || res != nil && res.StatusCode < 200 {
		return
	}
	b.out = nil
	halt(b.within)
	b.l.a.noted(h, res)
	if res == nil || res.StatusCode == 503 {
		if b.hop+1 < len(b.hops) { // RFC 3263 §4.3
			b.hop++
			b.register(s)
			return
		}
		b.hop = 0
		switch {
		case b.trail.Left():
			b.follow(s)
			return
		case res == nil && out.unsent.Load():
			b.unreachable(s, out.reason())
			return
		case res == nil:
			b.step(registration.Lost{Attempt: s.Attempt, Code: 408})
			return
		}
	}
	r := registration.Reply{Attempt: s.Attempt, Code: res.StatusCode, RetryAfter: header(res, "Retry-After")}
	switch code := res.StatusCode; {
	case code < 300:
		b.l.learnInfo(res, out)
		if s.Expires > 0 {
			b.learn(&r, s, h, res)
		}
		b.step(r)
		if b.reg.Phase == registration.Bound {
			b.keepAlive()
			b.l.a.trust()
			b.seen(h, res)
		}
		if b.reg.Phase == registration.Bound {
			b.l.a.relocate()
		}
		return
	case code == 301, code == 302, code == 305:
		b.trail = b.trail.Told(places(res))
		r.Elsewhere = b.trail.Left()
	case code == 401, code == 407:
		r.Answerable = b.l.challenged(res, out)
	case code == 403:
		b.l.login = b.l.login.Refused(out.shown())
	case code == 423:
		r.MinExpires = header(res, "Min-Expires")
	}
	if (res.StatusCode == 401 || res.StatusCode == 407) && !r.Answerable {
		b.l.login = b.l.login.Refused(out.shown()) // asked again behind the registrar's own challenge
	}
	b.step(r)
}
