package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/sip/account"
)

const attending = `[phone]
colleagues = { Bert = "203", Anna = "sip:202@pbx.home" }
texts = ["Later"]

[[account]]
user = "201"
domain = "pbx.home"
password = 'x'
mailbox = "*97"
pickup = "**"
messages = false
presence = true
blf_list = "blf-201"
`

func TestAttend(t *testing.T) {
	c, ms := Parse("offhook.toml", []byte(attending), Options{})
	if len(ms) > 0 {
		t.Fatal(ms)
	}
	want := []account.Watch{
		{Label: "Anna", Number: "sip:202@pbx.home", Kind: account.WatchLine},
		{Label: "Bert", Number: "203", Kind: account.WatchLine},
		{Number: "blf-201", Kind: account.WatchLine, List: true},
	}
	if diff := cmp.Diff(want, c.Watches); diff != "" {
		t.Error(diff)
	}
	if a := c.Accounts[0]; a.Messages || !a.Presence || !c.Phone.Accounts[0].Presence || c.Phone.Accounts[0].Mailbox != "*97" ||
		c.Phone.Accounts[0].Pickup != "**" {
		t.Errorf("%+v %+v", a, c.Phone.Accounts[0])
	}
	if diff := cmp.Diff([]string{"Later"}, c.Texts); diff != "" {
		t.Error(diff)
	}
	// The built-in exchange has no voice mail to be asked about.
	c, _ = Parse("offhook.toml", []byte(strings.NewReplacer("pbx.home", ExchangeDomain, "messages = false\n", "").Replace(attending)), Options{})
	if len(c.Accounts) != 1 || c.Accounts[0].Messages {
		t.Errorf("%+v", c.Accounts)
	}
}

func TestAttendFinds(t *testing.T) {
	var many []string
	for i := range 33 {
		many = append(many, fmt.Sprintf(`a%d = "1"`, i))
	}
	for old, c := range map[string]struct{ now, want string }{
		`"203"`:                         {`"2 3"`, "no SIP address"},
		`"sip:202@pbx.home" `:           {`"" `, "empty; a number"},
		`{ Bert = "203"`:                {"{ " + strings.Join(many, ", "), "34 colleagues; the phone has room for 32"},
		`["Later"]`:                     {`[" "]`, "empty; words"},
		`"*97"`:                         {`"<97>"`, "no SIP address"},
		`"blf-201"`:                     {`"` + strings.Repeat("b", 129) + `"`, "too long"},
		`texts = ["Later"]`:             {`texts = ["1", "2", "3", "4", "5", "6", "7", "8", "9"]`, "9 texts; 8 at most"},
		`texts = ["Lat` + `er"]` + "\n": {`texts = ["` + strings.Repeat("l", 61) + "\"]\n", "too long; 60 letters"},
	} {
		_, ms := Parse("offhook.toml", []byte(strings.Replace(attending, old, c.now, 1)), Options{})
		if len(ms) != 1 || !strings.Contains(ms[0].String(), c.want) {
			t.Errorf("%s: %v, want %q", c.now, ms, c.want)
		}
	}
}
