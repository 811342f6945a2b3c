package exchange

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// flow is the way to a phone: the address its REGISTER came from, which passes NAT and
// reuses its TCP connection.
type flow struct {
	transport string // "UDP", "TCP"
	addr      netip.AddrPort
}

// contact is one Contact of a REGISTER.
type contact struct {
	uri     sip.Uri
	q       int           // thousandths
	expires time.Duration // -1: not said
}

// binding is one registered contact.
type binding struct {
	contact
	flow   flow
	callID string
	cseq   uint32
	until  time.Time
	user   string
	name   string // display name, cleaned
}

// limits are the registrar's bounds.
type limits struct {
	min, max, normal time.Duration
	contacts         int // of one user
}

// table is the location service. Its size is bounded by users times contacts, as only
// known users reach it. It has no lock and no clock.
type table struct {
	limits limits
	users  map[string][]binding
}

func newTable(l limits) table { return table{limits: l, users: make(map[string][]binding)} }

// registration is a REGISTER as the table sees it, the sender already known to be user.
type registration struct {
	user     string
	name     string
	flow     flow
	callID   string
	cseq     uint32
	contacts []contact // none: only ask
	star     bool      // Contact: *
	expires  time.Duration
	// expires is the Expires header; -1: none
}

// register changes the bindings of one user and gives what then stands, with the status
// to answer: 200, or 400, 403, 423, 500 and nothing has changed (RFC 3261 §10.3, steps 6
// to 8: all contacts or none).
func (t *table) register(now time.Time, r registration) (status int, standing []binding) {
	old := t.live(now, r.user)
	if r.star {
		if len(r.contacts) > 0 || r.expires != 0 {
			return 400, old
		}
		for _, b := range old {
			if b.callID == r.callID && r.cseq <= b.cseq {
				return 500, old
			}
		}
		delete(t.users, r.user)
		return 200, nil
	}
	next := slices.Clone(old)
	for _, c := range r.contacts {
		span := c.expires
		if span < 0 {
			span = r.expires
		}
		if span < 0 {
			span = t.limits.normal
		}
		if span > 0 && span < t.limits.min {
			return 423, old
		}
		span = min(span, t.limits.max)
		at := slices.IndexFunc(next, func(b binding) bool { return sameURI(b.uri, c.uri) })
		if at >= 0 {
			if b := next[at]; b.callID == r.callID && r.cseq <= b.cseq {
				return 500, old // out of order: a newer REGISTER has come first
			}
			next = slices.Delete(next, at, at+1)
		}
		if span == 0 {
			continue
		}
		if len(next) >= t.limits.contacts {
			return 403, old
		}
		next = append(next, binding{c, r.flow, r.callID, r.cseq, now.Add(span), r.user, r.name})
	}
	if len(next) == 0 {
		delete(t.users, r.user)
	} else {
		t.users[r.user] = next
	}
	return 200, next
}

// live are the bindings of a user that have not expired, in order of registration.
func (t *table) live(now time.Time, user string) []binding {
	var out []binding
	for _, b := range t.users[user] {
		if b.until.After(now) {
			out = append(out, b)
		}
	}
	return out
}

// targets are the bindings to try for a user: highest q first, of equal ones the latest
// first. Those that lead back to the caller are left out.
func (t *table) targets(now time.Time, user string, caller flow) []binding {
	out := slices.DeleteFunc(t.live(now, user), func(b binding) bool { return b.flow == caller })
	slices.Reverse(out)
	slices.SortStableFunc(out, func(a, b binding) int { return b.q - a.q })
	return out
}

// find is the flow behind a contact URI, as requests within a dialog carry it.
func (t *table) find(now time.Time, u sip.Uri) (flow, bool) {
	for _, all := range t.users {
		for _, b := range all {
			if b.until.After(now) && sameURI(b.uri, u) {
				return b.flow, true
			}
		}
	}
	return flow{}, false
}

func (t *table) sweep(now time.Time) {
	for user := range t.users {
		if all := t.live(now, user); len(all) == 0 {
			delete(t.users, user)
		} else {
			t.users[user] = all
		}
	}
}

func (t *table) count(now time.Time) int {
	n := 0
	for user := range t.users {
		n += len(t.live(now, user))
	}
	return n
}

// sameURI compares as RFC 3261 §19.1.4 does, as far as contacts of phones need: scheme,
// user, host, port and transport.
func sameURI(a, b sip.Uri) bool {
	transport := func(u sip.Uri) string {
		v, _ := u.UriParams.Get("transport")
		return strings.ToLower(v)
	}
	return strings.EqualFold(a.Scheme, b.Scheme) && unescaped(a.User) == unescaped(b.User) &&
		strings.EqualFold(a.Host, b.Host) && a.Port == b.Port && transport(a) == transport(b)
}
