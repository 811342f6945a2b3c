package registration

import (
	"slices"
	"strings"
)

// A Place is one Contact of a redirection.
type Place struct {
	URI   string
	Q     int  // preference, 0 to 1000
	Proxy bool // it is to be sent through, the Request-URI stays (305)
}

// maxPlaces bounds what one trail remembers.
const maxPlaces = 8

// A Trail is where one attempt was sent on to: it goes to no place twice, so that two
// servers that point at each other end it (RFC 3261 §8.1.3.4). It is a value; the zero
// Trail has been nowhere.
type Trail struct {
	been []string
	next []Place // best first
}

// From notes where the attempt begins.
func (t Trail) From(uri string) Trail {
	return Trail{been: append(slices.Clone(t.been), key(uri)), next: t.next}
}

// Told learns the Contacts of a 301, 302 or 305, best first by q.
func (t Trail) Told(places []Place) Trail {
	next := slices.Clone(t.next)
	for _, p := range places {
		k := key(p.URI)
		known := slices.Contains(t.been, k) || slices.ContainsFunc(next, func(o Place) bool { return key(o.URI) == k })
		if k == "" || known || len(next)+len(t.been) >= maxPlaces {
			continue
		}
		next = append(next, p)
	}
	slices.SortStableFunc(next, func(a, b Place) int { return b.Q - a.Q })
	return Trail{t.been, next}
}

// Left reports whether there is a place to go to.
func (t Trail) Left() bool { return len(t.next) > 0 }

// Next goes to the best place that is left; the zero Place: there is none.
func (t Trail) Next() (Trail, Place) {
	if len(t.next) == 0 {
		return t, Place{}
	}
	p := t.next[0]
	return Trail{append(slices.Clone(t.been), key(p.URI)), t.next[1:]}, p
}

// key is what makes two URIs one place: host, port and transport. Only sip and sips
// lead to a registrar; "": anything else.
func key(uri string) string {
	scheme, rest, ok := strings.Cut(strings.ToLower(uri), ":")
	if !ok || scheme != "sip" && scheme != "sips" {
		return ""
	}
	rest, _, _ = strings.Cut(rest, "?")
	if _, after, ok := strings.Cut(rest, "@"); ok {
		rest = after
	}
	host, params, _ := strings.Cut(rest, ";")
	if host == "" {
		return ""
	}
	transport := ""
	for _, p := range strings.Split(params, ";") {
		if name, value, _ := strings.Cut(p, "="); name == "transport" {
			transport = value
		}
	}
	return scheme + ":" + host + ";" + transport
}
