package sip

import (
	"strings"
	"testing"
)

func TestShown(t *testing.T) {
	for s, want := range map[string]string{
		"Ann": "Ann", `J\"o\"`: `J"o"`, "a\x00b\x1b[2Jc": "ab[2Jc", "a\u202eb": "ab", "  x ": "x", strings.Repeat("ä", 99): strings.Repeat("ä", 64), "\xff\xfe": "",
	} {
		if got := shown(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
	if got := unescape("a%41%4"); got != "aA%4" {
		t.Errorf("%q", got)
	}
	if got := escape("*72#ä x"); got != "*72%23%C3%A4%20x" {
		t.Errorf("%q", got)
	}
}
