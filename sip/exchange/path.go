package exchange

import (
	"strings"

	"github.com/emiago/sipgo/sip"
)

// pathOf are the Path URIs of a REGISTER, the one nearest to us first (RFC 3327 §5.3).
// A phone that does not name "path" as supported gets its Path taken down all the same:
// its edge proxy asked for it, and without it no call would find back (§5.3, policy 2).
func pathOf(req *sip.Request) ([]string, bool) {
	var out []string
	for _, v := range values(req, "Path") {
		for _, one := range addresses(v) {
			var u sip.Uri
			if len(out) == maxPath || len(one) > maxURI || sip.ParseUri(one, &u) != nil || u.Scheme != "sip" || u.Host == "" {
				return nil, false
			}
			if _, loose := u.UriParams.Get("lr"); !loose {
				return nil, false // RFC 3327 §5.2
			}
			out = append(out, one)
		}
	}
	return out, true
}

// addresses are the URIs between angle brackets of a header that lists them; what has
// none is given as it stands.
func addresses(v string) []string {
	var out []string
	for v = strings.TrimSpace(v); v != ""; v = strings.TrimSpace(strings.TrimLeft(v, ", \t")) {
		open := strings.IndexByte(v, '<')
		end := strings.IndexByte(v, '>')
		if open < 0 || end < open {
			return append(out, v)
		}
		out = append(out, v[open+1:end])
		_, v, _ = strings.Cut(v[end+1:], ",")
	}
	return out
}

// outboundEdge reports whether the proxy that the phone is connected to keeps its flow
// (RFC 5626 §6): it says so on the Path that it, the first, put at the bottom.
func outboundEdge(path []string) bool {
	if len(path) == 0 {
		return false
	}
	var u sip.Uri
	return sip.ParseUri(path[len(path)-1], &u) == nil && u.UriParams.Has("ob")
}

// supports reports whether the sender names an option tag as supported.
func supports(req *sip.Request, tag string) bool {
	for _, name := range []string{"Supported", "k", "Require"} {
		for _, v := range values(req, name) {
			for _, t := range strings.Split(v, ",") {
				if strings.EqualFold(strings.TrimSpace(t), tag) {
					return true
				}
			}
		}
	}
	return false
}
