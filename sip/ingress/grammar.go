package ingress

import (
	"net/netip"
	"strconv"
	"strings"
)

// isToken is RFC 3261 §25.1's token.
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && strings.IndexByte("-.!%*_+`'~", c) < 0 {
			return false
		}
	}
	return s != ""
}

// number reads 1*DIGIT up to limit.
func number(s string, limit uint64) (uint64, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 10, 64)
	return n, err == nil && n <= limit
}

// listed cuts a header value at the commas outside of quotes and angle brackets; false:
// one of them is not closed.
func listed(s string) ([]string, bool) {
	var out []string
	start, quoted, angled := 0, false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"' && !angled:
			quoted = !quoted
		case quoted:
		case c == '<':
			angled = true
		case c == '>':
			angled = false
		case c == ',' && !angled:
			out = append(out, strings.Trim(s[start:i], " \t"))
			start = i + 1
		}
	}
	return append(out, strings.Trim(s[start:], " \t")), !quoted && !angled
}

// isAddress is name-addr or addr-spec with parameters after it (RFC 3261 §25.1), as in
// To, From, Contact and Route.
func isAddress(s string) bool {
	if strings.HasPrefix(s, `"`) {
		end := closingQuote(s)
		if end < 0 {
			return false
		}
		s = strings.TrimLeft(s[end+1:], " \t")
		if !strings.HasPrefix(s, "<") {
			return false
		}
	}
	open := strings.IndexByte(s, '<')
	if open < 0 { // addr-spec: what follows a semicolon belongs to the header
		spec, params, _ := strings.Cut(s, ";")
		spec = strings.TrimRight(spec, " \t")
		// RFC 3261 §20: with a comma, semicolon or question mark it must be in brackets.
		return !strings.ContainsAny(spec, "?, \t\"") && isURI(spec) && areParams(params, strings.Contains(s, ";"))
	}
	for _, word := range strings.Fields(s[:open]) { // display name: tokens
		if !isToken(word) {
			return false
		}
	}
	uri, rest, closed := strings.Cut(s[open+1:], ">")
	rest = strings.TrimLeft(rest, " \t")
	if !closed || !isURI(uri) || (rest != "" && rest[0] != ';') {
		return false
	}
	return areParams(strings.TrimPrefix(rest, ";"), rest != "")
}

// closingQuote is the index of the quote that ends the quoted string s begins with.
func closingQuote(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// areParams is *( SEMI generic-param ), without its first SEMI. Values are taken as they
// come, but none may be empty of a name; must: there was a SEMI.
func areParams(s string, must bool) bool {
	if !must {
		return s == ""
	}
	for s != "" || must {
		must = false
		name := strings.TrimLeft(s, " \t")
		end := strings.IndexAny(name, ";= \t")
		if end < 0 {
			return isToken(name)
		}
		if !isToken(name[:end]) {
			return false
		}
		s = strings.TrimLeft(name[end:], " \t")
		if strings.HasPrefix(s, "=") {
			s = strings.TrimLeft(s[1:], " \t")
			if strings.HasPrefix(s, `"`) {
				quote := closingQuote(s)
				if quote < 0 {
					return false
				}
				s = s[quote+1:]
			} else {
				stop := strings.IndexAny(s, "; \t,")
				if stop < 0 {
					return s != ""
				}
				if stop == 0 {
					return false
				}
				s = s[stop:]
			}
			s = strings.TrimLeft(s, " \t")
		}
		if s == "" {
			return true
		}
		if s[0] != ';' {
			return false
		}
		s, must = s[1:], true
	}
	return true
}

// scheme is the scheme of a URI in lower case, "" when it has none.
func scheme(s string) string {
	name, _, ok := strings.Cut(s, ":")
	if !ok || name == "" || (name[0]|0x20 < 'a' || name[0]|0x20 > 'z') || strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789+-.") != "" {
		return ""
	}
	return strings.ToLower(name)
}

// isURI accepts a SIP or SIPS URI (RFC 3261 §19.1.1), and any other URI unread.
func isURI(s string) bool {
	if strings.ContainsAny(s, " \t<>\"\r\n") {
		return false
	}
	switch scheme(s) {
	case "":
		return false
	case "sip", "sips":
	default:
		return true
	}
	_, s, _ = strings.Cut(s, ":")
	if at := strings.LastIndexByte(s, '@'); at >= 0 {
		if !isUser(s[:at]) {
			return false
		}
		s = s[at+1:]
	}
	if i := strings.IndexAny(s, ";?"); i >= 0 {
		if !isEscaped(s[i:]) {
			return false
		}
		s = s[:i]
	}
	return isHostport(s)
}

// isUser is userinfo without its @; a password may follow a colon.
func isUser(s string) bool {
	return s != "" && s[0] != ':' && isEscaped(s) && !strings.ContainsAny(s, "@[]`^{}|\\")
}

// isEscaped checks that each % is followed by two hexadecimal digits.
func isEscaped(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] == 0x7f {
			return false
		}
		if s[i] != '%' {
			continue
		}
		if i+2 >= len(s) || strings.Trim(strings.ToLower(s[i+1:i+3]), "0123456789abcdef") != "" {
			return false
		}
		i += 2
	}
	return true
}

// isHostport is host [":" port]. RFC 5118 §4.10: an IPv6 address with an IPv4 tail and a
// colon too many must be tolerated.
func isHostport(s string) bool {
	if strings.HasPrefix(s, "[") {
		addr, rest, ok := strings.Cut(s[1:], "]")
		a, err := netip.ParseAddr(strings.Replace(addr, ":::", "::", 1))
		if !ok || err != nil || !a.Is6() || a.Zone() != "" {
			return false
		}
		return rest == "" || rest[0] == ':' && isPort(rest[1:])
	}
	host, port, named := strings.Cut(s, ":")
	if named && !isPort(port) {
		return false
	}
	return host != "" && len(host) <= 255 && strings.Trim(strings.ToLower(host), "abcdefghijklmnopqrstuvwxyz0123456789-._") == ""
}

func isPort(s string) bool {
	n, ok := number(s, 65535)
	return ok && n > 0
}

// isVia is one via-parm: protocol, transport, sent-by and parameters, white space
// allowed around the slashes, the colon and the semicolons.
func isVia(s string) bool {
	var part [2]string
	for i := range part {
		var ok bool
		if part[i], s, ok = strings.Cut(s, "/"); !ok {
			return false
		}
		part[i] = strings.Trim(part[i], " \t")
	}
	s = strings.TrimLeft(s, " \t")
	end := strings.IndexAny(s, " \t")
	if end <= 0 || !isToken(part[0]) || !isToken(part[1]) || !isToken(s[:end]) {
		return false
	}
	sentBy, params, must := strings.Cut(strings.TrimLeft(s[end:], " \t"), ";")
	if i := strings.LastIndexByte(sentBy, ':'); i >= 0 && !strings.HasSuffix(strings.TrimRight(sentBy, " \t"), "]") {
		sentBy = strings.TrimRight(sentBy[:i], " \t") + ":" + strings.Trim(sentBy[i+1:], " \t")
	}
	return isHostport(strings.TrimRight(sentBy, " \t")) && areParams(params, must)
}
