package ingress

import (
	"bytes"
	"strings"
)

// raw is a message cut into lines, before any value is read.
type raw struct {
	first  string
	fields []field
	body   []byte
}

// field is one header line, unfolded; name is the long form in lower case.
type field struct {
	name  string
	value string // without white space around it
	line  string // as it came, unfolded, for copying into a response
}

// compact are the short header names (RFC 3261 §7.3.3 and the registry).
var compact = map[string]string{
	"a": "accept-contact", "b": "referred-by", "c": "content-type", "e": "content-encoding",
	"f": "from", "i": "call-id", "k": "supported", "l": "content-length", "m": "contact",
	"o": "event", "r": "refer-to", "s": "subject", "t": "to", "u": "allow-events", "v": "via",
}

// usual are the names of almost all lines, as they are mostly spelt, in lower case.
var usual = func() map[string]string {
	out := map[string]string{}
	for _, name := range []string{"Via", "Max-Forwards", "From", "To", "Call-ID", "CSeq", "Contact", "Expires",
		"Authorization", "Proxy-Authorization", "Route", "Record-Route", "Allow", "Supported", "User-Agent",
		"Content-Type", "Content-Length"} {
		out[name] = strings.ToLower(name)
	}
	return out
}()

// scan cuts a message into lines. The finding is about the first thing that cannot be a
// header line; what was read before it is kept, so that it can be answered.
func scan(b []byte) (raw, Finding) {
	head, body, whole := bytes.Cut(b, []byte("\r\n\r\n"))
	m := raw{body: body}
	bad := Finding{}
	note := func(words string) {
		if bad.OK() {
			bad = Finding{Status: 400, Words: words}
		}
	}
	if !whole {
		note("No End Of Header")
		head = bytes.TrimSuffix(head, []byte("\r\n"))
	}
	first, rest, more := strings.Cut(string(head), "\r\n")
	m.first = first
	if !more {
		return m, bad
	}
	lines := strings.Count(rest, "\r\n") + 1
	if lines > MaxLines {
		return m, Finding{Status: 400, Words: "Too Many Header Lines", Lost: true}
	}
	m.fields = make([]field, 0, lines)
	for line := range strings.SplitSeq(rest, "\r\n") {
		if strings.ContainsAny(line, "\r\n") {
			note("Bare CR Or LF")
			continue
		}
		if line != "" && (line[0] == ' ' || line[0] == '\t') { // RFC 3261 §7.3.1: folding
			if len(m.fields) == 0 {
				note("Folded First Line")
				continue
			}
			f := &m.fields[len(m.fields)-1]
			more := strings.Trim(line, " \t")
			f.line += " " + more
			f.value = strings.Trim(f.value+" "+more, " \t")
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if long, ok := usual[name]; ok {
			name = long
		} else {
			name = strings.ToLower(strings.TrimRight(name, " \t"))
		}
		if !ok || !isToken(name) {
			note("Malformed Header Line")
			continue
		}
		if long, short := compact[name]; short {
			name = long
		}
		m.fields = append(m.fields, field{name, strings.Trim(value, " \t"), line})
	}
	return m, bad
}

// all are the values of one header, lines in order.
func (m raw) all(name string) []string {
	var out []string
	for _, f := range m.fields {
		if f.name == name {
			out = append(out, f.value)
		}
	}
	return out
}

// one is the value of a header that may stand once; n is how often it does.
func (m raw) one(name string) (value string, n int) {
	for _, f := range m.fields {
		if f.name == name {
			value, n = f.value, n+1
		}
	}
	return value, n
}

// method is the first word of a request line.
func (m raw) method() string {
	method, _, _ := strings.Cut(m.first, " ")
	return method
}

func (m raw) isResponse() bool {
	return len(m.first) >= 4 && strings.EqualFold(m.first[:4], "SIP/")
}
