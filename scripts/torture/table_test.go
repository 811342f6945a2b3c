package main

import (
	"os"
	"strings"
	"testing"

	"github.com/offhook/offhook/sip/torture"
)

func same(o torture.Outcome) []torture.Outcome {
	out := make([]torture.Outcome, len(torture.Messages()))
	for i := range out {
		out[i] = o
	}
	return out
}

func TestRender(t *testing.T) {
	phone := column{name: "P", role: torture.Phone, got: map[torture.Network][]torture.Outcome{
		torture.UDP: same(torture.Outcome{Final: 400}), torture.TCP: same(torture.Outcome{Final: 400, Closed: true}),
	}}
	exchange := column{name: "X", role: torture.Exchange, got: map[torture.Network][]torture.Outcome{
		torture.UDP: same(torture.Outcome{}), torture.TCP: same(torture.Outcome{}),
	}}
	page := render("today", []column{phone, exchange})
	for _, want := range []string{
		"\ntoday.\n",
		"| message | RFC, section | what is special | a phone | P | an exchange | X |\n|---|---|---|---|---|---|---|\n",
		"| ncl | 4475, 3.1.2.3 | negative Content-Length | 400 / close or 400+close | 400 / 400+close | 400 / close or 400+close | **drop** |\n",
		"| bigcode | 4475, 3.1.2.19 | a response code over 2^32 | drop | **400** / **400+close** | drop | drop |\n",
		"| badinv01 | 4475, 3.1.2.1 | extra separators in Via and Contact | 400 | 400 / **400+close** |",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
	if n := strings.Count(page, "| X | "); n != 1 || exchange.missed() < 100 || phone.missed() > 121 {
		t.Errorf("%d, %d missed", exchange.missed(), phone.missed())
	}
}

// The page in docs is of this table: the same messages, asked for the same.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/torture.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range torture.Messages() {
		if row := "| " + m.Name + " | " + m.RFC + ", " + m.Section + " | " + m.About + " | " + wants(m, torture.Phone) + " |"; !strings.Contains(string(page), row) {
			t.Errorf("docs/torture.md is older than the manifest: make torture\n%s", row)
		}
	}
}
