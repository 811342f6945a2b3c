package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/firmware/phone"
)

func TestBook(t *testing.T) {
	want := []phone.Peer{
		{Name: "anna", Number: "203"}, {Name: "Bob Meyer", Number: "+49301234567"},
		{Name: "Door", Number: "sip:door@10.0.0.9"}, {Name: "Zoë", Number: "*21"},
	}
	for _, text := range []string{
		"[phone.book]\n'Bob Meyer' = '+49 (30) 123-45/67'\nanna = '203'\n\"Zoë\" = '*21'\nDoor = 'sip:door@10.0.0.9'\n",
		"[phone]\nbook = { Door = 'sip:door@10.0.0.9', 'Bob Meyer' = '+49301234567', anna = '203', \"Zoë\" = '*21' }\n",
	} {
		c, ms := Parse("offhook.toml", []byte(text), Options{})
		if diff := cmp.Diff(want, c.Book); diff != "" || len(ms) > 0 {
			t.Errorf("%s%v\n%s", text, ms, diff)
		}
	}
}

func TestBookFinds(t *testing.T) {
	var many strings.Builder
	for i := range MaxBook + 1 {
		fmt.Fprintf(&many, "n%d = '1'\n", i)
	}
	for text, want := range map[string]string{
		"Anna = ''\n":        "empty; a number",
		"Anna = 'Bob Meyer'": "no SIP address",
		"'' = '203'":         "no name for 203",
		"'  ' = '203'":       "no name for 203",
		"Anna = 203":         "quotes",
		strings.Repeat("a", maxContact+1) + " = '203'": "too long; 40 letters at most",
		"\"a\\nb\" = '203'":                            "line break",
		many.String():                                  "201 entries; the phone book has room for 200",
	} {
		_, ms := Parse("offhook.toml", []byte("[phone.book]\n"+text), Options{})
		if len(ms) != 1 || !strings.Contains(ms[0].String(), want) {
			t.Errorf("%.60q: %v, want %q", text, ms, want)
		}
	}
}
