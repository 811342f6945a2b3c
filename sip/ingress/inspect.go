package ingress

import "strings"

// Inspect checks the grammar of one whole message as it came, which sipgo's parser mostly
// does not. stream: it came over TCP, where Content-Length must be there. Headers that a
// phone does not need are not looked at: a bad Date must not cost a call (RFC 4475
// §3.1.2.12).
func Inspect(message []byte, stream bool) Finding {
	m, bad := scan(message)
	return m.inspect(bad, stream)
}

func (m raw) inspect(bad Finding, stream bool) Finding {
	if bad.OK() {
		if m.isResponse() {
			bad = statusLine(m.first)
		} else {
			bad = requestLine(m.first)
		}
	}
	if bad.OK() {
		bad = m.headers()
	}
	if length := m.length(stream); bad.OK() || length.Lost {
		if !length.OK() {
			bad = length
		}
	}
	if !bad.OK() && (m.isResponse() || strings.EqualFold(m.method(), "ACK")) {
		bad.Drop, bad.Status = true, 0 // RFC 3261 §8.1.3, §17.1.1.3: neither is ever answered
	}
	return bad
}

func refuse(status int, words string) Finding { return Finding{Status: status, Words: words} }

// requestLine is Method SP Request-URI SP SIP-Version, with single spaces (RFC 3261 §7.1).
func requestLine(line string) Finding {
	words := strings.Split(line, " ")
	if len(words) != 3 || !isToken(words[0]) {
		return refuse(400, "Malformed Request Line")
	}
	if !strings.EqualFold(words[2], "SIP/2.0") {
		if _, version, ok := strings.Cut(words[2], "/"); ok && strings.Trim(version, "0123456789.") == "" && version != "" {
			return refuse(505, "Version Not Supported")
		}
		return refuse(400, "Malformed Version")
	}
	switch scheme(words[1]) {
	case "sip", "sips":
		if !isURI(words[1]) {
			return refuse(400, "Malformed Request-URI")
		}
		if strings.Contains(words[1][strings.LastIndexByte(words[1], '@')+1:], "?") { // RFC 3261 §19.1.1
			return refuse(400, "Headers In Request-URI")
		}
	case "tel":
	case "":
		return refuse(400, "Malformed Request-URI")
	default:
		return refuse(416, "Unsupported URI Scheme")
	}
	if words[0] != strings.ToUpper(words[0]) {
		// Methods compare with case (RFC 3261 §7.1) and all that we know are in upper
		// case; the parser would make another method of it.
		return refuse(501, "Not Implemented")
	}
	return Finding{}
}

// statusLine is SIP-Version SP Status-Code SP Reason-Phrase (RFC 3261 §7.2).
func statusLine(line string) Finding {
	version, rest, _ := strings.Cut(line, " ")
	code, _, _ := strings.Cut(rest, " ")
	n, ok := number(code, 699)
	if !strings.EqualFold(version, "SIP/2.0") || !ok || n < 100 || len(code) != 3 {
		return refuse(400, "Malformed Status Line")
	}
	return Finding{}
}

// headers checks the headers that every message has (RFC 3261 §8.1.1) and those that
// routing depends on.
func (m raw) headers() Finding {
	for _, h := range []struct {
		name, title string
		must        bool
		valid       func(string) bool
	}{
		{"to", "To", true, isAddress},
		{"from", "From", true, isAddress},
		{"call-id", "Call-ID", true, func(v string) bool { return v != "" && !strings.ContainsAny(v, " \t") }},
		{"cseq", "CSeq", true, isCSeq},
		{"max-forwards", "Max-Forwards", false, func(v string) bool { _, ok := number(v, 255); return ok }},
	} {
		switch v, n := m.one(h.name); {
		case n > 1:
			return refuse(400, "Repeated "+h.title)
		case n == 0 && h.must:
			return refuse(400, "Missing "+h.title)
		case n == 1 && !h.valid(v):
			return refuse(400, "Malformed "+h.title)
		}
	}
	if !m.isResponse() {
		if v, _ := m.one("cseq"); cseqMethod(v) != m.method() {
			return refuse(400, "CSeq Method Differs")
		}
	}
	for _, h := range []struct {
		name, title string
		must        bool
		valid       func(string) bool
	}{
		{"via", "Via", true, isVia},
		{"contact", "Contact", false, func(v string) bool { return v == "*" || isAddress(v) }},
		{"route", "Route", false, isAddress},
		{"record-route", "Record-Route", false, isAddress},
	} {
		lines := m.all(h.name)
		if len(lines) == 0 && h.must {
			return refuse(400, "Missing "+h.title)
		}
		for _, line := range lines {
			values, closed := listed(line)
			for _, v := range values {
				if !closed || !h.valid(v) {
					return refuse(400, "Malformed "+h.title)
				}
			}
		}
	}
	return m.branch()
}

// branch refuses a magic cookie with nothing behind it (RFC 4475 §3.2.1): all requests
// marked so would be one transaction.
func (m raw) branch() Finding {
	values, _ := listed(m.all("via")[0])
	for _, p := range strings.Split(values[0], ";")[1:] {
		if k, v, _ := strings.Cut(p, "="); strings.EqualFold(strings.Trim(k, " \t"), "branch") && strings.EqualFold(strings.Trim(v, " \t"), "z9hG4bK") {
			return refuse(400, "Malformed Branch")
		}
	}
	return Finding{}
}

// length checks Content-Length against what came (RFC 3261 §18.3).
func (m raw) length(stream bool) Finding {
	v, n := m.one("content-length")
	have := uint64(len(m.body))
	want, ok := number(v, MaxMessage)
	switch {
	case n == 0 && !stream:
		return Finding{}
	case n != 1 || !ok:
		return Finding{Status: 400, Words: "Malformed Content-Length", Lost: true}
	case want > have:
		return Finding{Status: 400, Words: "Message Shorter Than Content-Length", Lost: true}
	}
	return Finding{}
}

// isCSeq is 1*DIGIT LWS Method, below 2^31 (RFC 3261 §8.1.1.5).
func isCSeq(v string) bool {
	f := strings.Fields(v)
	if len(f) != 2 || !isToken(f[1]) {
		return false
	}
	_, ok := number(f[0], 1<<31-1)
	return ok
}

func cseqMethod(v string) string {
	if f := strings.Fields(v); len(f) == 2 {
		return f[1]
	}
	return ""
}
