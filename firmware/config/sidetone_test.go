package config

import (
	"strings"
	"testing"
)

func TestSidetone(t *testing.T) {
	for text, want := range map[string]Sidetone{
		"card": {}, "off": {Off: true}, "-18dB": {DB: -18}, "-18 dB": {DB: -18}, "-12.5db": {DB: -12.5}, "-40dB": {DB: -40}, "card -12dB": {Card: -12}, "-6dB": {DB: -6},
	} {
		if got, words := sidetoneOf(text); got != want || words != "" {
			t.Errorf("%q: %+v, %q", text, got, words)
		}
	}
	for text, want := range map[string]string{
		"": "write", "on": "write", "-18": "write", "18dB": "out of range", "-5dB": "out of range", "-41dB": "out of range", "0dB": "out of range", "-999dB": "out of range", "card 3dB": "out of range", "card loud": "write",
	} {
		if got, words := sidetoneOf(text); !strings.Contains(words, want) || got != (Sidetone{}) {
			t.Errorf("%q: %+v, %q", text, got, words)
		}
	}
	c, mistakes := Parse("offhook.toml", []byte("[sound]\nsidetone = \"-15dB\"\n"), Options{})
	if len(mistakes) > 0 || c.Sound.Sidetone.DB != -15 {
		t.Errorf("%+v, %v", c.Sound, mistakes)
	}
	if got := check("[sound]\nsidetone = \"loud\"\n"); !strings.Contains(got, `like "-18dB"`) {
		t.Errorf("%s", got)
	}
}
