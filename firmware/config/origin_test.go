package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhoseSettingWins(t *testing.T) {
	o := Options{
		Provisioned: []byte("[phone]\nname = 'Prov'\ncountry = 'DE'\n[sound]\nvolume = 30\nring_volume = 31\n[[account]]\nuser='9'\ndomain='p'\npassword='x'\n"),
		Menu:        map[string]string{"sound.volume": "55", "phone.name": `"Menu"`, "sound.ring_volume": "500", "no.such": "1"},
	}
	c, ms := Parse("o", []byte("[phone]\nname = 'File'\n[sound]\nvolume = 20\n"), o)
	if len(ms) > 0 {
		t.Fatal(ms)
	}
	for key, want := range map[string]Value{
		"phone.timezone":    {"phone.timezone", `""`, BuiltIn, 0},
		"phone.country":     {"phone.country", `"DE"`, Provisioned, 0},
		"phone.emergency":   {"phone.emergency", `["110", "112"]`, BuiltIn, 0},
		"phone.name":        {"phone.name", `"File"`, File, 2},           // the menu may not
		"sound.volume":      {"sound.volume", `55`, Menu, 0},             // the menu may
		"sound.ring_volume": {"sound.ring_volume", `31`, Provisioned, 0}, // 500 is too loud
		"account[0].user":   {"account[0].user", `"9"`, Provisioned, 0},
	} {
		for _, v := range c.Values {
			if v.Key == key && v != want {
				t.Errorf("%+v, want %+v", v, want)
			}
		}
		if _, there := values(c)[key]; !there {
			t.Errorf("%s is not listed", key)
		}
	}
	if c.Phone.Name != "File" || c.Phone.Ear != 55 || c.Phone.Ring != 31 || c.Accounts[0].User != "9" {
		t.Errorf("%+v", c.Phone)
	}
}

func TestBadProvisionedSettingsAreLeftOutWithAWarning(t *testing.T) {
	c, ms := Parse("o", []byte("[phone]\nname = 'File'\n"), Options{Provisioned: []byte("[sound]\nvolume = 1\nx = 2\n")})
	if len(ms) > 0 || len(c.Warnings) != 1 || c.Warnings[0].String() != "provisioned:3:1: sound.x: no such setting" || c.Sound.Volume != 60 {
		t.Errorf("%v %v %d", ms, c.Warnings, c.Sound.Volume)
	}
}

func TestPrintValues(t *testing.T) {
	c, ms := Parse("offhook.toml", []byte(home0), Options{Menu: map[string]string{"sound.volume": "5"}})
	if len(ms) > 0 {
		t.Fatal(ms)
	}
	var b strings.Builder
	c.PrintValues(&b)
	for _, line := range []string{
		`phone.name = "Offhook"                         # built in`,
		`account[0].label = "A"                         # offhook.toml:2`,
		`account[0].password = '********'               # offhook.toml:5`,
		`account[0].expires = "10m"                     # built in`,
		`sound.volume = 5                               # menu`,
		`exchange.users = { 201 = '********' }          # offhook.toml:7`,
		`board.hook.flash_max = "900ms"                 # built in`,
	} {
		if !strings.Contains(b.String(), line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
	if strings.Contains(b.String(), "geheim") || strings.Count(b.String(), "\n") != len(schema) {
		t.Error(b.String())
	}
}

const home0 = "[[account]]\nlabel = 'A'\nuser = '201'\ndomain = 'pbx'\npassword = 'geheim'\n[exchange]\nusers = { 201 = 'geheim' }\n"

// No mistake and no value shows a secret, whatever stands beside it.
func TestSecretsAreShownToNobody(t *testing.T) {
	for _, text := range []string{
		"[[account]]\npassword = geheim\n", "[[account]]\npassword = “geheim”\n", "[[account]]\npassword = 'geheim\n",
		"[[account]]\npassword = ['geheim']\n", "[[account]]\npassword = 'geheim' x\n", "[[account]]\npassword = \"\\geheim\"\n",
		"[admin]\npanel_token = \"geheim\\u0001\"\n", "[admin]\npanel_token = { a = 'geheim' }\n",
		"exchange = { users = { 1 = 'geheim' }, enabled = true }\n", "[exchange]\nusers = { 'a b' = 'geheim' }\n",
		"[exchange.users]\n201 = geheim\n", "[[account]]\npasswort = geheim\n", "[[account]]\npw = geheim\n", "wifi_password = geheim\n",
		"network = { wifi = 'x', wifi_password = 'geheimgeheim', vlan = '3' }\n", "network = { vlan = '3', wifi = 'x', wifi_passwort = 'geheim' }\n",
	} {
		var b strings.Builder
		c, ms := Parse("o", []byte(text), Options{})
		Print(&b, ms)
		c.PrintValues(&b)
		for _, m := range ms {
			b.WriteString(m.What + m.Remedy)
		}
		if strings.Contains(b.String(), "geheim") || len(ms) == 0 {
			t.Errorf("%s shows it:\n%s", text, b.String())
		}
	}
}

// An address with a password in it is a mistake, which does not show that.
func TestPasswordInAnAddressIsNotShown(t *testing.T) {
	for _, text := range []string{
		"user = \"201:geheim\"", "user = \"201:geheim@pbx\"", "user = \"sip:201:geheim@pbx\"", "domain = \"sip:201:geheim@pbx\"", "domain = \"201:geheim@pbx\"",
		"proxy = \"201:geheim@pbx\"", "proxy = \"sip:201:geheim@pbx\"", "backup = \"201:geheim@pbx\"", "stun = \"stun:a:geheim@pbx\"", "turn = \"a:geheim@pbx\"",
	} {
		_, ms := Parse("o", []byte("[[account]]\npassword = 'x'\n"+text+"\n"), Options{})
		var b strings.Builder
		Print(&b, ms)
		for _, m := range ms {
			b.WriteString(m.Brief())
		}
		key, _, _ := strings.Cut(text, " ")
		if strings.Contains(b.String(), "geheim") || !strings.Contains(b.String(), "account."+key+": ") {
			t.Errorf("%s:\n%s", text, b.String())
		}
	}
}

// A renamed setting works under its old name, with a warning; not under both.
func TestRenamedSetting(t *testing.T) {
	all := schema
	t.Cleanup(func() { schema = all })
	schema = append(schema[:0:0], all...)
	lookup("dial.timeout").was = "dial.pause"

	c, ms := Parse("o", []byte("[dial]\npause = \"7s\"\n"), Options{})
	if len(ms) > 0 || c.Phone.Timeout.String() != "7s" {
		t.Errorf("%v, %v", ms, c.Phone.Timeout)
	}
	var b strings.Builder
	Print(&b, c.Warnings)
	want := `o:2:1: dial.pause: is now called dial.timeout; the old name works for two more releases
    2 | pause = "7s"
      | ^^^^^ timeout
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
	_, ms = Parse("o", []byte("[dial]\npause = \"7s\"\ntimeout = \"5s\"\n"), Options{})
	if len(ms) != 1 || ms[0].Line != 3 {
		t.Errorf("both names: %v", ms)
	}
}
