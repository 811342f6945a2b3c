package syntax

import (
	"strconv"
	"strings"
)

// The types of an INFO's body that is a pressed key. No RFC knows them; every PBX does.
const (
	PressedRelay = "application/dtmf-relay" // Signal=5, and a Duration in milliseconds
	PressedPlain = "application/dtmf"       // 5
)

const maxPressed = 256 // octets of such a body

// Pressed reads a key from a body of either type: 0-9, *, #, A-D, or the number of its event
// (RFC 4733 §3.2) up to 15. known: the type is one of the two.
func Pressed(kind string, body []byte) (key byte, known bool) {
	kind, _, _ = strings.Cut(kind, ";")
	text := string(body[:min(len(body), maxPressed)])
	switch kind = strings.TrimSpace(kind); {
	case strings.EqualFold(kind, PressedRelay):
		for line := range strings.Lines(text) {
			name, value, ok := strings.Cut(line, "=")
			if ok && strings.EqualFold(strings.TrimSpace(name), "Signal") {
				return pressed(value), true
			}
		}
		return 0, true
	case strings.EqualFold(kind, PressedPlain):
		line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
		return pressed(line), true
	}
	return 0, false
}

// pressed is a key by its name or its event; 0: there is none.
func pressed(s string) byte {
	const keys = "0123456789*#ABCD"
	s = strings.ToUpper(strings.TrimSpace(s))
	if len(s) == 1 && strings.Contains(keys, s) {
		return s[0]
	}
	if n, err := strconv.ParseUint(s, 10, 8); err == nil && len(s) == 2 && int(n) < len(keys) {
		return keys[n]
	}
	return 0
}

// WritePressed is the body of PressedRelay for a key.
func WritePressed(key byte) []byte {
	return []byte("Signal=" + string(rune(key)) + "\r\nDuration=160\r\n")
}
