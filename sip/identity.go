package sip

import (
	"strings"

	"github.com/emiago/sipgo/sip"
)

// An identity is who is at the far end, as a display shows it.
type identity struct{ name, number string }

// anonymous is a far end that wants not to be named (RFC 3323).
var anonymous = identity{name: "Anonymous"}

// anonymousUser is the user part of nobody's URI (RFC 3323 §4.1.1.3).
const anonymousUser = "anonymous"

// caller is who a request comes from: whom our server vouches for (RFC 3325 §9.2), else
// whom From names. vouched: the request comes from the account's server; from anybody else
// an assertion is worth nothing.
func caller(req *sip.Request, vouched bool) identity {
	from := req.From()
	if hidden(req, vouched) || nameless(from.Address) {
		return anonymous
	}
	said := identity{shown(from.DisplayName), number(from.Address)}
	if !vouched {
		return said
	}
	known, ok := asserted(req)
	if !ok {
		return said
	}
	if known.name == "" && known.number == said.number {
		known.name = said.name
	}
	return known
}

// asserted is the identity that a trusted server gives: P-Asserted-Identity (RFC 3325
// §9.1), or the header that came before it and lives on, Remote-Party-ID.
func asserted(m sip.Message) (identity, bool) {
	for _, name := range []string{"P-Asserted-Identity", "Remote-Party-ID"} {
		for _, v := range addresses(m, name) {
			if nameless(v.uri) {
				return anonymous, true
			}
			if n := number(v.uri); n != "" {
				return identity{shown(v.name), n}, true
			}
		}
	}
	return identity{}, false
}

// hidden reports whether the far end asks that it not be shown: Privacy (RFC 3323 §4.2, RFC
// 3325 §9.3), or the privacy of a Remote-Party-ID that a trusted server passes on.
func hidden(m sip.Message, vouched bool) bool {
	for _, v := range values(m, "Privacy") {
		for p := range strings.SplitSeq(v, ";") {
			switch strings.ToLower(strings.TrimSpace(p)) {
			case "id", "user", "header":
				return true
			}
		}
	}
	if !vouched {
		return false
	}
	for _, v := range addresses(m, "Remote-Party-ID") {
		switch strings.ToLower(unquoted(v.params, "privacy")) {
		case "full", "uri":
			return true
		}
	}
	return false
}

// nameless reports whether a URI is that of nobody (RFC 3323 §4.1.1.3).
func nameless(u sip.Uri) bool {
	return strings.EqualFold(u.User, anonymousUser) || strings.EqualFold(u.Host, "anonymous.invalid")
}

// news is what a caller's server says of how the call came here: through whom (Diversion,
// RFC 5806; History-Info, RFC 7044), or for whom if that is not the account.
func (l *line) news(req *sip.Request) string {
	if !l.serves(sourceOf(req)) {
		return ""
	}
	for _, v := range addresses(req, "Diversion") {
		if strings.EqualFold(unquoted(v.params, "privacy"), "full") || nameless(v.uri) {
			break
		}
		if by := v.display(); by != "" && !l.owns(v.uri) {
			return "via " + by
		}
	}
	history := addresses(req, "History-Info")
	for i := len(history) - 1; i >= 0; i-- {
		v := history[i]
		if strings.Contains(strings.ToLower(v.uri.Headers.String()), "privacy") || nameless(v.uri) {
			continue
		}
		if by := v.display(); by != "" && !l.owns(v.uri) {
			return "via " + by
		}
	}
	if to := req.To(); to.Address.User != "" && !l.owns(to.Address) {
		return "for " + address{name: to.DisplayName, uri: to.Address}.display()
	}
	return ""
}

// owns reports whether a URI is the account's, at whatever host: contacts too.
func (l *line) owns(u sip.Uri) bool { return unescape(u.User) == l.acc.User }

// An address is one value of a header that lists addresses.
type address struct {
	name   string
	uri    sip.Uri
	params sip.HeaderParams
}

// display is the name of an address, else its number.
func (v address) display() string {
	if name := shown(v.name); name != "" {
		return name
	}
	return number(v.uri)
}

// addresses are the first 16 addresses of all header lines of this name; what cannot be
// read is left out.
func addresses(m sip.Message, header string) []address {
	var all []address
	for _, line := range values(m, header) {
		for part := range pieces(line, ',') {
			var a address
			part = strings.TrimSpace(part)
			name, err := sip.ParseAddressValue(part, &a.uri, nil)
			if err != nil || len(all) == 16 {
				continue
			}
			a.name, a.params = name, params(part)
			all = append(all, a)
		}
	}
	return all
}

// meets tells the owner of a call who is at the far end, if that has changed (RFC 4916).
func (c *call) meets(who identity) {
	if who == (identity{}) || who == (identity{c.name, c.number}) || c.over {
		return
	}
	c.name, c.number = who.name, who.number
	if c.stage == preparing {
		return
	}
	c.tell(nil, func() Event {
		if c.over {
			return nil
		}
		return Connected{Call: c.id, Name: who.name, Number: who.number}
	})
}

// called learns from a response to a call of ours who is there, if our server vouches
// for it.
func (c *call) called(res *sip.Response) {
	if !c.line.serves(c.hop.Addr.Addr()) {
		return
	}
	if who, ok := asserted(res); ok {
		if hidden(res, true) {
			who = anonymous
		}
		if c.stage == setting && res.StatusCode >= 200 {
			c.name, c.number = who.name, who.number // Answered says it
			return
		}
		c.meets(who)
	}
}

// renamed learns from a request inside the call who is there now, and gives the far end's
// new address of record; "": the one that it had (RFC 4916 §4.3).
func (c *call) renamed(in *inbound) string {
	vouched := c.line.serves(in.from.Addr())
	if !vouched && c.acc.Domain != "" {
		return "" // not along the way that the call came
	}
	var was sip.Uri
	from := in.req.From()
	_, err := sip.ParseAddressValue(c.ses.Dialog.RemoteParty, &was, nil)
	same := err != nil || was.User == from.Address.User && strings.EqualFold(was.Host, from.Address.Host)
	if _, ok := asserted(in.req); ok && vouched || !same {
		c.meets(caller(in.req, vouched))
	}
	if same {
		return ""
	}
	return party(from.DisplayName, from.Address)
}

// withheld are the headers of a call that hides who calls (RFC 3323 §4.2, RFC 3325 §9.2):
// the server learns it, and keeps it to itself.
func (c *call) withheld() []sip.Header {
	if !c.hidden {
		return nil
	}
	return []sip.Header{
		sip.NewHeader("Privacy", "id"),
		sip.NewHeader("P-Preferred-Identity", "<"+c.line.aor()+">"),
	}
}

// withholds takes the account's prefix for hidden calls off a number.
func (l *line) withholds(number string) (rest string, hidden bool) {
	if p := l.acc.AnonymousPrefix; p != "" && len(number) > len(p) && strings.HasPrefix(number, p) {
		return number[len(p):], true
	}
	return number, l.acc.Anonymous
}
