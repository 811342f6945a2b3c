package config

import (
	"strings"
	"testing"
	"time"
)

func TestUpdates(t *testing.T) {
	c, ms := Parse("o", []byte("[update]\nurl = \"https://example.com/x.update\"\nevery = \"12h\"\nask = false\n"), Options{})
	if want := (Update{URL: "https://example.com/x.update", Every: 12 * time.Hour}); c.Update != want || len(ms) > 0 {
		t.Errorf("%+v, %v", c.Update, ms)
	}
	if c, _ := Parse("o", nil, Options{}); c.Update != (Update{Every: 24 * time.Hour, Ask: true}) {
		t.Errorf("by default: %+v", c.Update)
	}
	for line, want := range map[string]string{
		`url = "http://example.com/x"`:                                    "not https://",
		`url = "example.com"`:                                             "is no address",
		`url = "https://"`:                                                "is no address",
		`url = "https://me:secret@example.com/x"`:                         "leave the password out",
		`url = "https://example.com/` + strings.Repeat("x", maxURL) + `"`: "is no address",
		`every = "1m"`:                                                    "3600s",
	} {
		_, ms := Parse("o", []byte("[update]\n"+line+"\n"), Options{})
		if len(ms) != 1 || !strings.Contains(ms[0].String(), want) || strings.Contains(ms[0].String(), "secret") {
			t.Errorf("%s: %v", line, ms)
		}
	}
}
