package sip

import (
	"strings"

	"github.com/emiago/sipgo/sip"
)

// sendable reports whether a request can go to a URI at all: a tel: or http: one is a name
// that no DNS knows, and a remote target or route of the far end's choosing is not looked up
// as if it were a host.
func sendable(uri string) bool {
	return strings.HasPrefix(uri, "sip:") || strings.HasPrefix(uri, "sips:")
}

// remoteTarget is where the Contact of a request wants what follows in its dialog; "": it
// has none. ok is false for anything but one SIP or SIPS URI (RFC 3261 §8.1.1.8, §12.1.1).
func remoteTarget(req *sip.Request) (uri string, ok bool) {
	lines := req.GetHeaders("Contact")
	if len(lines) == 0 {
		return "", true
	}
	c, ok := lines[0].(*sip.ContactHeader)
	if !ok || len(lines) > 1 || c.Address.Wildcard || c.Address.Host == "" || !sendable(c.Address.String()) {
		return "", false
	}
	return c.Address.String(), true
}
