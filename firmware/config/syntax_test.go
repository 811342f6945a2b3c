package config

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestSyntax(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"no equals", "[phone]\nname \"Kitchen\"\n", `2:5: phone.name: no = after the name; a setting is written name = value`},
		{"no value", "[phone]\nname =\n", `2:7: phone.name: no value after the =`},
		{"a comment for a value", "[phone]\nname = # mine\n", `2:8: phone.name: no value after the =`},
		{"bare word", "[phone]\nname = Kitchen two # mine\n", `2:8: phone.name: put quotes around Kitchen two → "Kitchen two"`},
		{"leading zero", "[dial]\nhotline = 0301234\n", `2:11: dial.hotline: put quotes around 0301234 → "0301234"`},
		{"address", "[network]\nbind = 192.168.1.57\n", `2:8: network.bind: put quotes around 192.168.1.57 → "192.168.1.57"`},
		{"bare password", "[[account]]\nuser='1'\ndomain='a'\npassword = geheim\n", `4:12: account.password: put it in 'single quotes'`},
		{"open quote", "[phone]\nname = \"Kitchen\ncountry = \"DE\"\n", `2:8: phone.name: the quote " that opens here is never closed`},
		{"text after the quote", "[phone]\nname = \"Kit\"chen\n", `2:13: phone.name: only a comment may follow the closing quote; a comment begins with #`},
		{"backslash", "[sound]\ndirectory = \"C:\\data\"\n", `2:13: sound.directory: \ has a meaning of its own between " "; use 'single quotes'`},
		{"curly", "[phone]\nname = „Küche“\n", `2:8: phone.name: „ is a curly quote; type the straight "`},
		{"curly end", "[phone]\nname = \"Küche“\n", `2:14: phone.name: “ is a curly quote; type the straight "`},
		{"curly in a list", "[sound]\ncodecs = [“opus”]\n", `2:11: sound.codecs: “ is a curly quote; type the straight "`},
		{"curly inside quotes is text", "[phone]\nname = \"Anna’s\"\n", ``},
		{"no-break space", "[phone]\nname = \u00a0\"x\"\n", "2:8: phone.name: an invisible character stands here; delete it and type a plain space"},
		{"no-break space first", "[phone]\n\u00a0name = \"x\"\n", "2:1: phone: an invisible character stands here; delete it and type a plain space"},
		{"prose", "[phone]\n!!! mine\n", `2:1: phone: neither a setting (name = value) nor a [section]; a comment begins with #`},
		{"section without end", "[phone\nname = \"x\"\nnam = 1\n", "1:1: phone: not the name of a section; write [phone] → [phone]\n3:1: phone.nam: no such setting; did you mean \"name\"?"},
		{"open list", "[sound]\ncodecs = [\"opus\",\n\n[log]\nlevel = \"x\"\n", "2:10: sound.codecs: the [ that opens here is never closed with ]\n5:9: log.level: \"x\" is none of debug, info, warn, error"},
		{"bare word in a list", "[sound]\ncodecs = [opus, pcmu]\n", `2:11: sound.codecs: put quotes around opus → "opus"`},
		{"bare word in a table", "[log]\nrooms = { sip = debug }\n", `2:17: log.rooms: not a list that can be read; write ["one", "two"] or { name = value }`},
		{"long list", "[sound]\ncodecs = [ # best first\n  \"opus\",\n  5,\n]\nvolume = 1000\n", "4:3: sound.codecs: 5 is a number here; put it in quotes → \"5\"\n6:10: sound.volume: 1000 is out of range; 0 to 100"},
		{"nothing before =", "[phone]\n= 3\n", "2:1: phone: no name before the ="},
		{"old Mac line ends", "[phone]\rname = \"x\"\r", "1:1: phone: not the name of a section; write [phone] → [phone]"},
	} {
		_, ms := Parse("o", []byte(tt.text), Options{})
		var got []string
		for _, m := range ms {
			one := strings.TrimPrefix(m.String(), "o:")
			if m.Fix != "" {
				one += " → " + m.Fix
			}
			got = append(got, one)
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, "\n")); diff != "" {
			t.Errorf("%s\n%s", tt.name, diff)
		}
	}
}

func TestStructure(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"unknown section", "[sond]\nvolume = 1\n", `1:1: sond: no such section; did you mean [sound]?`},
		{"unknown far off", "[weather]\nrain = 1\n", `1:1: weather: no such section`},
		{"a setting as a section", "[network.wifi]\nssid = 'x'\n", `1:1: network.wifi: no such section`},
		{"setting of a later version", "[phone]\nlanguage = 'de'\n[admin]\nprovision = 5\n", "2:1: phone.language: not in this version; take the line out\n4:1: admin.provision: not in this version; take the line out"},
		{"elsewhere", "[phone]\nvolume = 5\n", `2:1: phone.volume: no such setting; it belongs under [sound]`},
		{"before any section", "volume = 5\n", `1:1: volume: no such setting; it belongs under [sound]`},
		{"an account's outside", "[phone]\npassword = 'x'\n", `2:1: phone.password: no such setting; it belongs under [[account]]`},
		{"section twice", "[phone]\nname = 'a'\n[dial]\n[phone]\nname = 'b'\n", "4:1: phone: [phone] is here twice; join it with the one in line 1\n5:1: phone.name: is here twice; take one out, the first is in line 2"},
		{"setting twice", "[phone]\nname = 'a'\nname = 'b'\n", `3:1: phone.name: is here twice; take one out, the first is in line 2`},
		{"two brackets too many", "[[phone]]\nname = 'a'\n", `1:1: phone: written with one bracket, and only once → [phone]`},
		{"account with one bracket", "[account]\nuser='1'\ndomain='a'\npassword='x'\n", `1:1: account: an account is written with two brackets → [[account]]`},
		{"account inline", "account = [{ user = '1' }]\n", `1:1: account: write each account as a section of its own, below [[account]]`},
		{"account part alone", "account.user = '1'\n", `1:1: account: write each account as a section of its own, below [[account]]`},
		{"dotted", "phone.name = 'a'\nboard.hook.flash_max = \"10s\"\n", `2:24: board.hook.flash_max: 10s is out of range; 10ms to 2s`},
		{"inline section", "[board]\nhook = { flash_max = 1, flash_mix = 2 }\n", "2:22: board.hook.flash_max: 1 has no unit; write s, ms, m or h after it, in quotes → \"1ms\"\n2:25: board.hook.flash_mix: no such setting; did you mean \"flash_min\"?"},
		{"map as section", "[log.rooms]\nsip = \"debug\"\nmedia = \"loud\"\n", `3:9: log.rooms: "loud" is none of debug, info, warn, error`},
		{"map key twice", "[log.rooms]\nsip = \"debug\"\nsip = \"info\"\n", `3:1: log.rooms: sip is here twice`},
		{"below a setting", "[phone]\nname.first = 'x'\n", `2:1: phone.name.first: no such setting`},
		{"flash", "[board.hook]\nflash_min = \"900ms\"\nflash_max = \"300ms\"\n", `2:13: board.hook.flash_min: 900ms is not shorter than flash_max, 300ms`},
		{"misspelt, and so missing", "[[account]]\nuser='1'\ndomian='a'\n\n[[account]]\nuser='2'\n",
			"1:1: account.password: missing in account 1; add password = 'change-me'\n" +
				"3:1: account.domian: no such setting; did you mean \"domain\"?\n" +
				"5:1: account.domain: missing in account 2; add domain = \"pbx.home\"\n" +
				"5:1: account.password: missing in account 2; add password = 'change-me'"},
		{"order of an account's mistakes", "[[account]]\nuser = '1'\n\n[[account]]\ndomain = 'a b'\nuser = 'sip:x@y'\npassword=''\n",
			"1:1: account.domain: missing in account 1; add domain = \"pbx.home\"\n" +
				"1:1: account.password: missing in account 1; add password = 'change-me'\n" +
				"5:10: account.domain: \"a b\" is no host name or address\n" +
				"6:8: account.user: \"sip:x@y\": write it without sip:\n" +
				"7:10: account.password: empty; put your provider's password between the quotes"},
	} {
		_, ms := Parse("o", []byte(tt.text), Options{})
		var got []string
		for _, m := range ms {
			one := strings.TrimPrefix(m.String(), "o:")
			if m.Fix != "" {
				one += " → " + m.Fix
			}
			got = append(got, one)
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, "\n")); diff != "" {
			t.Errorf("%s\n%s", tt.name, diff)
		}
	}
}

func TestLCDRows(t *testing.T) {
	for _, tt := range []struct{ text, what, remedy string }{
		{"[[account]]\nuser = 201\ndomain = 'a'\npassword = 'x'\n", `user needs quotes:`, `user = "201"`},
		{"[[account]]\nuser = '201'\npassword = 'x'\n", `domain is missing:`, `domain = "pbx.home"`},
		{"[phone]\nnam = 'x'\n", `nam unknown:`, `did you mean name?`},
		{"[phone]\nqqq = 'x'\n", `qqq unknown:`, `no such setting`},
		{"[[account]]\nuser = '201'\ndomian = 'a'\npassword = 'x'\n", `domian unknown:`, `did you mean domain?`},
		{"[sound]\necho_cancelation = 'on'\n", `echo_cancelation`, `echo_cancellation?`},
		{"[[account]]\nuser = '201'\ndomain = 'a'\npassword = 'x'\nport = 5080\n", `port unknown:`, `put it after domain`},
		{"volume = 5\n", `volume unknown:`, `goes under [sound]`},
		{"[phone]\npassword = 'x'\n", `password unknown:`, `under [[account]]`},
		{"[phone]\nname = “x”\n", `name curly quote`, `type the straight "`},
		{"[[account]]\nuser = '1'\ndomain = 'a'\npassword = 'x'\nca = 'a.pem'\n", ``, ``},
		{"[sound]\nvolume = 200\n", `volume out of range`, `0 to 100`},
		{"[dial]\nhotline = 'Anna'\n", ``, ``},
		{"[board]\npreset = 'pi-9x9'\n", ``, ``},
		{"[dial]\ntimeout = 4\n", `timeout needs unit:`, `timeout = "4s"`},
	} {
		_, ms := Parse("o", []byte(tt.text), Options{})
		if len(ms) != 1 || utf8.RuneCountInString(ms[0].What) > 20 {
			t.Errorf("%q: %v", tt.text, ms)
			continue
		}
		if ms[0].What != tt.what || ms[0].Remedy != tt.remedy {
			t.Errorf("%q:\n|%-20s|\n|%-20s|", tt.text, ms[0].What, ms[0].Remedy)
		}
		if got, all := ms[0].Brief(), strings.TrimSpace(tt.what+" "+tt.remedy); all != "" && got != all || all == "" && !strings.HasSuffix(got, ": "+ms[0].Words) {
			t.Errorf("%q: in brief %q", tt.text, got)
		}
	}
}
