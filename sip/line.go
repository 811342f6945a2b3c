package sip

import (
	"errors"
	"net/netip"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/digest"
	"github.com/offhook/offhook/sip/registration"
)

// A line is one account: its registrations, its login, the way to its servers. The loop
// owns it. The binding in it is the one that calls leave by.
type line struct {
	*binding

	a        *Agent
	index    int
	acc      account.Account
	given    account.Account // as the settings have it
	said     Registration    // what was last told of it
	profile  *profile        // of its TLS connections
	login    digest.Client
	state    registration.Account
	bindings []*binding // as state numbers them
	errands  lane       // requests outside any call, but for REGISTER
	ended    bool
	leaving  bool // taken off the list: its bindings are being taken back
	barred   bool // the login was refused before this start: nothing is answered until again
	replaced bool // taken off the list, and one with the same address stands on it

	subs        []*subscription
	watchman    *watchman    // nil: the registrar does not tell of our registration
	publication *publication // nil: our presence is not published
	attended    string       // Contact that subs were last asked for with; "": never yet
	watching    bool         // colleagues among them
	lapsed      bool         // the registration was lost since then
}

func newLine(a *Agent, index int, acc account.Account) *line {
	given := acc
	acc.Name = quotable(acc.Name)
	l := &line{a: a, index: index, acc: acc, given: given, errands: lane{tasks: &a.tasks}}
	seed := a.cfg.Seed + uint64(index)*0x9e3779b97f4a7c15
	var ways []registration.Way
	add := func(role registration.Role, server string) {
		s := registration.New(acc.Expires, seed+uint64(len(ways))<<32)
		s.Offer = acc.Outbound && a.cfg.Instance != ""
		ways = append(ways, registration.Way{State: s, Role: role})
		l.bindings = append(l.bindings, newBinding(l, len(l.bindings), role, account.WayOf(server), s))
	}
	first := acc.Domain
	if acc.Proxy != "" {
		first = acc.Proxy
	}
	add(registration.Primary, first)
	if acc.SecondProxy != "" {
		add(registration.Flow, acc.SecondProxy)
	}
	if acc.Backup != "" {
		add(registration.Backup, acc.Backup)
	}
	l.state = registration.NewAccount(ways...)
	l.binding = l.bindings[0]
	return l
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

// bar is begin for a login that was refused before this start, with a status: neither a
// REGISTER nor any other request carries it until the user asks.
func (l *line) bar(code int) {
	if l.acc.Domain == "" {
		l.ended = true
		return
	}
	l.barred = true
	l.step(registration.All, registration.Barred{Code: code})
}

func (l *line) begin() {
	if l.acc.Domain == "" {
		l.ended = true // an account without a server only calls addresses
		return
	}
	l.step(registration.All, registration.Start{})
}

// again tries at once because the user asks: a login that was refused, and what a realm
// was seen to offer, count no more.
func (l *line) again() {
	l.login, l.lapsed, l.barred = digest.Client{}, true, false
	l.step(registration.All, registration.Again{})
}

// renew tries at once because our own network has changed, but no login that was refused.
func (l *line) renew() {
	l.lapsed = true
	l.step(registration.All, registration.Renew{})
}

func (l *line) stop() {
	if !l.ended {
		l.step(registration.All, registration.Stop{})
	}
}

// step gives an event to one binding, or to all.
func (l *line) step(way int, e registration.Event) {
	var acts []registration.Act
	l.state, acts = l.state.Step(way, e)
	for i, b := range l.bindings {
		b.reg = l.state.Ways[i].State
	}
	l.binding = l.bindings[l.state.Serving]
	for _, act := range acts {
		switch f := act.Effect.(type) {
		case registration.Send:
			l.bindings[act.Way].send(f)
		case registration.StartTimer:
			l.bindings[act.Way].start(f)
		case registration.Said:
			l.report(f)
		case registration.Done:
			for _, b := range l.bindings {
				b.halt()
			}
			l.ended = true
		}
	}
}

// at is the binding whose server has an address; nil: none.
func (l *line) at(addr netip.Addr) *binding {
	if l.binding.serves(addr) {
		return l.binding // the one that calls leave by goes before
	}
	for _, b := range l.bindings {
		if b.serves(addr) {
			return b
		}
	}
	return nil
}

// challenged reports whether a challenge can be answered, having learnt from it. Only an
// account's own server is answered: anybody else could try guesses against the answer.
func (l *line) challenged(res *sip.Response, out *outbound) bool {
	b := l.confides(out.hop)
	if b == nil || l.barred {
		return false
	}
	peer, name := digest.Peer{Server: b.server}, "WWW-Authenticate"
	if res.StatusCode == 407 {
		peer.Proxy, name = true, "Proxy-Authenticate"
	}
	var err error
	l.login, err = l.login.Challenged(peer, values(res, name), out.shown(), nil)
	b.asked = err
	if err != nil {
		l.a.log.Warn("challenge that is not answered", "account", l.acc.Label, "server", b.server, "error", err)
	}
	return err == nil
}

// wants is what the last challenge to out wants that the phone does not do; "": a login.
func (l *line) wants(out *outbound) string {
	if b := l.confides(out.hop); b != nil && !l.barred {
		return unanswerable(b.asked)
	}
	return ""
}

// learnInfo takes what a 2xx says of the login: that it was right, and the next nonce.
func (l *line) learnInfo(res *sip.Response, out *outbound) {
	b := l.at(out.hop.Addr.Addr())
	if b == nil {
		return
	}
	l.login = l.login.Accepted(out.shown())
	for _, v := range values(res, "Authentication-Info") {
		l.login = l.login.Info(digest.Peer{Server: b.server}, v)
	}
	for _, v := range values(res, "Proxy-Authentication-Info") {
		l.login = l.login.Info(digest.Peer{Server: b.server, Proxy: true}, v)
	}
}

func (l *line) report(r registration.Said) {
	b := l.bindings[r.Way]
	e := Registration{Account: l.index, Code: r.Code}
	l.lapses(b, r.Phase)
	if r.Next > 0 {
		e.Retry = time.Now().Add(r.Next)
	}
	switch r.Phase {
	case registration.Trying:
		e.State = Registering
	case registration.Bound:
		e.State, e.Words, e.Here = Registered, "ready", b.here()
		if b.role == registration.Backup {
			e.Words = "ready (backup)"
		}
	case registration.Refused:
		e.State, e.Here = Refused, b.here()
		e.Words, e.Trouble = b.refusal(r.Code)
		e.Final = e.Trouble == LoginRefused || e.Trouble == UserUnknown
	case registration.Resting:
		e.Words, e.Trouble = b.words(r.Code)
		if b.trouble != nil {
			e.Code = 0 // no server has said it
		}
	}
	if l.index == retired {
		return
	}
	l.said = e
	l.a.pump.put(e)
	if r.Phase == registration.Bound && b == l.binding {
		l.attend()
	}
}

// here says that the server, by whatever name, is on this computer.
func (b *binding) here() bool {
	return b.hop < len(b.hops) && b.hops[b.hop].Addr.Addr().IsLoopback()
}

// refusal is why a registration is not tried again.
func (b *binding) refusal(code int) (string, Trouble) {
	switch words := unanswerable(b.asked); {
	case code == 0:
		return b.server + " does not let the phone in", OtherTrouble // RFC 3680: rejected
	case code == 404:
		return "no such user at " + b.l.acc.Domain, UserUnknown
	case code != 403 && words != "":
		return words, OtherTrouble
	}
	return "login refused", LoginRefused // one was sent, or none is welcome
}

// unanswerable is what a challenge that was not answered wants; "": no more than a login.
func unanswerable(err error) string {
	var unspoken *digest.Unspoken
	switch {
	case errors.As(err, &unspoken):
		return unspoken.Error()
	case errors.Is(err, digest.ErrWeaker):
		return "server wants a weaker login than before"
	case errors.Is(err, digest.ErrMalformed):
		return "server asks for a login that makes no sense"
	}
	return ""
}

// words are why a registration failed.
func (b *binding) words(code int) (string, Trouble) {
	switch {
	case b.trouble != nil:
		return b.untaken(), troubleOf(b.trouble)
	case code == 408:
		return "no answer from " + b.server, Unreached
	}
	return b.turnedDown(code), OtherTrouble
}

// untaken is why no registration could be sent.
func (b *binding) untaken() string {
	var f *fault
	switch {
	case errors.As(b.trouble, &f):
		return f.words
	case errors.Is(b.trouble, errNoServer):
		return "server not found: " + b.server
	case errors.Is(b.trouble, errNoDNS):
		return "name servers do not answer"
	case errors.Is(b.trouble, errNoConnection):
		return "no connection to " + b.server
	}
	return "no network to " + b.server
}

// turnedDown is what a server made of a registration.
func (b *binding) turnedDown(code int) string {
	switch {
	case code == 0:
		return b.server + " ended the registration"
	case code == 200:
		return b.server + " did not keep the registration"
	case code == 301, code == 302, code == 305:
		return b.server + " sends the phone in circles"
	}
	switch code / 100 {
	case 5:
		if code == 503 {
			return b.server + " is not available now"
		}
		return b.server + " has an error"
	}
	return b.server + " does not take the phone"
}
