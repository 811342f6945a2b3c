package account

import (
	"fmt"
	"slices"
	"strings"
)

// A Way is an outbound proxy as a setting names it: "edge.home", "edge.home:5070",
// "edge.home;transport=tls" or "sip:edge.home;transport=tls;lr".
type Way struct {
	Server    string    // host or host:port
	Transport Transport // "": the account's
}

// WayOf reads a setting that is right.
func WayOf(s string) Way {
	server, params := cutWay(s)
	w := Way{Server: server}
	for _, p := range params {
		if name, value, _ := strings.Cut(p, "="); strings.EqualFold(name, "transport") {
			w.Transport = Transport(strings.ToLower(value))
		}
	}
	return w
}

func cutWay(s string) (server string, params []string) {
	if len(s) >= 4 && strings.EqualFold(s[:4], "sip:") {
		s = s[4:]
	}
	parts := strings.Split(s, ";")
	return parts[0], parts[1:]
}

// URI is the way as a Route that is loaded before requests (RFC 3261 §8.1.2).
func (w Way) URI() string {
	if w.Transport == "" {
		return "sip:" + w.Server + ";lr"
	}
	return "sip:" + w.Server + ";transport=" + string(w.Transport) + ";lr"
}

// By is the transport of a way of an account.
func (a Account) By(w Way) Transport {
	switch {
	case w.Transport != "":
		return w.Transport
	case a.Transport != "":
		return a.Transport
	}
	return Auto
}

// way checks an outbound proxy.
func (a Account) way(s string) string {
	server, params := cutWay(s)
	if len(s) >= 5 && strings.EqualFold(s[:5], "sips:") {
		return fmt.Sprintf("%q: write %q", shown(s), "sip:"+shown(s[5:])+";transport=tls")
	}
	if words := hostport(server); words != "" {
		return words
	}
	for _, p := range params {
		name, value, _ := strings.Cut(p, "=")
		t := Transport(strings.ToLower(value))
		switch {
		case strings.EqualFold(p, "lr"):
		case !strings.EqualFold(name, "transport"):
			return fmt.Sprintf("%q: only ;transport= may stand after the server", shown(s))
		case t == Auto || !slices.Contains(Transports(), t):
			return fmt.Sprintf("%q is no transport of this phone; choose from %s", shown(value), choices(Transports()[1:]))
		case a.Transport != "" && a.Transport != Auto && a.Transport != t:
			return fmt.Sprintf("%q: the account's transport is %s", shown(s), shown(string(a.Transport)))
		}
	}
	return ""
}

func choices(all []Transport) string {
	var names []string
	for _, t := range all {
		names = append(names, string(t))
	}
	return strings.Join(names, ", ")
}
