package account

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func good() Account {
	a := Default()
	a.User, a.Domain, a.Password = "201", "pbx.home", "change-me"
	return a
}

func TestCheckAccepts(t *testing.T) {
	for name, change := range map[string]func(*Account){
		"as it stands":            func(*Account) {},
		"only what must be":       func(a *Account) { *a = Account{User: "201", Domain: "pbx.home"} },
		"label of 8":              func(a *Account) { a.Label = "Küche-12" },
		"host and port":           func(a *Account) { a.Domain = "pbx.home:5070" },
		"one label":               func(a *Account) { a.Domain = "pbx" },
		"name with a dot":         func(a *Account) { a.Domain = "sip.example.com." },
		"IPv4":                    func(a *Account) { a.Domain = "192.168.1.5" },
		"IPv4 and port":           func(a *Account) { a.Domain = "127.0.0.1:5060" },
		"IPv6":                    func(a *Account) { a.Domain = "[2001:db8::10]" },
		"IPv6 and port":           func(a *Account) { a.Proxy = "[::1]:5070" },
		"user like a word":        func(a *Account) { a.User = "anna.schmidt+desk" },
		"user like E.164":         func(a *Account) { a.User = "+49301234567" },
		"odd login":               func(a *Account) { a.Login = "430-desk7@provider \\ x" },
		"shortest expires":        func(a *Account) { a.Expires = MinExpires },
		"longest expires":         func(a *Account) { a.Expires = MaxExpires },
		"TCP":                     func(a *Account) { a.Transport = TCP },
		"a WebSocket":             func(a *Account) { a.Transport, a.Path = WSS, "/ws/sip.v1" },
		"encrypted or not at all": func(a *Account) { a.SRTP, a.SRTPKeys = SRTPMandatory, DTLS },
		"a way through NATs": func(a *Account) {
			a.ICE, a.STUN, a.TURN, a.TURNUser, a.TURNPassword = true, "[::1]", "turn.home:3479", "u", "p"
		},
		"backup":    func(a *Account) { a.Backup, a.SecondProxy = "backup.home:5070", "[::1]" },
		"one codec": func(a *Account) { a.Codecs = []string{"pcmu"} },
	} {
		a := good()
		change(&a)
		if p := a.Check(); p != nil {
			t.Errorf("%s: %v", name, p)
		}
	}
}

func TestCheckFinds(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Account)
		want   string // of the one problem
	}{
		{"long label", func(a *Account) { a.Label = "Wohnzimmer" }, `account.label: "Wohnzimmer" has 10 letters; the display has room for 8`},
		{"no user", func(a *Account) { a.User = "" }, `account.user: missing; add user = "201", the number or name that your provider gave you`},
		{"user with scheme", func(a *Account) { a.User = "sip:201" }, `account.user: "sip:201": write it without sip:`},
		{"user with host", func(a *Account) { a.User = "201@pbx.home" }, `account.user: "201@pbx.home": write only the part before the @; the rest is the domain`},
		{"user with a space", func(a *Account) { a.User = "2 01" }, `account.user: "2 01" has a space in it`},
		{"user with brackets", func(a *Account) { a.User = "<201>" }, `account.user: "<201>" has a character that no SIP address may have`},
		{"no domain", func(a *Account) { a.Domain = "" }, `account.domain: missing; add domain = "pbx.home", your PBX or provider`},
		{"domain with scheme", func(a *Account) { a.Domain = "SIP:pbx.home" }, `account.domain: "SIP:pbx.home": write it without sip:`},
		{"domain with user", func(a *Account) { a.Domain = "201@pbx.home" }, `account.domain: "201@pbx.home": write only the part after the @; the rest is the user`},
		{"domain with parameters", func(a *Account) { a.Domain = "pbx.home;transport=tcp" }, `account.domain: "pbx.home;transport=tcp": write only the name or address of the server`},
		{"domain with a space", func(a *Account) { a.Domain = "pbx home" }, `account.domain: "pbx home" is no host name or address`},
		{"empty label in name", func(a *Account) { a.Domain = "pbx..home" }, `account.domain: "pbx..home" is no host name or address`},
		{"leading dash", func(a *Account) { a.Domain = "-pbx.home" }, `account.domain: "-pbx.home" is no host name or address`},
		{"bad IPv4", func(a *Account) { a.Domain = "192.168.1.500" }, `account.domain: "192.168.1.500" is no host name or address`},
		{"port 0", func(a *Account) { a.Domain = "pbx.home:0" }, `account.domain: "pbx.home:0": the port after the colon is a number from 1 to 65535`},
		{"port 65536", func(a *Account) { a.Proxy = "pbx.home:65536" }, `account.proxy: "pbx.home:65536": the port after the colon is a number from 1 to 65535`},
		{"port empty", func(a *Account) { a.Domain = "pbx.home:" }, `account.domain: "pbx.home:": the port after the colon is a number from 1 to 65535`},
		{"bare IPv6", func(a *Account) { a.Domain = "2001:db8::10" }, `account.domain: "2001:db8::10": put an IPv6 address in brackets: [2001:db8::10]`},
		{"bad IPv6", func(a *Account) { a.Domain = "[2001:db8:::10]" }, `account.domain: "[2001:db8:::10]" is no IPv6 address`},
		{"backup with scheme", func(a *Account) { a.Backup = "sip:backup.home" }, `account.backup: "sip:backup.home": write it without sip:`},
		{"second proxy with a space", func(a *Account) { a.SecondProxy = "a b" }, `account.second_proxy: "a b" is no host name or address`},
		{"backup of itself", func(a *Account) { a.Backup = "PBX.home" }, `account.backup: "PBX.home" is the same as the server that it is to stand in for`},
		{"second proxy like the first", func(a *Account) { a.Proxy, a.SecondProxy = "edge.home", "edge.home" }, `account.second_proxy: "edge.home" is the same as the first`},
		{"backup like the second", func(a *Account) { a.Backup, a.SecondProxy = "b.home", "b.home" }, `account.backup: "b.home" is the same as the second proxy`},
		{"control character", func(a *Account) { a.Password = "a\nb" }, "account.password: has a line break or another control character in it"},
		{"long password", func(a *Account) { a.Password = strings.Repeat("x", 129) }, "account.password: too long; 128 characters at most"},
		{"not text", func(a *Account) { a.Login = "\xff" }, "account.login: not UTF-8 text"},
		{"transport", func(a *Account) { a.Transport = "carrier-pigeon" }, `account.transport: "carrier-pigeon" is no transport of this phone; choose from auto, udp, tcp, tls, wss`},
		{"path", func(a *Account) { a.Path = "ws" }, `account.path: "ws": a path begins with /`},
		{"path with a query", func(a *Account) { a.Path = "/ws?x" }, `account.path: "/ws?x" has a character that no path may have`},
		{"path with a space", func(a *Account) { a.Path = "/w s" }, `account.path: "/w s" has a character that no path may have`},
		{"long path", func(a *Account) { a.Path = "/" + strings.Repeat("x", 128) }, "account.path: too long; 128 characters at most"},
		{"short expires", func(a *Account) { a.Expires = 5 * time.Second }, "account.expires: 5s is too short; 1m or more"},
		{"long expires", func(a *Account) { a.Expires = 100 * time.Hour }, "account.expires: 100h0m0s is too long; 24h at most"},
		{"broken expires", func(a *Account) { a.Expires = 90500 * time.Millisecond }, "account.expires: 1m30.5s is not a whole number of seconds"},
		{"srtp", func(a *Account) { a.SRTP = "on" }, `account.srtp: "on" is not known here; choose from off, preferred, mandatory`},
		{"digits", func(a *Account) { a.DTMF = "2833" }, `account.dtmf: "2833" is no way to send digits; choose from auto, rfc4733, inband, info`},
		{"keys of srtp", func(a *Account) { a.SRTPKeys = "zrtp" }, `account.srtp_keys: "zrtp" is not known here; choose from sdes, dtls`},
		{"stun without ice", func(a *Account) { a.STUN = "stun.home" }, "account.stun: needs ice = true"},
		{"stun as a URI", func(a *Account) { a.ICE, a.STUN = true, "stun:stun.home" }, `account.stun: "stun:stun.home": write it without stun:`},
		{"turn's port", func(a *Account) { a.ICE, a.TURN, a.TURNUser, a.TURNPassword = true, "turn.home:x", "u", "p" }, `account.turn: "turn.home:x": the port after the colon is a number from 1 to 65535`},
		{"turn without its user", func(a *Account) { a.ICE, a.TURN, a.TURNPassword = true, "turn.home", "p" }, "account.turn_user: missing; a relay asks for it"},
		{"turn's password alone", func(a *Account) { a.TURNPassword = "p" }, "account.turn_password: needs turn, the relay's address"},
		{"turn's user in two lines", func(a *Account) { a.ICE, a.TURN, a.TURNUser, a.TURNPassword = true, "turn.home", "u\nv", "p" }, "account.turn_user: has a line break or another control character in it"},
		{"codec", func(a *Account) { a.Codecs = []string{"opus", "mp3"} }, `account.codecs: "mp3" is no codec of this phone; choose from opus, g722, pcma, pcmu, l16/16000, l16/48000`},
		{"codec twice", func(a *Account) { a.Codecs = []string{"opus", "opus"} }, `account.codecs: "opus" is named twice`},
	} {
		a := good()
		c.change(&a)
		p := a.Check()
		if len(p) != 1 || p[0].String() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", c.name, p, c.want)
		}
	}
}

func TestCheckFindsAllAtOnce(t *testing.T) {
	var keys []string
	for _, p := range (Account{Label: "too long a label", Transport: "x", Expires: 1, Codecs: []string{"a", "b"}}).Check() {
		keys = append(keys, p.Key)
	}
	want := []string{"label", "user", "domain", "transport", "expires", "codecs", "codecs"}
	if d := cmp.Diff(want, keys); d != "" {
		t.Error(d)
	}
}

func TestPasswordsStayOutOfWords(t *testing.T) {
	for _, p := range (Account{Password: "hunter2\x00" + strings.Repeat("y", 200)}).Check() {
		if strings.Contains(p.Words, "hunter2") {
			t.Errorf("the password is in %q", p.Words)
		}
	}
}

func TestFilled(t *testing.T) {
	got := Account{User: "anna.schmidt", Domain: "pbx.home:5070", Password: "p"}.Filled()
	want := Account{Label: "anna.sch", User: "anna.schmidt", Domain: "pbx.home:5070", Login: "anna.schmidt",
		Password: "p", Transport: Auto, Proxy: "pbx.home:5070", Expires: 10 * time.Minute, Codecs: []string{"opus", "g722", "pcma", "pcmu"},
		DTMF: DTMFAuto, SRTP: SRTPPreferred, SRTPKeys: SDES}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(want, want.Filled()); d != "" {
		t.Errorf("filling twice: %s", d)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("201", "[::1]:5060")
	f.Add("sip:", "a.b:")
	f.Fuzz(func(t *testing.T, user, host string) {
		for _, p := range (Account{User: user, Domain: host}).Check() {
			if strings.ContainsAny(p.Words, "\r\n") {
				t.Errorf("more than one line: %q", p.Words)
			}
		}
	})
}

func TestWithPort(t *testing.T) {
	for in, want := range map[string]string{"stun.home": "stun.home:3478", "stun.home:9": "stun.home:9", "[::1]": "[::1]:3478", "[::1]:9": "[::1]:9", "192.0.2.1": "192.0.2.1:3478"} {
		if got := WithPort(in); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
}
