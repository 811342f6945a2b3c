package sip

import (
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/event"
)

// MaxColleagues is how many users one phone watches, those of lists included.
const MaxColleagues = 32

// A colleague is one watched user: a row of the display.
type colleague struct {
	a     *Agent
	shown Watched
	// last is of the dialog package; forks are the same from further phones of the user.
	last  event.Dialogs
	forks []*event.Dialogs
	gone  bool // the settings have it no more
}

// introduce names the users that the settings watch.
func (a *Agent) introduce() {
	for i, w := range a.cfg.Watches {
		if !w.List && w.Account < len(a.lines) {
			c := a.colleague(Watched{Account: w.Account, Label: w.Label, Number: w.Number, State: WatchUnknown})
			if c == nil {
				return
			}
			a.rows[i] = c
		}
	}
}

// colleague adds a row; nil: there are enough.
func (a *Agent) colleague(w Watched) *colleague {
	if len(a.colleagues) == MaxColleagues {
		return nil
	}
	w.Row = len(a.colleagues)
	c := &colleague{a: a, shown: w}
	a.colleagues = append(a.colleagues, c)
	a.pump.put(w)
	return c
}

// watchColleagues subscribes to what the settings watch through this account.
func (l *line) watchColleagues() {
	for i, w := range l.a.cfg.Watches {
		if w.Account != l.index {
			continue
		}
		uri, err := callee(w.Number, l)
		if err != nil {
			l.a.log.Warn("watch: number is not valid", "number", w.Number)
			continue
		}
		switch c := l.a.rows[i]; {
		case w.List:
			l.watchList(uri.String(), w)
		case c == nil: // more than MaxColleagues
		case w.Kind == account.WatchPresence:
			l.watch(c, uri.String(), event.Presence)
		default:
			l.watch(c, uri.String(), event.Dialog)
		}
	}
}

// watch subscribes to one user. Where the server has no dialog package, presence must do.
func (l *line) watch(c *colleague, uri, pkg string) {
	s := &subscription{pkg: pkg, accept: event.DialogType, target: uri, watches: true, heard: c.hear}
	if pkg == event.Presence {
		s.accept = event.PresenceType
	} else {
		s.fork = c.fork
	}
	s.told = func(r event.Report) {
		if pkg == event.Dialog && r.Phase == event.Refused && lacks(r.Code) && !l.a.leaving {
			l.drop(s)
			l.watch(c, uri, event.Presence)
			return
		}
		c.report(r)
	}
	l.subscribe(s)
}

// lacks reports whether a refusal may mean that the server does not know the package.
func lacks(code int) bool { return code == 489 || code == 405 || code == 406 || code == 501 }

// unwatch ends what watches colleagues. What that takes is waited for when the phone leaves.
func (l *line) unwatch() {
	for _, s := range slices.Clone(l.subs) {
		if s.watches {
			s.step(event.Stop{})
		}
	}
	l.watching = false
}

// drop forgets a subscription that was refused for good, or has ended.
func (l *line) drop(s *subscription) {
	for i, x := range l.subs {
		if x == s {
			l.subs = append(l.subs[:i:i], l.subs[i+1:]...)
			return
		}
	}
}

// report takes what became of the subscription to a user.
func (c *colleague) report(r event.Report) {
	switch {
	case r.Phase == event.Active, r.Phase == event.Pending, r.Kept && r.Phase != event.Trying:
		return
	}
	c.last = event.Dialogs{} // a new dialog begins its versions anew
	switch {
	case r.Kept, r.Phase == event.Ended:
	case r.Phase == event.Refused && (r.Code == 404 || r.Code == 410 || r.Code == 604 || r.Reason == "noresource"):
		c.show(WatchOffline, "")
	default:
		c.show(WatchUnknown, "")
	}
}

// hear takes the body of a NOTIFY about a user.
func (c *colleague) hear(contentType string, body []byte) (code int, gap bool) {
	switch event.MediaType(contentType) {
	case event.DialogType:
		info, err := event.ParseDialogInfo(body)
		if err != nil {
			return 400, false
		}
		if c.last, gap = c.last.Apply(info); gap {
			return 200, true
		}
		c.showCalls()
	case event.PresenceType:
		p, err := event.ParsePresence(body)
		switch {
		case err != nil:
			return 400, false
		case !p.Known:
			c.show(WatchUnknown, p.Note)
		case p.OnPhone:
			c.show(WatchBusy, p.Note)
		case p.Open:
			c.show(WatchIdle, p.Note)
		default:
			c.show(WatchOffline, p.Note)
		}
	default:
		return 415, false
	}
	return 200, false
}

// farEnd is whom a watched user talks to, for a display.
func farEnd(c event.Call) string {
	if c.Name != "" {
		return shown(c.Name)
	}
	var u sip.Uri
	if sip.ParseUri(c.URI, &u) != nil {
		return ""
	}
	return number(u)
}

// show tells the owner, if that is news.
func (c *colleague) show(state WatchState, far string) { c.showCall(state, far, "") }

// showCall is show of somebody whose phone rings with a call that can be picked up.
func (c *colleague) showCall(state WatchState, far, rings string) {
	now := c.shown
	now.State, now.Far, now.Rings = state, far, rings
	if now != c.shown && !c.gone {
		c.shown = now
		c.a.pump.put(now)
	}
}

// A roster is a list of users that the server keeps (RFC 4662).
type roster struct {
	line    *line
	spec    account.Watch
	listing event.Listing
	members map[string]*colleague // by URI
}

func (l *line) watchList(uri string, w account.Watch) {
	r := &roster{line: l, spec: w, members: map[string]*colleague{}}
	pkg := event.Dialog
	if w.Kind == account.WatchPresence {
		pkg = event.Presence
	}
	l.subscribe(&subscription{
		pkg: pkg, target: uri, lists: true, watches: true, heard: r.hear, told: r.report,
		accept: strings.Join([]string{event.MultipartType, event.ListType, event.DialogType, event.PresenceType}, ", "),
	})
}

func (r *roster) report(rep event.Report) {
	if rep.Phase != event.Active && rep.Phase != event.Pending && (!rep.Kept || rep.Phase == event.Trying) {
		r.listing = event.Listing{}
	}
	for _, c := range r.members {
		c.report(rep)
	}
}

func (r *roster) hear(contentType string, body []byte) (code int, gap bool) {
	if event.MediaType(contentType) != event.MultipartType {
		return 415, false
	}
	list, err := event.ParseList(contentType, body)
	if err != nil {
		return 400, false
	}
	next, gap, stale := r.listing.Follow(list)
	if gap || stale {
		return 200, gap
	}
	r.listing = next
	named := map[*colleague]bool{}
	for _, res := range list.Resources {
		c := r.member(res)
		if c == nil {
			continue
		}
		named[c] = true
		switch {
		case res.Over:
			c.report(event.Report{Phase: event.Refused, Reason: res.Reason})
		case res.Part.Type != "":
			_, missed := c.hear(res.Part.Type, res.Part.Body)
			gap = gap || missed
		}
	}
	if list.Full {
		for _, c := range r.members {
			if !named[c] {
				c.report(event.Report{Phase: event.Refused, Reason: "noresource"}) // taken off the list
			}
		}
	}
	return 200, gap
}

// member is the row of a resource: the one that the settings name, or a new one.
func (r *roster) member(res event.Resource) *colleague {
	if c := r.members[res.URI]; c != nil {
		return c
	}
	var u sip.Uri
	if len(r.members) == MaxColleagues || sip.ParseUri(res.URI, &u) != nil || u.User == "" {
		return nil
	}
	who := Watched{Account: r.line.index, Number: unescape(u.User), Label: shown(res.Name), State: WatchUnknown}
	if who.Label == "" {
		who.Label = number(u)
	}
	if !r.line.goesHome(u.String()) {
		who.Number = "sip:" + u.User + "@" + u.HostPort()
	}
	for _, c := range r.line.a.colleagues {
		if c.shown.Account == who.Account && c.shown.Number == who.Number {
			r.members[res.URI] = c
			return c
		}
	}
	c := r.line.a.colleague(who)
	if c != nil {
		r.members[res.URI] = c
	}
	return c
}
