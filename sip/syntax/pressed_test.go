package syntax

import (
	"strings"
	"testing"
)

func TestPressed(t *testing.T) {
	for _, c := range []struct {
		kind, body string
		key        byte
		known      bool
	}{
		{"application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", '5', true},
		{"Application/DTMF-Relay;charset=utf-8", "Signal= *\r\nDuration= 250\r\n", '*', true}, // Cisco's
		{"application/dtmf-relay", "Duration=100\nsignal = #\n", '#', true},
		{"application/dtmf-relay", "Signal=d", 'D', true},
		{"application/dtmf-relay", "Signal=10\r\n", '*', true},
		{"application/dtmf-relay", "Signal=15\r\n", 'D', true},
		{"application/dtmf-relay", "Signal=16\r\n", 0, true}, // a hook flash
		{"application/dtmf-relay", "Signal=E\r\n", 0, true},
		{"application/dtmf-relay", "Signal=\r\n", 0, true},
		{"application/dtmf-relay", "", 0, true},
		{"application/dtmf-relay", strings.Repeat("x\n", 200) + "Signal=1", 0, true},
		{"application/dtmf", "7", '7', true},
		{" application/dtmf ", " 0\r\n", '0', true},
		{"application/dtmf", "12", 'A', true}, // its event
		{"application/dtmf", "123", 0, true},
		{"text/plain", "5", 0, false},
		{"", "5", 0, false},
	} {
		if key, known := Pressed(c.kind, []byte(c.body)); key != c.key || known != c.known {
			t.Errorf("%s %q: %q, %v", c.kind, c.body, key, known)
		}
	}
	for _, key := range []byte("0123456789*#ABCD") {
		if got, _ := Pressed(PressedRelay, WritePressed(key)); got != key {
			t.Errorf("%c is read back as %q", key, got)
		}
	}
}

// Whatever is read is a key or none.
func FuzzPressed(f *testing.F) {
	f.Add(PressedRelay, []byte("Signal=5\r\nDuration=160\r\n"))
	f.Add(PressedPlain, []byte("#"))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		key, known := Pressed(kind, body)
		if key != 0 && (!known || !strings.ContainsRune("0123456789*#ABCD", rune(key))) {
			t.Errorf("%q, %v", key, known)
		}
	})
}
