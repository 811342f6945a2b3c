package exchange

import (
	"strings"
	"unicode"

	"github.com/emiago/sipgo/sip"
)

// identityHeader is who sends a message, as a proxy vouches for it (RFC 3325 §9.1).
const identityHeader = "P-Asserted-Identity"

// maxName is how many letters of a user's display name are kept.
const maxName = 64

// assert replaces what a phone claims to be by whom its login showed it to be: the user
// that the request was routed to, by the name of that phone's registration (RFC 3325 §5).
// The caller's display then has a name for the number that was dialled.
func assert(res *sip.Response, to target, domain string) *sip.Response {
	remove(res, identityHeader)
	if to.user == "" || res.StatusCode <= 100 || res.StatusCode >= 300 {
		return res
	}
	res.AppendHeader(sip.NewHeader(identityHeader, identity(to.user, to.name, domain)))
	return res
}

// identity is a user by the name of the registration.
func identity(user, name, domain string) string {
	value := "<sip:" + user + "@" + domain + ">"
	if name != "" {
		value = `"` + name + `" ` + value
	}
	return value
}

// callerOf is who sends a request, for those who are called; "" where the sender wants to
// stay unknown (RFC 3323 §4.1, RFC 3325 §7).
func callerOf(req *sip.Request, b binding, domain string) string {
	for _, v := range values(req, "Privacy") {
		for _, p := range strings.FieldsFunc(strings.ToLower(v), func(r rune) bool { return r == ';' || r == ',' || r == ' ' }) {
			if p == "id" || p == "user" || p == "header" {
				return ""
			}
		}
	}
	return identity(b.user, b.name, domain)
}

// anonymous is the host of a From that names nobody (RFC 3323 §4.1.1.3).
const anonymous = "anonymous.invalid"

// nameOf is the display name in a REGISTER's To, fit to stand between quotes.
func nameOf(req *sip.Request) string {
	if req.To() == nil {
		return ""
	}
	var b strings.Builder
	n := 0
	for _, r := range req.To().DisplayName {
		if unicode.IsControl(r) || r == '"' || r == '\\' || r == unicode.ReplacementChar || n == maxName {
			continue
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}
