package exchange

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
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
	// RFC 5626 §4.2: which phone, and which of its flows. regID 0: no flow of its own.
	instance string // "": not said
	regID    uint32
}

// binding is one registered contact.
type binding struct {
	contact
	flow   flow
	path   []string // URIs between us and the phone, the nearest first (RFC 3327)
	callID string
	cseq   uint32
	until  time.Time
	user   string
	name   string // display name, cleaned
}

// same reports whether a contact takes the place of the binding (RFC 3261 §10.3 step 7;
// RFC 5626 §6: a flow is known by its phone and number, whatever its URI). A phone that
// registers anew (with another Call-ID, RFC 3261 §10.2) has been restarted: it is not at
// its old address any more, and calls shall not ring there too.
func (b binding) same(c contact, callID string) bool {
	switch {
	case b.regID != 0 || c.regID != 0:
		return b.regID == c.regID && b.instance == c.instance
	case c.instance != "" && b.instance == c.instance && b.callID != callID:
		return true
	}
	return sameURI(b.uri, c.uri)
}

// limits are the registrar's bounds.
type limits struct {
	min, max, normal time.Duration
	contacts         int // of one user
}

// table is the location service. Its size is bounded by users times contacts, as only
// known users reach it. It has no lock and no clock.
type table struct {
	limits  limits
	users   map[string][]binding
	owner   map[string]string   // contact, as key gives it → who registered it last
	changed map[string]struct{} // users whose bindings changed since they were last kept; nil: nobody keeps
}

func newTable(l limits) table {
	return table{limits: l, users: make(map[string][]binding), owner: make(map[string]string)}
}

// registration is a REGISTER as the table sees it, the sender already known to be user.
type registration struct {
	user     string
	name     string
	flow     flow
	path     []string
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
		t.put(r.user, nil)
		return 200, nil
	}
	if len(r.contacts) == 0 {
		return 200, old
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
		at := slices.IndexFunc(next, func(b binding) bool { return b.same(c, r.callID) })
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
		next = append(next, binding{c, r.flow, r.path, r.callID, r.cseq, now.Add(span), r.user, r.name})
	}
	t.put(r.user, next)
	return 200, next
}

// put is where all changes go through.
func (t *table) put(user string, next []binding) {
	for _, b := range t.users[user] {
		if k := key(b.uri); t.owner[k] == user {
			delete(t.owner, k)
		}
	}
	if len(next) == 0 {
		delete(t.users, user)
	} else {
		t.users[user] = next
	}
	for _, b := range next {
		t.owner[key(b.uri)] = user
	}
	if t.changed != nil {
		t.changed[user] = struct{}{}
	}
}

// live are the bindings of a user that have not expired, in order of registration.
func (t *table) live(now time.Time, user string) []binding {
	all := t.users[user]
	if !slices.ContainsFunc(all, func(b binding) bool { return !b.until.After(now) }) {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(b binding) bool { return !b.until.After(now) })
}

// targets are the bindings to try for a user: highest q first, of equal ones the latest
// first. Those that lead back to the caller are left out: whoever calls his own number wants his
// other phones. One phone may well be called from another account of its own.
func (t *table) targets(now time.Time, user, caller string, from flow) []binding {
	out := slices.DeleteFunc(slices.Clone(t.live(now, user)), func(b binding) bool {
		return user == caller && b.flow == from && b.path == nil
	})
	slices.Reverse(out)
	slices.SortStableFunc(out, func(a, b binding) int { return cmp.Compare(b.q, a.q) })
	return out
}

// find is the latest binding of a contact URI, as requests within a dialog carry it.
func (t *table) find(now time.Time, u sip.Uri) (binding, bool) {
	user, ok := t.owner[key(u)]
	if !ok {
		return binding{}, false
	}
	all := t.live(now, user)
	for i := len(all) - 1; i >= 0; i-- {
		if sameURI(all[i].uri, u) {
			return all[i], true
		}
	}
	return binding{}, false
}

func (t *table) sweep(now time.Time) {
	for user, all := range t.users {
		if left := t.live(now, user); len(left) != len(all) {
			t.put(user, left)
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
	return strings.EqualFold(a.Scheme, b.Scheme) && unescaped(a.User) == unescaped(b.User) &&
		strings.EqualFold(a.Host, b.Host) && a.Port == b.Port && transportOf(a) == transportOf(b)
}

// key is the same text for URIs that sameURI finds the same.
func key(u sip.Uri) string {
	return strings.ToLower(u.Scheme) + ":" + unescaped(u.User) + "\x00" + strings.ToLower(u.Host) + "\x00" + strconv.Itoa(u.Port) + "\x00" + transportOf(u)
}

func transportOf(u sip.Uri) string {
	v, _ := u.UriParams.Get("transport")
	return strings.ToLower(v)
}
