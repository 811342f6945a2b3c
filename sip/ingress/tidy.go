package ingress

import "strings"

// loose are the headers in which sipgo's parser takes white space for a part of a value.
var loose = map[string]bool{
	"via": true, "from": true, "to": true, "contact": true, "route": true, "record-route": true, "cseq": true,
}

// tidy rewrites a message in place when white space that the grammar allows (RFC 4475
// §3.1.1.1 shows it all) would be misread, and gives its new size, never more than n.
// b[:n] is what m was scanned from. Other messages are left as they came.
func (m raw) tidy(b []byte, n int) int {
	needed := false
	for i := range m.fields {
		f := &m.fields[i]
		if !loose[f.name] {
			continue
		}
		if t := squeeze(f.value); t != f.value {
			name, _, _ := strings.Cut(f.line, ":")
			f.value, f.line = t, name+":"+t
			needed = true
		}
	}
	if !needed {
		return n
	}
	var s strings.Builder
	s.WriteString(m.first + "\r\n")
	for _, f := range m.fields {
		s.WriteString(f.line + "\r\n")
	}
	s.WriteString("\r\n")
	if s.Len()+len(m.body) > n { // cannot be: every rewrite only takes away
		return n
	}
	body := copy(b[s.Len():], m.body)
	return copy(b, s.String()) + body
}

// squeeze takes away white space beside ; = , / and makes one space of any other run,
// outside of quotes and angle brackets.
func squeeze(s string) string {
	if !strings.ContainsAny(s, " \t") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	quoted, angled := false, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quoted && c == '\\' && i+1 < len(s):
			b.WriteByte(c)
			i++
			c = s[i]
		case c == '"' && !angled:
			quoted = !quoted
		case quoted:
		case c == '<':
			angled = true
		case c == '>':
			angled = false
		case !angled && (c == ' ' || c == '\t'):
			end := i
			for end < len(s) && (s[end] == ' ' || s[end] == '\t') {
				end++
			}
			before := i > 0 && strings.IndexByte(";=,/", s[i-1]) >= 0
			after := end < len(s) && strings.IndexByte(";=,/", s[end]) >= 0
			if i = end - 1; before || after || end == len(s) {
				continue
			}
			c = ' '
		}
		b.WriteByte(c)
	}
	return b.String()
}
