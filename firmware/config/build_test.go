package config

import (
	"log/slog"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/media/tone"
	"github.com/offhook/offhook/sip/account"
)

const home = `[phone]
name     = "Kitchen"
country  = "DE"
timezone = "Europe/Berlin"
[[account]]
label    = "Home"
user     = "201"
domain   = "pbx.home"
password = 'change-me'
[[account]]
user      = "430"
login     = "430-desk7"
domain    = "sip.example.com:5070"
password  = 'it''s me'
transport = "tcp"
expires   = "1h"
prefix    = "8"
[dial]
digit_map = "[2-6]xx|11[02]|0xx.|8xx.|*xx"
[sound]
volume = 45
codecs = ["pcma", "opus"]
[board.hook]
flash_max = "700ms"
[network]
accept = "any"
scanners = "refuse"
bind = "192.168.1.57"
[exchange]
enabled = "on"
listen = "127.0.0.1:0"
users = { 202 = 'b', 201 = 'a' }
[admin]
panel_tcp = "[::1]:5080"
panel_token = 'a long word'
[log]
level = "warn"
rooms.sip = "debug"
`

func TestConfig(t *testing.T) {
	text := strings.Replace(home, `'it''s me'`, `"it's me"`, 1)
	c, ms := Parse("offhook.toml", []byte(text), Options{})
	if len(ms) > 0 {
		t.Fatal(ms)
	}
	want := phone.Settings{
		Name: "Kitchen", NumAccts: 2,
		DigitMap: "[2-6]xx|11[02]|0xx.|8xx.|*xx", Timeout: 4 * time.Second,
		Emergency: [phone.MaxEmergency]string{"110", "112"},
		FlashMin:  100 * time.Millisecond, FlashMax: 700 * time.Millisecond,
		Ear: 45, Ring: 70, EarHeadset: 60, EarSpeaker: 60, RecordingBeep: true,
	}
	want.Accounts[0] = phone.Account{Label: "Home", User: "201", Domain: "pbx.home", Line: 7}
	want.Accounts[1] = phone.Account{Label: "430", User: "430", Domain: "sip.example.com:5070", Prefix: "8", Line: 11}
	if diff := cmp.Diff(want, c.Phone); diff != "" {
		t.Error(diff)
	}
	accounts := []account.Account{
		{Label: "Home", Name: "Kitchen", User: "201", Domain: "pbx.home", Login: "201", Password: "change-me", Transport: "auto", Path: "/",
			Proxy: "pbx.home", Expires: 10 * time.Minute, Codecs: []string{"pcma", "opus"}, DTMF: "auto", SRTP: "preferred", SRTPKeys: "sdes", Outbound: true, DistinctiveRing: true, Messages: true},
		{Label: "430", Name: "Kitchen", User: "430", Domain: "sip.example.com:5070", Login: "430-desk7", Password: "it's me", Transport: "tcp", Path: "/",
			Proxy: "sip.example.com:5070", Expires: time.Hour, Codecs: []string{"pcma", "opus"}, DTMF: "auto", SRTP: "preferred", SRTPKeys: "sdes", Outbound: true, DistinctiveRing: true, Messages: true},
	}
	if diff := cmp.Diff(accounts, c.Accounts); diff != "" {
		t.Error(diff)
	}
	if c.Country != "DE" || c.Timezone.String() != "Europe/Berlin" || c.NoAccount {
		t.Errorf("%+v", c)
	}
	if c.Network != (Network{SIPPort: 5060, RTPFirst: 30000, RTPLast: 30199, Bind: netip.MustParseAddr("192.168.1.57"), RefuseStrangers: true, VoiceClass: 46, SIPClass: 24}) {
		t.Errorf("%+v", c.Network)
	}
	if c.Admin != (Admin{netip.MustParseAddrPort("[::1]:5080"), "a long word"}) {
		t.Errorf("%+v", c.Admin)
	}
	exchange := Exchange{Enabled: true, Listen: netip.MustParseAddrPort("127.0.0.1:0"), Users: []User{{"201", "a"}, {"202", "b"}}, Login: "any", Mode: "proxy", Rate: 2000}
	if diff := cmp.Diff(exchange, c.Exchange, cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	if c.Log.Level != slog.LevelWarn || !maps.Equal(c.Log.Rooms, map[string]slog.Level{"sip": slog.LevelDebug}) {
		t.Errorf("%+v", c.Log)
	}
}

func TestDefaultIsAPhoneAtTheBuiltInExchange(t *testing.T) {
	c := Default(Options{})
	want := account.Account{Label: "Home", User: "201", Domain: ExchangeDomain, Login: "201", Password: "201",
		Transport: "auto", Proxy: "127.0.0.1:5070", Expires: 10 * time.Minute, Codecs: []string{"opus", "g722", "pcma", "pcmu"}, DTMF: "auto", SRTP: "preferred", SRTPKeys: "sdes", Outbound: true, DistinctiveRing: true}
	if diff := cmp.Diff([]account.Account{want}, c.Accounts); diff != "" {
		t.Error(diff)
	}
	if !c.NoAccount || !c.Exchange.Enabled || c.Exchange.Users[0] != (User{"201", "201"}) || c.Wiring.Preset != "sim" || !c.Network.Strict || c.Network.RefuseStrangers {
		t.Errorf("%+v", c)
	}
	if c.Phone.DigitMap != exchangeMap || c.Phone.NumAccts != 1 || c.Phone.Emergency[0] != "911" {
		t.Errorf("%+v", c.Phone)
	}
}

// A phone without an account has a name all the same, for those whom it calls.
func TestNameWithoutAnAccount(t *testing.T) {
	c, ms := Parse("o", []byte("[phone]\nname = 'Kitchen'\n"), Options{})
	if len(ms) > 0 || c.Accounts[0].Name != "Kitchen" || Default(Options{}).Accounts[0].Name != "" {
		t.Errorf("%v: %+v", ms, c.Accounts)
	}
}

func TestExchangeAndAccounts(t *testing.T) {
	at := func(user string) string {
		return "[[account]]\nuser = '" + user + "'\ndomain = '" + ExchangeDomain + "'\npassword = 'x'\n"
	}
	for _, tt := range []struct {
		name, text, mistake string
		enabled             bool
		accounts            int
	}{
		{"a file without accounts", "[phone]\nname = 'a'\n", "", true, 1},
		{"none, and no exchange", "[exchange]\nenabled = 'off'\n", "", false, 0},
		{"own account", "[[account]]\nuser='1'\ndomain='pbx'\npassword='x'\n", "", false, 1},
		{"account at the exchange", at("201"), "", true, 1},
		{"unknown there", at("9"), "o:2:8: account.user: 9 is not among exchange.users", true, 1},
		{"at an exchange that is off", at("201") + "[exchange]\nenabled = 'off'\n", `o:3:10: account.domain: the built-in exchange is off; set exchange.enabled = "on"`, false, 1},
		{"at another's exchange", at("9") + "proxy = '192.168.1.5:5070'\n", "", false, 1},
		{"nine accounts", strings.Repeat(at("201"), 9), "o:6:8: account.user: \"201\" is", true, 8},
	} {
		c, ms := Parse("o", []byte(tt.text), Options{})
		got := ""
		if len(ms) > 0 {
			got = ms[0].String()
		}
		if tt.name == "nine accounts" {
			found := slices.ContainsFunc(ms, func(m Mistake) bool {
				return m.String() == "o:34:8: account.user: 9 accounts; the phone has room for 8"
			})
			if !found || len(c.Accounts) != 8 {
				t.Errorf("%d accounts, %v", len(c.Accounts), ms)
			}
			continue
		}
		if got != tt.mistake || c.Exchange.Enabled != tt.enabled || len(c.Accounts) != tt.accounts {
			t.Errorf("%s: %v, enabled %v, %d accounts", tt.name, ms, c.Exchange.Enabled, len(c.Accounts))
		}
	}
}

func TestTwoAccountsMayNotShare(t *testing.T) {
	one := "[[account]]\nlabel = 'A'\nuser = '1'\ndomain = 'a'\npassword = 'x'\nprefix = '8'\n"
	_, ms := Parse("o", []byte(one+one), Options{})
	if len(ms) != 2 || ms[0].String() != `o:8:9: account.label: "A" is another account's label too` ||
		ms[1].String() != `o:12:10: account.prefix: "8" is another account's prefix too` {
		t.Error(ms)
	}
}

// Every row has an effect: the builder asks for it.
func TestEverySettingIsUsed(t *testing.T) {
	d := open("o", []byte("[[account]]\nuser='1'\ndomain='a'\npassword='x'\n"))
	l := readLayer(d)
	b := &builder{file: l, layers: []source{{l, File}}, values: map[string]Value{}, used: map[string]bool{}, told: map[string]bool{}}
	b.build()
	for _, s := range schema {
		if !b.used[s.key] {
			t.Errorf("%s does nothing", s.key)
		}
	}
}

func TestSchemaIsSound(t *testing.T) {
	seen := map[string]bool{}
	for i := range schema {
		s := &schema[i]
		if seen[s.key] || s.doc == "" || !strings.HasSuffix(s.doc, ".") {
			t.Errorf("%s: twice, or without documentation", s.key)
		}
		seen[s.key] = true
		if s.def != "" && literal(s, s.def) == nil {
			t.Errorf("%s: the default %s is bad", s.key, s.def)
		}
		if s.def == "" && s.from == "" && !s.required || s.required && literal(s, s.example) == nil {
			t.Errorf("%s: neither default nor required, or a bad example", s.key)
		}
		if slices.Contains(later, s.key) {
			t.Errorf("%s: both there and not", s.key)
		}
	}
	for _, country := range tone.Countries() {
		if n := len(numbers[country]); n == 0 || n > phone.MaxEmergency {
			t.Errorf("%s: %d emergency numbers", country, n)
		}
	}
}
