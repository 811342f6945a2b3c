package digest

import (
	"fmt"
	"slices"
	"strings"
)

// realm is what a Client keeps of a realm whichever server speaks for it, for as long as
// the login stays the same.
type realm struct {
	name     string
	strength int  // the most that it has offered
	accepted bool // the login was right there
	refusals int  // in a row
	barred   bool // it has refused the login: nothing is answered any more
}

// strength ranks what an answer gives away to those who read it: the hash first, then
// whether our own nonce is in it (RFC 7616 §5.8), which RFC 2069 lacks.
func (c Challenge) strength() int {
	n := 0
	switch c.Algorithm {
	case SHA256, SHA256Sess, SHA512256, SHA512256Sess:
		n = 2
	}
	if c.Auth || c.AuthInt {
		n++
	}
	return n
}

// method names what a challenge wants and we do not speak.
func (c Challenge) method() string {
	switch {
	case strings.HasPrefix(strings.ToUpper(string(c.Algorithm)), "AKA"):
		return "AKA" // RFC 3310, RFC 4169: wants a SIM card
	case c.Algorithm.rank() < 0:
		return clean(string(c.Algorithm))
	}
	return "qop"
}

// schemeOf names the first scheme of a header without a Digest challenge.
func schemeOf(header string) string {
	if groups, err := split(header); err == nil && len(groups) > 0 {
		return clean(groups[0].scheme)
	}
	return ""
}

// clean is a name from the network fit for a sentence.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
	return s[:min(len(s), 16)]
}

// worthy is what of the challenges may be answered.
func (c Client) worthy(chosen []Challenge) ([]Challenge, error) {
	var left []Challenge
	var why error
	for _, ch := range chosen {
		r := c.realm(ch.Realm)
		switch {
		case r.barred:
			why = fmt.Errorf("%w by realm %q before", ErrRefused, unescape(ch.Realm))
		case ch.strength() < r.strength:
			why = fmt.Errorf("%w: %s for realm %q", ErrWeaker, ch.Algorithm, unescape(ch.Realm))
		default:
			left = append(left, ch)
		}
	}
	if len(left) == 0 {
		return nil, why
	}
	return left, nil
}

// Accepted learns that a server took these credential lines: a 2xx came to the request
// that carried them.
func (c Client) Accepted(sent []string) Client {
	for _, name := range realmsOf(sent) {
		r := c.realm(name)
		if r.name == "" || r.accepted && r.refusals == 0 {
			continue
		}
		r.accepted, r.refusals = true, 0
		c = c.keep(r)
	}
	return c
}

// Refused learns that the registrar refused these credential lines: their realms are not
// answered any more, in whatever request.
func (c Client) Refused(sent []string) Client {
	for _, name := range realmsOf(sent) {
		r := c.realm(name)
		r.name, r.barred = name, true
		c = c.keep(r).without(name)
	}
	return c
}

// refused counts a challenge behind a correct answer. A realm that has taken the login
// before may have meant one call only, once; any other is not answered any more.
func (c Client) refused(name string) Client {
	r := c.realm(name)
	r.name = name
	r.refusals++
	r.barred = !r.accepted || r.refusals > 1
	return c.keep(r).without(name)
}

// seen notes what a realm has offered.
func (c Client) seen(ch Challenge) Client {
	r := c.realm(ch.Realm)
	if r.name == ch.Realm && r.strength >= ch.strength() {
		return c
	}
	r.name, r.strength = ch.Realm, max(r.strength, ch.strength())
	return c.keep(r)
}

func (c Client) realm(name string) realm {
	for _, r := range c.realms {
		if r.name == name {
			return r
		}
	}
	return realm{}
}

// keep replaces what is known of a realm. When there are too many, the oldest that has
// neither refused nor taken the login makes room; with none such, the new one is not kept.
func (c Client) keep(r realm) Client {
	next := slices.Clone(c.realms)
	i := slices.IndexFunc(next, func(o realm) bool { return o.name == r.name })
	if i < 0 && len(next) >= maxRealms {
		if i = slices.IndexFunc(next, func(o realm) bool { return !o.barred && !o.accepted }); i >= 0 {
			next = slices.Delete(next, i, i+1)
			i = -1
		} else {
			return c
		}
	}
	if i < 0 {
		next = append(next, r)
	} else {
		next[i] = r
	}
	return Client{c.sessions, next}
}

// without forgets the nonces of a realm.
func (c Client) without(name string) Client {
	next := slices.DeleteFunc(slices.Clone(c.sessions), func(s session) bool { return s.challenge.Realm == name })
	return Client{next, c.realms}
}

// realmsOf are the realms of our own credential lines.
func realmsOf(sent []string) []string {
	var names []string
	for _, h := range sent {
		if groups, err := split(h); err == nil && len(groups) == 1 {
			if v, err := groups[0].values(); err == nil && v["response"] != "" {
				names = append(names, v["realm"])
			}
		}
	}
	return names
}
