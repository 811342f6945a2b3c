package digest

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Client is what one account remembers of those who challenged it: per server and realm
// the nonce, how often it was used, and the client's own nonce; per realm what it is worth
// to insist. It is a value: every method leaves its receiver as it was and returns the
// changed one. The zero value knows nobody.
type Client struct {
	sessions []session // oldest first; never written to after it was made
	realms   []realm   // the same
}

// session is what one realm told us through one server.
type session struct {
	peer                 Peer
	challenge            Challenge // its Nonce the one in use
	cnonce               string
	firstNonce, firstOwn string // what the session key of -sess is made of
	used                 uint32 // how often the nonce went out: the last nc
	strikes              int    // stale answers to fresh nonces in a row
}

// maxStrikes bounds how often a server may call a fresh nonce stale.
const maxStrikes = 3

// Challenged learns from a 401 (WWW-Authenticate) or 407 (Proxy-Authenticate). headers
// are the values of those header lines, sent the values of the Authorization or
// Proxy-Authorization lines of the request that was challenged. Of the challenges for one
// realm the strongest that we speak is taken (RFC 8760 §2.4); one that is weaker than
// what the realm has once offered is not answered, and neither is one of a realm that has
// refused the login. random gives the client nonce; nil: crypto/rand. After a nil error
// the request is to be sent again with what Authorize gives; the client that is returned
// counts even beside an error.
func (c Client) Challenged(p Peer, headers, sent []string, random io.Reader) (Client, error) {
	chosen, err := strongest(headers)
	if err != nil {
		return c, err
	}
	if chosen, err = c.worthy(chosen); err != nil {
		return c, err
	}
	cnonce, err := clientNonce(random)
	if err != nil {
		return c, err
	}
	for _, ch := range chosen {
		fresh := session{peer: p, challenge: ch, cnonce: cnonce, firstNonce: ch.Nonce, firstOwn: cnonce}
		old, known := c.find(p, ch.Realm)
		if known && old.answeredFresh(sent) {
			if fresh.strikes = old.strikes + 1; !ch.Stale || fresh.strikes >= maxStrikes {
				return c.refused(ch.Realm), fmt.Errorf("%w by realm %q", ErrRefused, unescape(ch.Realm))
			}
		}
		c = c.with(fresh).seen(ch)
	}
	return c, nil
}

// strongest picks one challenge per realm, in the order of the headers. A line that
// cannot be read does not spoil the others.
func strongest(headers []string) ([]Challenge, error) {
	var chosen []Challenge
	failed, unspoken := ErrUnsupported, ""
	seen := 0
	for _, h := range headers {
		all, err := Parse(h)
		if err != nil {
			failed = err
			continue
		}
		if len(all) == 0 && unspoken == "" {
			unspoken = schemeOf(h)
		}
		for _, ch := range all {
			if seen++; seen > MaxChallenges {
				return nil, fmt.Errorf("%w: more than %d challenges", ErrMalformed, MaxChallenges)
			}
			if !ch.answerable() {
				if unspoken == "" {
					unspoken = ch.method()
				}
				continue
			}
			i := slices.IndexFunc(chosen, func(o Challenge) bool { return o.Realm == ch.Realm })
			switch {
			case i < 0 && len(chosen) < maxRealms:
				chosen = append(chosen, ch)
			case i >= 0 && ch.Algorithm.rank() < chosen[i].Algorithm.rank():
				chosen[i] = ch
			}
		}
	}
	switch {
	case len(chosen) > 0:
		return chosen, nil
	case unspoken != "":
		return nil, &Unspoken{unspoken}
	}
	return nil, failed
}

// Authorize gives the header lines for a request to a server, one per realm that has
// challenged through it, and counts the use of each nonce (nc). A client that knows
// nobody there gives none.
func (c Client) Authorize(server string, cred Credentials, r Request) (Client, []Header) {
	next := slices.Clone(c.sessions)
	var out []Header
	for i := range next {
		s := &next[i]
		if s.peer.Server != server {
			continue
		}
		s.used++
		name := "Authorization"
		if s.peer.Proxy {
			name = "Proxy-Authorization"
		}
		out = append(out, Header{name, s.answer(cred, r)})
	}
	return Client{next, c.realms}, out
}

// Info learns from an Authentication-Info or Proxy-Authentication-Info header of a 2xx:
// a nextnonce replaces the nonce of the realm for the following requests (RFC 7616 §3.5).
// The header names no realm, so it counts only while one realm of its kind is known. A
// value that cannot be read changes nothing.
func (c Client) Info(p Peer, value string) Client {
	groups, err := split("Digest " + value)
	if err != nil || len(groups) != 1 {
		return c
	}
	v, err := groups[0].values()
	if err != nil || v["nextnonce"] == "" {
		return c
	}
	at := -1
	for i, s := range c.sessions {
		if s.peer == p {
			if at >= 0 {
				return c
			}
			at = i
		}
	}
	if at < 0 {
		return c
	}
	next := slices.Clone(c.sessions)
	next[at].challenge.Nonce = v["nextnonce"]
	next[at].used = 0
	return Client{next, c.realms}
}

func (c Client) find(p Peer, realm string) (session, bool) {
	for _, s := range c.sessions {
		if s.peer == p && s.challenge.Realm == realm {
			return s, true
		}
	}
	return session{}, false
}

// with is the client with s in place of what it knew of that realm through that peer; the
// oldest is forgotten when there are too many.
func (c Client) with(s session) Client {
	next := make([]session, 0, len(c.sessions)+1)
	for _, o := range c.sessions {
		if o.peer != s.peer || o.challenge.Realm != s.challenge.Realm {
			next = append(next, o)
		}
	}
	if len(next) >= maxSessions {
		next = next[1:]
	}
	return Client{append(next, s), c.realms}
}

// answeredFresh reports whether sent holds an answer to this realm whose nonce had not
// been used before: then an expired nonce does not explain the new challenge.
func (s session) answeredFresh(sent []string) bool {
	for _, h := range sent {
		groups, err := split(h)
		if err != nil || len(groups) != 1 {
			continue
		}
		v, err := groups[0].values()
		if err != nil || v["realm"] != s.challenge.Realm {
			continue
		}
		if nc, ok := v["nc"]; ok {
			return nc == count(1)
		}
		return v["nonce"] == s.challenge.Nonce && s.used <= 1
	}
	return false
}

// answer is one Authorization value. Fields are quoted, or not, as RFC 7616 §3.4 says.
func (s session) answer(cred Credentials, r Request) string {
	ch := s.challenge
	p := proof{
		algorithm: ch.Algorithm, username: cred.Username, password: cred.Password,
		realm: ch.Realm, nonce: ch.Nonce, cnonce: s.cnonce, nc: s.used,
		method: r.Method, uri: r.URI, body: r.Body,
		firstNonce: s.firstNonce, firstOwn: s.firstOwn,
	}
	switch {
	case ch.Auth:
		p.qop = "auth"
	case ch.AuthInt:
		p.qop = "auth-int"
	}
	var b strings.Builder
	fmt.Fprintf(&b, `Digest username="%s", realm="%s", nonce="%s", uri="%s", response="%s", algorithm=%s`,
		escape(cred.Username), ch.Realm, ch.Nonce, escape(r.URI), p.response(), ch.Algorithm)
	if p.qop != "" {
		fmt.Fprintf(&b, `, cnonce="%s", qop=%s, nc=%s`, p.cnonce, p.qop, count(p.nc))
	} else if ch.Algorithm.sess() {
		fmt.Fprintf(&b, `, cnonce="%s"`, p.cnonce)
	}
	if ch.HasOpaque {
		fmt.Fprintf(&b, `, opaque="%s"`, ch.Opaque)
	}
	return b.String()
}

func clientNonce(random io.Reader) (string, error) {
	if random == nil {
		random = rand.Reader
	}
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", errors.Join(errors.New("digest: no random numbers"), err)
	}
	return hex.EncodeToString(b[:]), nil
}
