// Package syntax is the grammar that SIP's headers and URIs have in common (RFC 3261 §25.1)
// and that is read and written in several rooms: escapes and delta-seconds. It refuses to
// know what they mean there.
package syntax

import "strings"

// What stands in a part of a URI as it is, beside letters and digits.
const (
	User  = "-_.!~*'()&=+$,;?/" // unreserved and user-unreserved
	Value = "-_.!~*'()"         // of a header in a URI; what hvalue allows beyond that is escaped all the same
)

const digits = "0123456789ABCDEF"

// Escape writes a text into a URI: what is neither letter, digit nor in safe as %hh.
func Escape(s, safe string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte(safe, c) >= 0:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}

// Unescape undoes %hh, of any byte. What only looks like an escape stays, and then whole
// is false.
func Unescape(s string) (text string, whole bool) {
	if !strings.Contains(s, "%") {
		return s, true
	}
	whole = true
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		hi, lo := -1, -1
		if i+2 < len(s) {
			hi, lo = hex(s[i+1]), hex(s[i+2])
		}
		if hi < 0 || lo < 0 {
			whole = false
			b.WriteByte('%')
			continue
		}
		b.WriteByte(byte(hi<<4 | lo))
		i += 2
	}
	return b.String(), whole
}

func hex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
