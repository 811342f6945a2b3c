package trace

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

const hidden = "***"

var (
	// secretParameter is a digest parameter that helps to guess a password.
	secretParameter = regexp.MustCompile(`(?i)\b(response|cnonce|rspauth)\s*=\s*("(?:[^"\\]|\\.)*"?|[^,\s]*)`)
	// userinfo is the password of a SIP URI; its grammar is RFC 3261 §25.1's, made greedy.
	userinfo = regexp.MustCompile(`(?i)\b(sips?:[^\s:@<>;?]*):[^\s@<>]*@`)
	// keyMaterial is what a=crypto and k= carry (RFC 4568 §6.1, RFC 4566 §5.12).
	keyMaterial = regexp.MustCompile(`(?i)\b(inline|clear|base64|uri|prompt):?\S*`)
	// keys are a body that is nothing but pressed keys (application/dtmf, as some send it).
	keys = regexp.MustCompile(`(?im)^(?:content-type|c)\s*:\s*application/dtmf\s*(?:;|$)`)
	// pressed is a key in an INFO body: it may be part of a PIN.
	pressed = regexp.MustCompile(`(?i)^(\s*signal\s*=\s*).*$`)
)

// Redact is a message as text fit for a log: what helps to guess a password, keys in SDP,
// passwords in URIs and keys pressed are replaced by "***", control characters by "?".
// Lines end in \n and are unfolded. The text is cut to MaxText.
func Redact(raw []byte) string {
	cut := len(raw) > MaxText
	if cut {
		raw = raw[:MaxText]
	}
	text := strings.ReplaceAll(string(raw), "\r\n", "\n")
	head, body, hasBody := strings.Cut(text, "\n\n")
	head = strings.NewReplacer("\n ", " ", "\n\t", " ").Replace(head)
	var b strings.Builder
	for i, line := range strings.Split(head, "\n") {
		if i > 0 {
			line = header(line)
		}
		b.WriteString(clean(userinfo.ReplaceAllString(line, "$1:"+hidden+"@")))
		b.WriteByte('\n')
	}
	if hasBody && strings.TrimSpace(body) != "" {
		b.WriteByte('\n')
		if keys.MatchString(head) {
			body = hidden
		}
		for _, line := range strings.Split(strings.TrimRight(body, "\n"), "\n") {
			b.WriteString(clean(content(line)))
			b.WriteByte('\n')
		}
	}
	out := b.String()
	if len(out) > MaxText { // a replacement character is longer than what it replaces
		out, cut = out[:MaxText], true
	}
	if cut {
		for out = out[:min(len(out), MaxText-4)]; !utf8.ValidString(out[max(0, len(out)-4):]); {
			out = out[:len(out)-1]
		}
		out += "...\n"
	}
	return out
}

// header redacts one header line.
func header(line string) string {
	name, value, ok := strings.Cut(line, ":")
	if !ok {
		return line
	}
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "authorization", "proxy-authorization":
		scheme, _, _ := strings.Cut(strings.TrimSpace(value), " ")
		if !strings.EqualFold(scheme, "Digest") {
			return name + ": " + hidden
		}
		return name + ":" + secretParameter.ReplaceAllString(value, "$1="+hidden)
	case "authentication-info", "proxy-authentication-info":
		return name + ":" + secretParameter.ReplaceAllString(value, "$1="+hidden)
	}
	return line
}

// content redacts one line of a body.
func content(line string) string {
	switch lower := strings.ToLower(line); {
	case strings.HasPrefix(lower, "a=crypto:"), strings.HasPrefix(lower, "k="):
		return keyMaterial.ReplaceAllString(line, "$1:"+hidden)
	case strings.HasPrefix(lower, "a=ice-pwd:"):
		return line[:len("a=ice-pwd:")] + hidden
	case strings.HasPrefix(lower, "a=key-mgmt:"): // RFC 4567: MIKEY
		return line[:len("a=key-mgmt:")] + hidden
	case strings.HasPrefix(strings.TrimSpace(lower), "signal"):
		return pressed.ReplaceAllString(line, "${1}"+hidden)
	}
	return userinfo.ReplaceAllString(line, "$1:"+hidden+"@")
}

// clean keeps a terminal safe: no control characters, no invalid UTF-8.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r >= 0x7f && r < 0xa0 || r == utf8.RuneError || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '?'
		}
		return r
	}, s)
}
