package doctor

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/offhook/offhook/scripts/golden"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// well is a phone with nothing wrong.
func well() Seen {
	return Seen{
		Settings:   File{Name: "offhook.toml"},
		HasDisplay: true,
		Heard:      Heard{Card: "USB Phone", Tried: true, Room: -61, Tone: -34},
		Links:      []Interface{{"eth0", true}, {"wlan0", false}},
		Addresses:  []netip.Addr{netip.MustParseAddr("fe80::1"), netip.MustParseAddr("192.168.1.57"), netip.MustParseAddr("127.0.0.1")},
		Servers:    []Server{{Account: "Home", Host: "pbx.home", Named: true, Lookup: 12 * time.Millisecond, Secure: true, Until: noon.AddDate(1, 0, 0)}},
		Time:       Time{Now: noon, Built: noon.AddDate(0, -1, 0), Synced: true, Known: true},
		Accounts:   []Account{{Label: "Home", Registered: true}},
		Media:      Media{Tried: true, Port: 30000, Arrived: true},
	}
}

// refuse has TLS with the first server fail.
func refuse(words string, cause Cause) func(*Seen) {
	return func(s *Seen) { s.Servers[0].Refused, s.Servers[0].Cause = words, cause }
}

// Each case changes a phone that is well. What is said of it stands in testdata/findings.txt.
var cases = []struct {
	name  string
	spoil func(s *Seen)
	first string // the layer that is to be mended; "": none
}{
	{"well", func(*Seen) {}, ""},
	{"a mistake in the file", func(s *Seen) {
		s.Settings.Mistake, s.Settings.More = "line 16: account.user: 201 is a number here; put it in quotes", 2
		s.Settings.Instead = "what stood in it on 21 Nov 18:02"
	}, "Settings"},
	{"a mistake, and a server that refuses", func(s *Seen) {
		s.Settings.Mistake, s.Settings.More = "line 3: board: no such preset", 1
		s.Accounts[0] = Account{Label: "Home", Words: "login refused", Cause: LoginRefused, Code: 403}
	}, "Settings"},
	{"a changed file", func(s *Seen) { s.Settings.Unread = true }, ""},
	{"no file", func(s *Seen) { s.Settings = File{} }, ""},
	{"a pin in use", func(s *Seen) { s.Faults = []Fault{{"keypad", "GPIO 16 does not work: device or resource busy"}} }, "Pins"},
	{"no display found", func(s *Seen) {
		s.Faults = []Fault{{"lcd", "no display found at 0x20-0x27 or 0x38-0x3f: check its wires, and that I2C is on"}}
	}, "Display"},
	{"words that look like a verdict", func(s *Seen) { s.Heard = Heard{Card: "FAILS", Tried: true, Tone: -10, Room: -60} }, ""},
	{"no display wanted", func(s *Seen) { s.HasDisplay = false }, ""},
	{"simulated", func(s *Seen) { s.Simulated = true }, ""},
	{"card in use", func(s *Seen) {
		s.Heard = Heard{Card: "USB Phone", Problem: "the sound card is used by another program", Cause: CardBusy}
	}, "Sound"},
	{"no card", func(s *Seen) { s.Heard = Heard{Problem: "no sound card found", Cause: CardMissing} }, "Sound"},
	{"a card that this user may not open", func(s *Seen) {
		s.Heard = Heard{Problem: "this user may not use the sound card (group audio)", Cause: CardDenied}
	}, "Sound"},
	{"a card without a microphone", func(s *Seen) { s.Heard = Heard{Problem: "the sound card has no microphone", Cause: MicrophoneMissing} }, "Sound"},
	{"a card that is not plugged in", func(s *Seen) { s.Heard = Heard{Problem: "no headset card"} }, "Sound"},
	{"in a call", func(s *Seen) { s.Heard = Heard{InUse: true} }, ""},
	{"WAV files", func(s *Seen) { s.Heard = Heard{Files: true} }, ""},
	{"microphone muted", func(s *Seen) { s.Heard.Dead = true }, "Sound"},
	{"tone not heard", func(s *Seen) { s.Heard.Tone = -60 }, ""},
	{"sound not tried", func(s *Seen) { s.Heard = Heard{} }, ""},
	{"no cable", func(s *Seen) {
		s.Links[0].Up, s.Addresses, s.Servers[0].NotFound, s.Servers[0].Cause = false, nil, "name servers do not answer", NamesUnanswered
		s.Accounts[0] = Account{Label: "Home", Words: "server not found", Cause: NameUnknown}
		s.Media.Arrived = false
	}, "Link"},
	{"no interface", func(s *Seen) { s.Links = nil }, "Link"},
	{"no DHCP", func(s *Seen) {
		s.Addresses = []netip.Addr{netip.MustParseAddr("169.254.7.7"), netip.MustParseAddr("fe80::1")}
	}, "Address"},
	{"no address at all", func(s *Seen) { s.Addresses = []netip.Addr{netip.MustParseAddr("fe80::1")} }, "Address"},
	{"no such name", func(s *Seen) { s.Servers[0].NotFound, s.Servers[0].Cause = "server not found", NameUnknown }, "DNS"},
	{"name servers silent", func(s *Seen) {
		s.Servers[0].NotFound, s.Servers[0].Cause = "name servers do not answer", NamesUnanswered
	}, "DNS"},
	{"slow names", func(s *Seen) { s.Servers[0].Lookup = 3100 * time.Millisecond }, ""},
	{"no names", func(s *Seen) { s.Servers = nil }, ""},
	{"clock of 1970", func(s *Seen) {
		s.Time.Now = time.Unix(60, 0).UTC()
		s.Servers[0].Refused = "clock not set (NTP)"
		s.Accounts[0] = Account{Label: "Home", Words: "clock not set (NTP)"}
	}, "Time"},
	{"no time server", func(s *Seen) { s.Time.Synced = false }, ""},
	{"nobody to ask for the time", func(s *Seen) { s.Time.Synced, s.Time.Known = false, false }, ""},
	{"certificate expired", func(s *Seen) {
		s.Servers[0].Refused, s.Servers[0].Cause = "certificate of pbx.home expired 1 Nov 2026", CertificateOver
		s.Accounts[0] = Account{Label: "Home", Words: "certificate of pbx.home expired 1 Nov 2026"}
	}, "TLS"},
	{"no TLS there", refuse("pbx.home does not speak TLS on that port", TLSMissing), "TLS"},
	{"nobody at that port", refuse("pbx.home takes no connection at port 5061", Unreached), "TLS"},
	{"an authority of its own", refuse("certificate of pbx.home is of an unknown authority", AuthorityUnknown), "TLS"},
	{"another's certificate", refuse("certificate is for pbx.example, not pbx.home", CertificateOthers), "TLS"},
	{"our certificate is over", refuse("pbx.home says that the client certificate expired", ClientUnwelcome), "TLS"},
	{"a certificate of tomorrow", refuse("certificate of pbx.home begins 24 Nov 2026: clock wrong?", ClockWrong), "TLS"},
	{"an old TLS", refuse("pbx.home speaks only an old TLS", OtherCause), "TLS"},
	{"the second server refuses", func(s *Seen) {
		s.Servers = append(s.Servers, Server{Account: "Work", Host: "sip.work", Secure: true, Refused: "sip.work wants a client certificate", Cause: ClientUnwelcome})
	}, "TLS"},
	{"certificate ends soon", func(s *Seen) { s.Servers[0].Until = noon.AddDate(0, 0, 3) }, ""},
	{"login refused", func(s *Seen) {
		s.Accounts[0] = Account{Label: "Home", Words: "login refused", Cause: LoginRefused, Code: 403}
	}, "Registration"},
	{"no such user", func(s *Seen) {
		s.Accounts[0] = Account{Label: "Home", Words: "no such user at pbx.home", Cause: UserUnknown, Code: 404}
	}, "Registration"},
	{"server in trouble", func(s *Seen) {
		s.Accounts[0] = Account{Label: "Home", Words: "pbx.home has an error", Code: 500}
	}, "Registration"},
	{"name not found when it registered", func(s *Seen) {
		s.Accounts[0] = Account{Label: "Home", Words: "server not found: pbx.home", Cause: NameUnknown}
	}, "Registration"},
	{"name servers were silent when it registered", func(s *Seen) {
		s.Accounts[0] = Account{Label: "Home", Words: "name servers do not answer", Cause: NamesUnanswered}
	}, "Registration"},
	{"another transport there", func(s *Seen) {
		s.Accounts[0] = Account{Label: "Home", Words: "port 5061 speaks TLS; set transport = tls", Cause: OtherTransport}
	}, "Registration"},
	{"a login that is not spoken", func(s *Seen) {
		s.Accounts[0] = Account{Label: "Home", Words: "login method AKA is not spoken", Code: 401}
	}, "Registration"},
	{"silent registrar", func(s *Seen) {
		s.Accounts = append(s.Accounts, Account{Label: "Work", Words: "no answer from pbx.work", Cause: Unreached, Code: 408})
	}, "Registration"},
	{"still registering", func(s *Seen) { s.Accounts[0] = Account{Label: "Home", Trying: true} }, ""},
	{"no account", func(s *Seen) { s.Accounts, s.Servers = nil, nil }, ""},
	{"no phone", func(s *Seen) { s.NoPhone = true }, ""},
	{"no ports", func(s *Seen) { s.Media.Problem = "30000 to 30199 are busy" }, "RTP"},
	{"firewall", func(s *Seen) { s.Media.Arrived = false }, "RTP"},
	{"nothing known", func(s *Seen) { *s = Seen{} }, "Link"},
}

// go test ./firmware/doctor -update, and read the diff
func TestFindings(t *testing.T) {
	var got strings.Builder
	sound := Diagnose(well())
	for _, c := range cases {
		s := well()
		c.spoil(&s)
		f := Diagnose(s)
		bad, fails := f.First()
		if Fails("An examination.\n\n"+f.String()) != fails {
			t.Errorf("%s: its text says something else of whether it fails", c.name)
		}
		if fails != (c.first != "") || fails && bad.Layer.String() != c.first {
			t.Errorf("%s: %v fails, want %q", c.name, bad.Layer, c.first)
		}
		got.WriteString("== " + c.name + "\n")
		for i, line := range strings.SplitAfter(f.String(), "\n") {
			if i >= Layers || c.name == "well" || f[i] != sound[i] { // else as in the first one
				got.WriteString(line)
			}
		}
	}
	golden.File(t, "testdata/findings.txt", got.String())
}

// Whatever is seen: every layer has words, and one that waits has a reason below it, and
// what fails has a remedy.
func TestWaitsForAReason(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := well()
		for range rapid.IntRange(0, 6).Draw(t, "troubles") {
			rapid.SampledFrom(cases[:len(cases)-1]).Draw(t, "trouble").spoil(guarded(&s))
		}
		bad := false
		for l, f := range Diagnose(s) {
			if f.Layer != Layer(l) || f.Words == "" {
				t.Fatalf("%v: %+v", Layer(l), f)
			}
			if (f.Verdict == Bad) != (f.Remedy != "") {
				t.Fatalf("%v: the remedy of one that %v is %q", f.Layer, f.Verdict, f.Remedy)
			}
			if f.Verdict == Waits && !bad {
				t.Fatalf("%v waits, and nothing before it fails", f.Layer)
			}
			bad = bad || f.Verdict == Bad
		}
	})
}

// guarded gives back what a trouble before may have taken and the next one changes.
func guarded(s *Seen) *Seen {
	w := well()
	if len(s.Links) == 0 {
		s.Links = w.Links
	}
	if len(s.Servers) == 0 {
		s.Servers = w.Servers
	}
	if len(s.Accounts) == 0 {
		s.Accounts = w.Accounts
	}
	return s
}

// Whatever the words are, a remedy is that of the cause; and each cause has its own in some
// layer, whose neighbours' words make no difference.
func TestARemedyHangsOnItsCause(t *testing.T) {
	layers := map[Layer]func(Cause) Seen{
		Sound: func(c Cause) Seen { return Seen{Heard: Heard{Problem: "odd", Cause: c}} },
		DNS:   func(c Cause) Seen { return Seen{Servers: []Server{{NotFound: "odd", Cause: c}}} },
		TLS:   func(c Cause) Seen { return Seen{Servers: []Server{{Refused: "odd", Cause: c}}} },
		Registration: func(c Cause) Seen {
			return Seen{Accounts: []Account{{Words: "login refused, expired, no answer", Cause: c}}}
		},
	}
	for c := OtherCause + 1; c < numCauses; c++ {
		own := false
		for l, seen := range layers {
			own = own || seen(c).remedy(l) != seen(OtherCause).remedy(l)
		}
		if !own {
			t.Errorf("cause %d has the remedy of none", c)
		}
	}
	for words, s := range map[string]Seen{
		"used by another, no sound card": {Heard: Heard{Problem: "used by another, no sound card"}},
		"odd":                            {Heard: Heard{Problem: "odd"}},
	} {
		if got := s.remedy(Sound); !strings.HasPrefix(got, "offhook devices") {
			t.Errorf("%s: %s", words, got)
		}
	}
}

func TestNames(t *testing.T) {
	if Layer(99).String() != "?" || Verdict(99).String() != "?" {
		t.Error("what is not there has a name")
	}
}
