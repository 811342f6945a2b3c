package exchange

import (
	"fmt"
	"slices"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Mode is what the exchange does with a request for one of its phones.
type Mode string

const (
	Proxy    Mode = "proxy"    // carry it there; also ""
	Redirect Mode = "redirect" // tell the sender where, and have no part in it (RFC 3261 §8.3)
)

// redirect tells where a user's phones are, the most wanted first. One behind a proxy of
// its own cannot be told of: its Contact alone leads nowhere.
func (x *Exchange) redirect(req *sip.Request, to []target) {
	var contacts []sip.Header
	for _, t := range to {
		if len(t.path) > 0 {
			continue
		}
		h := &sip.ContactHeader{Address: *t.uri.Clone()}
		if t.q != 1000 {
			h.Params.Add("q", quality(t.q))
		}
		contacts = append(contacts, h)
	}
	if contacts == nil {
		x.stateless(req, 480, statusWords[480])
		return
	}
	x.stateless(req, 302, "Moved Temporarily", contacts...)
}

// maxLegs is how many phones one request is tried at, diversions included.
const maxLegs = 32

// diverted are the phones to try in place of one that answers 3xx, when that is wanted
// and all its contacts are users of ours that were not tried before (RFC 3261 §16.5):
// elsewhere the caller may go by itself. They are preferred as the contacts say, below
// the phone that named them.
func (c *carrier) diverted(leg int, res *sip.Response) []target {
	if res.StatusCode < 300 || res.StatusCode > 399 || !c.x.config.Recurse || c.in.dialog {
		return nil
	}
	from := c.to[leg]
	diverts := identity(from.user, from.name, c.x.config.Realm) + ";reason=unknown"
	var out []target
	users := map[string]bool{}
	now := time.Now()
	c.x.mu.Lock()
	defer c.x.mu.Unlock()
	for _, h := range res.GetHeaders("Contact") {
		contact, ok := h.(*sip.ContactHeader)
		if !ok || contact.Address.Scheme != "sip" || contact.Address.Wildcard || !c.x.place.ours(contact.Address) {
			return nil
		}
		user := unescaped(contact.Address.User)
		if c.sought[user] || users[user] {
			continue
		}
		users[user] = true
		one, ok := contactOf(contact, false)
		if !ok {
			return nil
		}
		for _, t := range targetsOf(c.x.location.targets(now, user, c.in.caller, c.from), from.caller) {
			t.q, t.diverts = one.q, diverts
			out = append(out, t)
		}
	}
	if len(out) == 0 || len(c.legs)+len(out) > maxLegs {
		return nil
	}
	top := slices.MaxFunc(out, func(a, b target) int { return a.q - b.q }).q
	for i := range out {
		out[i].q = max(from.q-(top-out[i].q), 0)
	}
	for user := range users {
		c.sought[user] = true
	}
	return out
}

// quality is a q of thousandths as it is written.
func quality(q int) string {
	return fmt.Sprintf("%d.%03d", q/1000, q%1000)
}
