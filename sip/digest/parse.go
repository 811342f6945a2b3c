package digest

import (
	"fmt"
	"strings"
)

// A Challenge is one Digest challenge. Realm, Nonce and Opaque are kept as they stood
// between the quotes, escapes included: they go into the hash and back on the wire as
// they came.
type Challenge struct {
	Realm     string
	Nonce     string
	Opaque    string
	HasOpaque bool
	Algorithm Algorithm // in its own spelling when we speak it; MD5 when none was named
	Stale     bool      // the credentials were right, only the nonce was too old
	Auth      bool      // qop=auth is offered
	AuthInt   bool      // qop=auth-int is offered
	NoQOP     bool      // no qop at all: RFC 2069
}

// answerable reports whether we speak the algorithm and one of the offered qops.
func (c Challenge) answerable() bool {
	return c.Algorithm.rank() >= 0 && (c.Auth || c.AuthInt || c.NoQOP)
}

// Parse reads one value of a WWW-Authenticate or Proxy-Authenticate line. SIP has one
// challenge in each (RFC 3261 §20.44); some servers list several as in HTTP, so that is
// read too. Schemes other than Digest are skipped. The error wraps ErrMalformed.
func Parse(header string) ([]Challenge, error) {
	groups, err := split(header)
	if err != nil {
		return nil, err
	}
	var out []Challenge
	for _, g := range groups {
		if !strings.EqualFold(g.scheme, "Digest") {
			continue
		}
		if len(out) == MaxChallenges {
			return nil, fmt.Errorf("%w: more than %d challenges", ErrMalformed, MaxChallenges)
		}
		c, err := challenge(g)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func challenge(g group) (Challenge, error) {
	v, err := g.values()
	if err != nil {
		return Challenge{}, err
	}
	for _, need := range []string{"realm", "nonce"} {
		if _, ok := v[need]; !ok {
			return Challenge{}, fmt.Errorf("%w: no %s in a challenge", ErrMalformed, need)
		}
	}
	c := Challenge{Realm: v["realm"], Nonce: v["nonce"]}
	c.Opaque, c.HasOpaque = v["opaque"]
	c.Algorithm, _ = known(v["algorithm"])
	c.Stale = strings.EqualFold(v["stale"], "true")
	qop, named := v["qop"]
	c.NoQOP = !named || strings.TrimSpace(qop) == ""
	for _, q := range strings.Split(qop, ",") {
		switch {
		case strings.EqualFold(strings.TrimSpace(q), "auth"):
			c.Auth = true
		case strings.EqualFold(strings.TrimSpace(q), "auth-int"):
			c.AuthInt = true
		}
	}
	return c, nil
}

// group is one scheme with its parameters, not yet read.
type group struct {
	scheme string
	params []string
}

// split cuts a header value at the commas outside of quotes and finds where each scheme
// begins: an item of the form "token SP something" whose something does not start with =.
func split(header string) ([]group, error) {
	if len(header) > MaxHeader {
		return nil, fmt.Errorf("%w: longer than %d octets", ErrMalformed, MaxHeader)
	}
	var groups []group
	for rest := header; rest != ""; {
		item, after, err := upToComma(rest)
		if err != nil {
			return nil, err
		}
		rest = after
		item = strings.Trim(item, " \t\r\n")
		if item == "" {
			continue // an empty list element is allowed (RFC 7230 §7)
		}
		word := tokenEnd(item)
		next := strings.TrimLeft(item[word:], " \t\r\n")
		if word > 0 && (next == "" || (next[0] != '=' && len(next) < len(item)-word)) {
			if len(groups) == 2*MaxChallenges {
				return nil, fmt.Errorf("%w: too many schemes", ErrMalformed)
			}
			groups = append(groups, group{scheme: item[:word], params: make([]string, 0, min(strings.Count(rest, ",")+2, maxParams))})
			item = next
		}
		if len(groups) == 0 {
			return nil, fmt.Errorf("%w: no scheme", ErrMalformed)
		}
		g := &groups[len(groups)-1]
		if item != "" {
			if len(g.params) == maxParams {
				return nil, fmt.Errorf("%w: more than %d parameters", ErrMalformed, maxParams)
			}
			g.params = append(g.params, item)
		}
	}
	return groups, nil
}

// values reads the parameters: name = token or name = "quoted". Names are in lower case.
func (g group) values() (map[string]string, error) {
	out := make(map[string]string, len(g.params))
	for _, p := range g.params {
		end := tokenEnd(p)
		rest := strings.TrimLeft(p[end:], " \t\r\n")
		if end == 0 || rest == "" || rest[0] != '=' {
			return nil, fmt.Errorf("%w: a parameter is not name=value", ErrMalformed)
		}
		name := strings.ToLower(p[:end])
		value := strings.TrimLeft(rest[1:], " \t\r\n")
		switch {
		case value != "" && value[0] == '"':
			if value = value[1:]; quoteEnd(value) != len(value)-1 {
				return nil, fmt.Errorf("%w: text after a quoted %s", ErrMalformed, name)
			}
			value = value[:len(value)-1]
		case value == "" || tokenEnd(value) != len(value):
			return nil, fmt.Errorf("%w: the value of %s is neither a token nor quoted", ErrMalformed, name)
		}
		if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return nil, fmt.Errorf("%w: a control character in %s", ErrMalformed, name)
		}
		if _, twice := out[name]; twice {
			return nil, fmt.Errorf("%w: %s twice", ErrMalformed, name)
		}
		out[name] = value
	}
	return out, nil
}

func upToComma(s string) (item, rest string, err error) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ',':
			return s[:i], s[i+1:], nil
		case '"':
			n := quoteEnd(s[i+1:])
			if n < 0 {
				return "", "", fmt.Errorf("%w: a quote is not closed", ErrMalformed)
			}
			i += 1 + n
		}
	}
	return s, "", nil
}

// quoteEnd is the index of the closing quote in s, which begins after the opening one;
// -1: there is none.
func quoteEnd(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// tokenEnd is the length of the token (RFC 3261 §25.1) that s begins with. Characters of
// base64 and of URIs are let in too, as other schemes and some servers write them bare.
func tokenEnd(s string) int {
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= '0' && c <= '9', c|0x20 >= 'a' && c|0x20 <= 'z':
		case strings.IndexByte("-.!%*_+`'~/:;@$&?", c) >= 0:
		default:
			return i
		}
	}
	return len(s)
}

// unescape undoes the quoted-pairs of a quoted string.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b = append(b, s[i])
	}
	return string(b)
}

// escape makes quoted-pairs of what may not stand in quotes, and drops line breaks.
func escape(s string) string {
	return quotable.Replace(s)
}

var quotable = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "", "\n", "", "\x00", "")
