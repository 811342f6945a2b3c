package sip

import (
	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/event"
	"github.com/offhook/offhook/sip/registration"
)

// A watchman follows what the registrar does to the account's bindings by itself (RFC
// 3680).
type watchman struct {
	l        *line
	versions event.Versions
}

// watchRegistrar subscribes to the account's own registration, once, at a registrar that
// says in its 200 to REGISTER that it tells of it (Allow-Events, RFC 6665 §8.2.2). The
// others are left in peace: nearly every PBX is one.
func (l *line) watchRegistrar() {
	if l.watchman != nil || !l.binding.granted.tells {
		return
	}
	w := &watchman{l: l}
	l.watchman = w
	l.subscribe(&subscription{pkg: event.Reg, accept: event.RegType, target: l.aor(), heard: w.hear, told: w.report})
}

// report notes that the numbers begin anew with each subscription.
func (w *watchman) report(r event.Report) {
	if r.Phase != event.Active && r.Phase != event.Pending {
		w.versions = event.Versions{}
	}
}

// hear takes a document about the account's contacts. Those of the user's other phones
// are none of ours.
func (w *watchman) hear(contentType string, body []byte) (code int, gap bool) {
	if event.MediaType(contentType) != event.RegType {
		return 415, false
	}
	info, err := event.ParseRegInfo(body)
	if err != nil {
		return 400, false
	}
	next, gap, stale := w.versions.Follow(info)
	if stale {
		return 200, false
	}
	w.versions = next
	for _, c := range info.Contacts {
		if b := w.l.bindingOf(c); b != nil && c.Removal != event.Kept {
			w.l.a.log.Info("the registrar has ended the registration", "account", w.l.acc.Label, "server", b.server)
			b.step(registration.Revoked{
				Rejected: c.Removal == event.Rejected, Later: c.Removal == event.Later, RetryAfter: c.RetryAfter,
			})
		}
	}
	return 200, gap
}

// bindingOf is the binding whose contact it is; nil: somebody else's.
func (l *line) bindingOf(c event.Contact) *binding {
	var u sip.Uri
	if sip.ParseUri(c.URI, &u) != nil {
		return nil
	}
	for _, b := range l.bindings {
		if b.bound != nil && registration.Same(*b.bound, u) && (c.RegID == 0 || c.RegID == b.index+1) {
			return b
		}
	}
	return nil
}
