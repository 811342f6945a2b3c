package sip

import (
	"fmt"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/dialog"
)

// Our own choices for a request that is neither INVITE, ACK, CANCEL nor REGISTER.
const (
	askWithin = 10 * time.Second // Timer F's 32 s is an age to a person
	maxAsked  = 3                // tries that answer a challenge, the first one included
)

// An errand is one non-INVITE request: what it carries beside its head.
type errand struct {
	method  string
	body    []byte
	kind    string // content type of body
	headers []sip.Header
	contact bool // it carries our Contact: SUBSCRIBE, REFER, UPDATE, NOTIFY
	expires time.Duration
	// within is how long an answer is awaited; 0: askWithin.
	within time.Duration
}

// draft is the request of an errand for one head.
func (e errand) draft(l *line, head dialog.Head) draft {
	d := draft{head: head, body: e.body, kind: e.kind, headers: e.headers, line: l, contact: e.contact, expires: -1}
	if e.expires > 0 || e.method == "SUBSCRIBE" || e.method == "PUBLISH" {
		d.expires = e.expires
	}
	return d
}

// ask sends a request inside the call's dialog, behind whatever was sent before it. on is
// called on the loop, once, with the final response; nil: none came. A challenge is
// answered with the next CSeq (RFC 3261 §22.2). Loop only.
func (c *call) ask(e errand, on func(res *sip.Response)) {
	c.askAs(e, func() dialog.Head {
		var h dialog.Head
		c.ses, h = c.ses.Request(e.method)
		return h
	}, on)
}

// askAs is ask with heads from elsewhere: next gives one for each try, its CSeq higher
// than the last.
func (c *call) askAs(e errand, next func() dialog.Head, on func(res *sip.Response)) {
	c.running++
	c.try(e, next, 1, func(res *sip.Response) {
		c.running--
		on(res)
		c.settle()
	})
}

func (c *call) try(e errand, next func() dialog.Head, try int, on func(res *sip.Response)) {
	head := next()
	c.dispatch(head, func(h hop, err error) {
		if err != nil {
			c.a.log.Debug("no way for a request", "method", e.method, "error", err)
			on(nil)
			return
		}
		once := e
		if c.another(head, h) {
			// Timer F's 32 s are for those who have nowhere else to go.
			once.within = dialog.QuietAfter
		}
		c.line.launch(once, head, h, &c.lane, func(o *outbound, res *sip.Response) {
			if try < maxAsked && c.elsewhere(head, h, res) || res != nil && c.line.answers(res, o, try) {
				c.try(e, next, try+1, on)
				return
			}
			on(res)
		})
	})
}

// ask sends a request of the account outside any call: next gives a head for each try,
// its CSeq higher than the last. It goes to the account's server, or, with a route set or
// a far target, there. Addresses are tried in turn (RFC 3263 §4.3). on is called on the
// loop, once, with the final response; nil: none came, for which why is the reason if
// there was no way at all. Loop only.
func (l *line) ask(e errand, next func() dialog.Head, on func(res *sip.Response, why error)) {
	head := next()
	if !sendable(head.NextHop()) { // a route set that a far end made up
		on(nil, fmt.Errorf("%w: %s", errNoServer, head.NextHop()))
		return
	}
	way := l.way
	if strings.Contains(head.To, ";tag=") { // inside a dialog its route set rules (RFC 3261 §12.2.1.1)
		way = func(uri string, then func([]hop, error)) { l.a.resolve(uri, l.acc.Transport, then) }
	}
	way(head.NextHop(), func(hops []hop, err error) {
		if err != nil {
			on(nil, err)
			return
		}
		l.tryHops(e, head, next, hops, 1, on)
	})
}

func (l *line) tryHops(e errand, head dialog.Head, next func() dialog.Head, hops []hop, try int, on func(*sip.Response, error)) {
	l.launch(e, head, hops[0], &l.errands, func(o *outbound, res *sip.Response) {
		switch {
		case (res == nil || res.StatusCode == 503) && len(hops) > 1:
			l.tryHops(e, next(), next, hops[1:], try, on)
		case res != nil && l.answers(res, o, try):
			l.tryHops(e, next(), next, hops, try+1, on)
		case res == nil && o != nil && o.unsent.Load():
			on(nil, o.reason())
		default:
			on(res, nil)
		}
	})
}

// launch starts one transaction on a lane. on is called once: with the final response, or
// nil. The outbound is nil when the request could not even be made.
func (l *line) launch(e errand, head dialog.Head, h hop, lane *lane, on func(*outbound, *sip.Response)) {
	o, err := l.a.compose(e.draft(l, head), h)
	if err != nil {
		l.a.log.Warn("request not made", "method", e.method, "error", err)
		on(nil, nil)
		return
	}
	within := e.within
	if within == 0 {
		within = askWithin
	}
	ended := false
	end := func(res *sip.Response) {
		if !ended {
			ended = true
			l.a.noted(h, res)
			on(o, res)
		}
	}
	timer := l.a.after(within, func() {
		o.abandon()
		end(nil)
	})
	lane.do(func() {
		l.a.transact(o, func(res *sip.Response) {
			if res != nil && res.StatusCode < 200 {
				return
			}
			halt(timer)
			end(res)
		})
	})
}

// answers reports whether a response is a challenge that the next try can answer.
func (l *line) answers(res *sip.Response, o *outbound, try int) bool {
	return (res.StatusCode == 401 || res.StatusCode == 407) && try < maxAsked && l.challenged(res, o)
}

// way finds the hops of a URI for the account: whatever lives at its domain goes to its
// server, the address that it is registered at first; so does everything if an outbound
// proxy is set. A new request only. then is called on the loop, at once if nothing has to be looked up.
func (l *line) way(uri string, then func([]hop, error)) {
	if l.goesHome(uri) {
		if len(l.hops) > 0 && l.stands() {
			then(append(append([]hop(nil), l.hops[l.hop:]...), l.hops[:l.hop]...), nil)
			return
		}
		l.a.resolve(l.server, l.by, func(hops []hop, err error) {
			if len(l.hops) == 0 {
				l.hops, l.hop = hops, 0 // not registered: who the server is is known now
			}
			then(hops, err)
		})
		return
	}
	l.a.resolve(uri, l.acc.Transport, then)
}

// goesHome reports whether requests to a URI go to the account's server.
func (l *line) goesHome(uri string) bool {
	if l.acc.Domain == "" {
		return false
	}
	var u sip.Uri
	if l.acc.Proxy != "" {
		return true
	}
	home, err := target("sip:"+l.acc.Domain, l.acc.Transport)
	return err == nil && sip.ParseUri(uri, &u) == nil && strings.EqualFold(home.Host, u.Host) && int(home.Port) == u.Port
}

// resolve finds the hops of a URI or server; then is called at once if it is an address,
// else on the loop when DNS has answered.
func (a *Agent) resolve(server string, transport account.Transport, then func([]hop, error)) {
	t, err := target(server, transport)
	if err != nil {
		then(nil, err)
		return
	}
	if h, ok := a.literal(t); ok {
		then([]hop{h}, nil)
		return
	}
	a.tasks.Go(func() {
		hops, err := a.lookUp(t)
		a.post(func() { then(a.order(hops), err) })
	})
}
