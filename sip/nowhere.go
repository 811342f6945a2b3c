package sip

import (
	"errors"

	"github.com/offhook/offhook/sip/dialog"
)

// noWay is why a request found no way to a server, in words for the user, 20 letters at most
// but for what a certificate has against it. No server has sent a status then, so none is told.
func noWay(err error) string {
	var f *fault
	switch {
	case errors.As(err, &f):
		return f.words
	case errors.Is(err, errNoServer):
		return "Server not found"
	case errors.Is(err, errNoDNS):
		return "Name server silent"
	}
	return "Server not reachable"
}

// nowhere is why this request found no way; "": it went out.
func (o *outbound) nowhere() string {
	if !o.unsent.Load() {
		return ""
	}
	return noWay(o.why)
}

// serverSilent is what a person reads while nothing answers a request, and when it is given up.
const serverSilent = "Server not answering"

// silence is why an INVITE that went out ended without a final response, as far as its answers
// had come: a server that says nothing at all is not somebody who does not lift.
func silence(at dialog.Phase) string {
	switch at {
	case dialog.Calling:
		return serverSilent
	case dialog.Proceeding:
		return Words(430) // RFC 5626 §11.5: the connection failed under it
	}
	return ""
}
