package sip

import "errors"

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
