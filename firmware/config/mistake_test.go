package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// check is what `offhook check` prints for a text.
func check(text string) string {
	var b strings.Builder
	_, ms := Parse("offhook.toml", []byte(text), Options{})
	Print(&b, ms)
	return b.String()
}

func TestAllMistakesAtOnceInLineOrder(t *testing.T) {
	text := `[phone]
name = "Kitchen"

[[account]]
label    = "Home"
user     = 201
pasword  = 'x'
password = “secret”

[[account]]
label  = "Work"
user   = "430
domain = "sip.example.com"
password = 'geheim'

[dial]
timeout = 4s
[sound]
volume = "60"
codecs = "opus"
`
	want := `offhook.toml:4:1: account.domain: missing in "Home"; add domain = "pbx.home"
offhook.toml:6:12: account.user: 201 is a number here; put it in quotes
    6 | user     = 201
      |            ^^^ "201"
offhook.toml:7:1: account.pasword: no such setting; did you mean "password"?
offhook.toml:8:12: account.password: “ is a curly quote; type the straight '
offhook.toml:12:10: account.user: the quote " that opens here is never closed
offhook.toml:17:11: dial.timeout: put quotes around 4s
   17 | timeout = 4s
      |           ^^ "4s"
offhook.toml:19:10: sound.volume: "60" is text here; take the quotes away
   19 | volume = "60"
      |          ^^^^ 60
offhook.toml:20:10: sound.codecs: a list is needed here; put it in brackets: [ ]
   20 | codecs = "opus"
      |          ^^^^^^ ["opus"]
`
	if diff := cmp.Diff(want, check(text)); diff != "" {
		t.Error(diff)
	}
}
