package sip

import (
	"slices"

	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/event"
)

// maxForks is how many further notifiers one SUBSCRIBE may bring. Our own choice: a user
// with more phones is rare, and each costs a refresh.
const maxForks = 3

// key is where the agent finds the subscription: by our end of the dialog, a fork by both.
func (s *subscription) key() dialog.ID {
	id := dialog.ID{CallID: s.dlg.CallID, Local: s.dlg.Local}
	if s.trunk != nil {
		id.Remote = s.dlg.Remote
	}
	return id
}

// another takes the NOTIFY of one more notifier that a proxy has forked our SUBSCRIBE to:
// it gets a dialog of its own where the package is of use so (RFC 4235 §3.9), else 481
// tells it to go (RFC 6665 §4.4.1).
func (s *subscription) another(in *inbound, remote string) {
	state, said := event.ParseState(text(in.req, "Subscription-State"))
	if s.fork == nil || len(s.forks) == maxForks || !said || state.Over() || s.line.a.leaving ||
		s.machine.Phase != event.Active && s.machine.Phase != event.Pending {
		in.answer(481, nil)
		return
	}
	f := &subscription{
		line: s.line, pkg: s.pkg, accept: s.accept, target: s.target, watches: s.watches, trunk: s,
		machine: event.ForkedSubscriber(subscribeFor, s.line.a.jitter()),
	}
	f.heard, f.gone = s.fork()
	f.dlg = dialog.Dialog{
		ID:         dialog.ID{CallID: s.dlg.CallID, Local: s.dlg.Local, Remote: remote},
		LocalParty: s.dlg.LocalParty, RemoteParty: s.dlg.RemoteParty, LocalSeq: s.dlg.LocalSeq, Target: s.target,
	}
	s.forks = append(s.forks, f)
	s.line.subs = append(s.line.subs, f)
	s.line.a.subs[f.key()] = f
	f.inside(in)
	if f.machine.Phase == event.Trying {
		f.prune(true) // its NOTIFY was refused
	}
}

// strays reports whether it is a fork that has come to its end: nothing begins it anew but
// the next SUBSCRIBE of the trunk. A trunk that stands no more takes its forks along.
func (s *subscription) strays() bool {
	switch s.machine.Phase {
	case event.Active, event.Pending, event.Leaving:
		return false
	}
	for _, f := range slices.Clone(s.forks) {
		f.prune(false)
	}
	if s.trunk == nil {
		return false
	}
	s.prune(true)
	return true
}

// prune forgets a fork: its notifier gets 481 from now on, if it still is.
func (s *subscription) prune(alone bool) {
	halt(s.timer)
	halt(s.notice)
	s.unform()
	s.line.drop(s)
	if i := slices.Index(s.trunk.forks, s); i >= 0 {
		s.trunk.forks = slices.Delete(s.trunk.forks, i, i+1)
		s.gone(alone)
	}
}

// fork is one more phone of a watched user.
func (c *colleague) fork() (heard func(contentType string, body []byte) (code int, gap bool), gone func(alone bool)) {
	d := &event.Dialogs{}
	c.forks = append(c.forks, d)
	heard = func(contentType string, body []byte) (code int, gap bool) {
		if event.MediaType(contentType) != event.DialogType {
			return 415, false
		}
		info, err := event.ParseDialogInfo(body)
		if err != nil {
			return 400, false
		}
		if *d, gap = d.Apply(info); !gap {
			c.showCalls()
		}
		return 200, gap
	}
	gone = func(alone bool) {
		c.forks = slices.DeleteFunc(c.forks, func(x *event.Dialogs) bool { return x == d })
		if alone {
			c.showCalls()
		}
	}
	return heard, gone
}

// showCalls shows the call that says most, of all the user's phones.
func (c *colleague) showCalls() {
	most := c.last.Most()
	for _, d := range c.forks {
		if m := d.Most(); m.Stage > most.Stage {
			most = m
		}
	}
	switch most.Stage {
	case event.Gone:
		c.show(WatchIdle, "")
	case event.Rings:
		c.showCall(WatchRinging, farEnd(most), c.ringing(most))
	default:
		c.show(WatchBusy, farEnd(most))
	}
}
