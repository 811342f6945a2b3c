package syntax

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestEscape(t *testing.T) {
	for _, c := range []struct{ text, safe, want string }{
		{"", User, ""},
		{"202", User, "202"},
		{"*72#ä x", User, "*72%23%C3%A4%20x"},
		{"a;b?c/d&e=f+g$h,i", User, "a;b?c/d&e=f+g$h,i"},
		{"call@x;to-tag=1;early-only", Value, "call%40x%3Bto-tag%3D1%3Bearly-only"},
		{"\x00\r\n%", Value, "%00%0D%0A%25"},
	} {
		if got := Escape(c.text, c.safe); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestUnescape(t *testing.T) {
	for in, want := range map[string]struct {
		text  string
		whole bool
	}{
		"":         {"", true},
		"202":      {"202", true},
		"a%41%4a":  {"aAJ", true},
		"%C3%A4":   {"ä", true},
		"%0d%0A":   {"\r\n", true},
		"%2541":    {"%41", true},
		"a%41%4":   {"aA%4", false},
		"%":        {"%", false},
		"%%41":     {"%A", false},
		"%g1%1g%1": {"%g1%1g%1", false},
		"%+1":      {"%+1", false},
	} {
		if text, whole := Unescape(in); text != want.text || whole != want.whole {
			t.Errorf("%q: %q %v, want %q %v", in, text, whole, want.text, want.whole)
		}
	}
}

func TestSeconds(t *testing.T) {
	for in, want := range map[string]struct {
		d  time.Duration
		ok bool
	}{
		"":                          {0, false},
		"x":                         {0, false},
		"-1":                        {0, false},
		"+1":                        {0, false},
		"0":                         {0, true},
		" 90 ":                      {90 * time.Second, true},
		"18000;duration=3600":       {5 * time.Hour, true},
		"120 (I am in a meeting)":   {2 * time.Minute, true},
		"86401":                     {Longest, true},
		"4294967296":                {Longest, true},
		"99999999999999999999999":   {Longest, true},
		"0000000000000000000000007": {7 * time.Second, true},
	} {
		if d, ok := Seconds(in); d != want.d || ok != want.ok {
			t.Errorf("%q: %v %v, want %v %v", in, d, ok, want.d, want.ok)
		}
	}
}

// Whatever is escaped comes back, stands in no way of what is around it, and is read in
// bounds.
func FuzzSyntax(f *testing.F) {
	for _, s := range []string{"", "*72#ä x", "%41%4", "3600;x=y", "\r\n", "18446744073709551616"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, safe := range []string{User, Value} {
			e := Escape(s, safe)
			if strings.ContainsAny(e, "@<>\" \r\n:") {
				t.Errorf("%q: %q", s, e)
			}
			if back, whole := Unescape(e); back != s || !whole {
				t.Errorf("%q: %q comes back as %q", s, e, back)
			}
		}
		if text, whole := Unescape(s); len(text) > len(s) || !whole && !strings.Contains(s, "%") {
			t.Errorf("%q: %q %v", s, text, whole)
		}
		d, ok := Seconds(s)
		if d < 0 || d > Longest || d%time.Second != 0 || !ok && d != 0 {
			t.Errorf("%q: %v %v", s, d, ok)
		}
		if n, err := strconv.ParseUint(s, 10, 16); err == nil && d != time.Duration(n)*time.Second {
			t.Errorf("%q: %v", s, d)
		}
	})
}
