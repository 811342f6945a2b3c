package transfer

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/syntax"
)

// Bounds of what a REFER names, in bytes; ours.
const (
	maxReferTo = 1024
	maxURI     = 256
	maxBy      = 256
)

// A ReferTo is whom a REFER wants called.
type ReferTo struct {
	Name     string   // display name as it came, quotes undone by the parser; may be empty
	URI      string   // sip:, without method and headers
	Replaces Replaces // the dialog at the target whose place the call is to take
	Attended bool     // Replaces is there
}

// A Refusal is why a REFER is not followed, and the status that says so.
type Refusal struct {
	Status int
	Words  string
}

func (r *Refusal) Error() string { return fmt.Sprintf("refer-to: %s (%d)", r.Words, r.Status) }

// ParseReferTo reads the value of a Refer-To header (RFC 3515 §2.1). Only a call is
// honoured: method INVITE, scheme sip. Of the headers in the URI, which the far end would
// have us send in its name, nothing but one Replaces is taken (RFC 3261 §19.1.5). The error
// is a *Refusal.
func ParseReferTo(value string) (ReferTo, error) {
	var r ReferTo
	var u sip.Uri
	bad := &Refusal{400, "no address"}
	if len(value) > maxReferTo || strings.ContainsAny(value, "\r\n\x00") || strings.Contains(value, ">,") {
		return r, bad
	}
	name, err := sip.ParseAddressValue(value, &u, &sip.HeaderParams{})
	if err != nil {
		return r, bad
	}
	if u.Scheme != "sip" {
		return r, &Refusal{416, "no sip address"}
	}
	if !strings.Contains(value, "<") && strings.ContainsAny(value, "?,") {
		return r, bad // RFC 3261 §20.10: such a URI stands in angle brackets
	}
	if m, ok := u.UriParams.Get("method"); ok && !strings.EqualFold(m, "INVITE") {
		return r, &Refusal{603, "not a call"}
	}
	for _, h := range u.Headers {
		if !strings.EqualFold(h.K, "Replaces") {
			continue
		}
		if strings.Count(strings.ToLower(value), "replaces=") > 1 { // the parser keeps the last
			return ReferTo{}, bad
		}
		text, ok := syntax.Unescape(h.V)
		if !ok || strings.ContainsFunc(text, unicode.IsControl) { // an escape cut short, or what ends a line
			return ReferTo{}, bad
		}
		if r.Replaces, err = ParseReplaces(text); err != nil {
			return ReferTo{}, &Refusal{400, "Replaces cannot be read"}
		}
		r.Attended = true
	}
	u.Headers = nil
	u.UriParams.Remove("method")
	r.Name, r.URI = name, u.String()
	if u.Host == "" || len(r.URI) > maxURI || strings.ContainsAny(r.URI, " \t<>\"") {
		return ReferTo{}, bad
	}
	return r, nil
}

// String is the value of the header. With Replaces the target is asked to understand it
// (RFC 5589 §7.3): it would ring as a second call otherwise.
func (r ReferTo) String() string {
	s := r.URI
	if r.Attended {
		s += "?Replaces=" + syntax.Escape(r.Replaces.String(), syntax.Value) + "&Require=replaces"
	}
	return "<" + s + ">"
}

// ReferredBy reads a Referred-By (RFC 3892 §3) as it is passed on: its address, without the
// parameters of a signed token, which would mean nothing without its body. "": there is
// none that can be used.
func ReferredBy(value string) string {
	var u sip.Uri
	if len(value) > maxBy || strings.ContainsAny(value, "\r\n\x00") {
		return ""
	}
	if _, err := sip.ParseAddressValue(value, &u, &sip.HeaderParams{}); err != nil || u.Host == "" {
		return ""
	}
	if u.Scheme != "sip" && u.Scheme != "sips" {
		return ""
	}
	u.Headers = nil
	s := u.String()
	if strings.ContainsAny(s, " \t<>\"") {
		return ""
	}
	return "<" + s + ">"
}
