package registration

import (
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/syntax"
)

// A Binding is one Contact of a 200 to REGISTER.
type Binding struct {
	URI      sip.Uri
	Expires  string // its expires parameter; "": none
	Instance string // +sip.instance without its quotes; "": none
	RegID    int    // reg-id; 0: none
	Public   string // pub-gruu (RFC 5627 §3.2); "": none
	Passing  string // temp-gruu, good for this registration only; "": none
}

// Ours finds our binding among those of a 200: by instance-id and reg-id (RFC 5626 §4.2)
// where it has them, else by its address. With one binding it is that one: a server that
// rewrites our Contact behind a NAT still lists it.
func Ours(uri sip.Uri, instance string, regID int, bindings []Binding) (Binding, bool) {
	for _, b := range bindings {
		if instance != "" && strings.EqualFold(b.Instance, instance) && (b.RegID == regID || b.RegID == 0) {
			return b, true
		}
	}
	for _, b := range bindings {
		if Same(uri, b.URI) {
			return b, true
		}
	}
	if len(bindings) == 1 {
		return bindings[0], true
	}
	return Binding{}, false
}

// Granted is the expiry that the registrar gave our contact: of the Contact that Ours
// finds, else of the Expires header, else what was asked (RFC 3261 §10.2.4, §10.3 item
// 8). Zero: there are bindings, and none is ours.
func Granted(ours Binding, bindings []Binding, expires string, asked time.Duration) time.Duration {
	fallback := asked
	if d, ok := Seconds(expires); ok {
		fallback = d
	}
	if len(bindings) == 0 {
		return fallback // §10.3 demands a Contact; small registrars leave it out
	}
	b, found := Ours(ours.URI, ours.Instance, ours.RegID, bindings)
	if !found {
		return 0
	}
	if d, ok := Seconds(b.Expires); ok {
		return d
	}
	return fallback
}

// Same reports whether two Contacts are of one user at one place.
func Same(a, b sip.Uri) bool {
	port := func(u sip.Uri) int {
		if u.Port == 0 {
			return 5060
		}
		return u.Port
	}
	return a.User == b.User && strings.EqualFold(a.Host, b.Host) && port(a) == port(b)
}

// Seconds reads the delta-seconds of a header.
func Seconds(s string) (time.Duration, bool) { return syntax.Seconds(s) }
