package registration

import (
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// A Binding is one Contact of a 200 to REGISTER.
type Binding struct {
	URI     sip.Uri
	Expires string // its expires parameter; "": none
}

// Granted is the expiry that the registrar gave our contact: of the Contact with the same
// user, host and port, else of the Expires header, else what was asked (RFC 3261 §10.2.4,
// §10.3 item 8). Zero: there are bindings, and none is ours.
func Granted(ours sip.Uri, bindings []Binding, expires string, asked time.Duration) time.Duration {
	fallback := asked
	if d, ok := Seconds(expires); ok {
		fallback = d
	}
	for _, b := range bindings {
		if !same(ours, b.URI) {
			continue
		}
		if d, ok := Seconds(b.Expires); ok {
			return d
		}
		return fallback
	}
	switch len(bindings) {
	case 0:
		return fallback // §10.3 demands a Contact; small registrars leave it out
	case 1:
		// A server that rewrites our Contact behind a NAT still lists the one binding.
		if d, ok := Seconds(bindings[0].Expires); ok {
			return d
		}
		return fallback
	}
	return 0
}

func same(a, b sip.Uri) bool {
	port := func(u sip.Uri) int {
		if u.Port == 0 {
			return 5060
		}
		return u.Port
	}
	return a.User == b.User && strings.EqualFold(a.Host, b.Host) && port(a) == port(b)
}

// Seconds reads a delta-seconds value (RFC 3261 §25.1): digits, perhaps followed by a
// comment or parameters, cut to a day.
func Seconds(s string) (time.Duration, bool) {
	s = strings.TrimSpace(s)
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	if end == 0 {
		return 0, false
	}
	n, err := strconv.ParseUint(s[:end], 10, 64)
	if err != nil || n > uint64(longest/time.Second) {
		return longest, true
	}
	return time.Duration(n) * time.Second, true
}
