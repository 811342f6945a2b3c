package event

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of texts from the network, in letters.
const (
	maxName  = 64
	MaxWords = 500 // of a MESSAGE
)

// clean is a text of one line without control and format characters, at most n letters.
func clean(s string, n int) string { return strings.TrimSpace(cleaned(s, n, false)) }

// Words are the words of a text/plain MESSAGE (RFC 3428): UTF-8 without control and
// format characters, line breaks kept as '\n', at most MaxWords letters. false: it is not
// UTF-8 text, or nothing is left.
func Words(body []byte) (string, bool) {
	if !utf8.Valid(body) {
		return "", false
	}
	s := strings.ReplaceAll(strings.ReplaceAll(string(body), "\r\n", "\n"), "\r", "\n")
	s = strings.TrimSpace(cleaned(s, MaxWords, true))
	return s, s != ""
}

func cleaned(s string, n int, lines bool) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' && lines:
		case r == '\t':
			r = ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r),
			r == unicode.ReplacementChar:
			continue
		}
		if n--; n < 0 {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}
