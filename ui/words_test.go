package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/firmware/doctor"
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
)

// sources are what a pattern finds in files of the tree, each once, in their order.
func sources(t *testing.T, files, pattern string) (found []string) {
	t.Helper()
	names, err := filepath.Glob(files)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(pattern).FindAllSubmatch(text, -1) {
			if words := string(m[1]); !seen[words] {
				seen[words], found = true, append(found, words)
			}
		}
	}
	if len(found) < 3 {
		t.Fatalf("%s has only %q", files, found)
	}
	return found
}

// servers are what accounts may be at: short, as providers have it, and addresses.
var servers = []string{"pbx.home", "sip.provider.example.com", "192.168.178.201", "2001:db8:85a3::8a2e:370:7334"}

// A message is words that a phone may show, and the phone that shows them.
type message struct {
	words string
	scene scene
}

func messages(t *testing.T) (all []message) {
	add := func(words string, p phone.Snapshot, events ...Event) {
		all = append(all, message{words, scene{"", p, events}})
	}
	causes := sources(t, "../docs/call-states.md", `(?m)^\| \d+ \| \w+ \| (.+) \|$`)
	causes = append(causes, sources(t, "../sip/words.go", `\b\d+: +"([^"]+)"`)...)
	causes = append(causes, "Login method AKA is not spoken (401)", "Busy (486), again in 25 min", "No connection", "Server not answering",
		"Server not reachable", "Name server silent", "certificate of sip.provider.example.com expired 20 Nov 2026")
	for _, cause := range causes {
		c := phone.CallView{ID: 1, Outgoing: true, Peer: anna, State: phone.Over, Cause: cause}
		add(cause, calling(c))
		add("Transfer failed: "+cause, with(func(p *phone.Snapshot) { p.Notice = "Transfer failed: " + cause }))
		add("Text not sent: "+cause, with(func(p *phone.Snapshot) { p.Notice = "Text not sent: " + cause }))
	}
	notices := sources(t, "../firmware/phone/*.go", `setNotice\("([^"]+)"\)`)
	notices = append(notices, sources(t, "../firmware/phone/*.go", `words(?:, r\.tone)? = "([^"]+)"`)...)
	for _, n := range append(notices, "Not recorded: the disk is full", "Not recorded: nothing may be written to recordings/") {
		add(n, with(func(p *phone.Snapshot) { p.Notice = n }))
	}
	for _, at := range servers {
		for _, words := range []string{
			"server not found: " + at, "no connection to " + at, "no network to " + at, at + " ended the registration", at + " did not keep the registration",
			at + " sends the phone in circles", at + " is not available now", at + " has an error", at + " does not take the phone",
			"certificate of " + at + " expired 20 Nov 2026", "name servers do not answer", at + " takes no TLS", "clock not set (NTP)",
		} {
			add(words, account(phone.Unregistered, 0, words))
		}
		for _, words := range []string{at + " does not let the phone in", "no such user at " + at, "login method AKA is not spoken", "server wants a weaker login than before", "server asks for a login that makes no sense"} {
			add(words, account(phone.Refused, 403, words))
		}
		silent := account(phone.Unregistered, 408, "no answer from "+at)
		silent.Accounts[0].Domain = at
		add("no answer from "+at, silent)
	}
	for _, words := range []string{"No sound card found", "No sound card: WAV files in sound/", "No headset card: handset", "The sound card is gone: WAV files in sound/",
		"the sound card is used by another program: WAV files in sound/", "USB PnP Sound Device has no microphone"} {
		add(words, home(), noticed(Notices{Sound: words})...)
	}
	for _, words := range []string{"Not saved: the disk is full", "Not saved: the data folder may not be written to", "Call log begun anew: the old one was damaged"} {
		add(words, home(), noticed(Notices{Storage: words})...)
	}
	for _, words := range []string{"GPIO 16 does not work: device or resource busy", "no display found at 0x20-0x27 or 0x38-0x3f: check its wires, and that I2C is on"} {
		add(words, home(), Input{hal.Fault{Part: "lcd", Problem: words}})
	}
	for _, words := range []string{`user needs quotes: user = "201"`, `volum: no such setting; did you mean "volume"?`, `hotline: "Anna" is no number that can be dialled`,
		`preset: "pi-9x9" is none of sim, pi-4x4-2004-i2c, pi-3x4-1602-gpio`, "this machine does not have the address 192.0.2.77"} {
		for _, fatal := range []bool{false, true} {
			add(words, home(), noticed(Notices{Config: ConfigProblem{File: "offhook.toml", Line: 16, Words: words, Total: 5, Fatal: fatal}})...)
		}
	}
	for _, words := range []string{"Report saved on the card: report.txt", "Report saved as /home/anna/.local/state/offhook/report.txt",
		"Report saved as /var/lib/offhook/report.txt, but not on the card: the boot partition has no room", "Report not saved: no space left on device"} {
		add(words, home(), append(down("A+++#"), Reported{words})...)
	}
	for _, words := range []string{"Update v1.3.0 did not work. v1.2.0 is in use", "Update has a wrong key: it is not from the maker of this phone", "Updated to v1.3.0-14-gabcdef0"} {
		add(words, home(), noticed(Notices{Update: Update{UpdateIdle, "", "", 0, words}})...)
	}
	add("SIP port, sound card, exchange, voice ports", home(), append(append(down("A9"), noticed(Notices{Later: "SIP port, sound card, exchange, voice ports"})...), Reread{})...)
	for _, words := range []string{"No cable plugged in", "No cable; Wi-Fi not set up", "No address yet", "Wi-Fi Fritz!Box 7590 AX Guest does not answer"} {
		add(words, home(), noticed(Notices{Network: Network{Down: true, Words: words, Since: ago(time.Second)}})...)
	}
	return all
}

// shownRows are the rows of all pictures that take turns.
func shownRows(p phone.Snapshot, s State, size hal.Size) (rows []string) {
	d := drawer{&p, &s, size.Cols, size.Rows}
	for turn := range d.pages() {
		at := s
		at.since = s.Now.Add(-time.Duration(turn) * d.dwell())
		f := Render(p, at, size)
		for _, line := range f.Text[:size.Rows] {
			rows = append(rows, strings.TrimRight(line, " "))
		}
	}
	return rows
}

// lacks are the words of a message that rows do not show whole: a word may go on in the next row
// behind a stop, and a long one may lack its middle.
func lacks(message string, rows []string, cols int) (missing []string) {
	joined, tokens := strings.Join(rows, ""), map[string]bool{}
	for _, r := range rows {
		for _, token := range strings.Fields(r) {
			tokens[strings.Trim(token, ";:")] = true
		}
	}
	for _, word := range strings.Fields(plain(message)) {
		word = strings.Trim(word, ";:")
		there := tokens[word] || width(word) > cols && strings.Contains(joined, word)
		for n := cols; n > 8 && !there && width(word) > n; n-- {
			there = tokens[fit(word, n)]
		}
		if !there {
			missing = append(missing, word)
		}
	}
	return missing
}

// No message loses a word, or is cut within one, on any display. Where the display says the same
// in shorter words, those are named.
func TestNoMessageIsCut(t *testing.T) {
	shorter := map[string]string{ // by what is left out
		"from": "no answer", "plugged": "No cable", "in": "No cable",
	}
	for _, m := range messages(t) {
		s := standing(m.scene.phone, m.scene.events...)
		for _, size := range []hal.Size{hal.Size20x4, hal.Size16x2} {
			rows := shownRows(m.scene.phone, s, size)
			for _, word := range lacks(m.words, rows, size.Cols) {
				if instead := shorter[word]; instead == "" || !strings.Contains(strings.Join(rows, " "), instead) {
					t.Errorf("%q lacks %q on %v:\n%s", m.words, word, size, strings.Join(rows, "\n"))
				}
			}
		}
	}
}

// The same for the pages whose lines are scrolled.
func TestNoLineIsCut(t *testing.T) {
	check := func(what string, lines []string, cols int, all ...string) {
		t.Helper()
		for _, line := range lines {
			if width(line) > cols {
				t.Errorf("%s: %q does not fit %d letters", what, line, cols)
			}
		}
		for _, words := range all {
			if missing := lacks(words, lines, cols); missing != nil {
				t.Errorf("%s: %q lacks %q\n%s", what, words, missing, strings.Join(lines, "\n"))
			}
		}
	}
	for _, at := range servers {
		seen := doctor.Seen{
			Settings: doctor.File{Name: "offhook.toml", Mistake: "line 16: account.user: 201 is a number here; put it in quotes", More: 1},
			Servers:  []doctor.Server{{Account: "Home", Host: at, Named: true, NotFound: "server not found"}},
			Accounts: []doctor.Account{{Label: "Home", Words: "no answer from " + at, Code: 408}},
			Media:    doctor.Media{Tried: true, Problem: "30000 to 30199 are busy"},
		}
		s := standing(home())
		s.found = doctor.Diagnose(seen)
		p := account(phone.Unregistered, 0, "server not found: "+at)
		p.Accounts[0].Domain = at
		off := standing(p, noticed(Notices{Network: Network{Address: at}})...)
		for _, cols := range []int{hal.Size16x2.Cols - 1, hal.Size20x4.Cols - 1} {
			var words []string
			for _, f := range s.found {
				if f.Verdict == doctor.Bad {
					words = append(words, f.Words, f.Remedy)
				}
			}
			check("doctor", s.findings(cols), cols, words...)
			check("network", off.info(cols), cols, at, "server not found: "+at)
			if n := len(off.info(0)); n != len(off.info(cols)) {
				t.Errorf("%d lines where there are %d columns, and %d where none", len(off.info(cols)), cols, n)
			}
		}
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
		want string
	}{
		{"pbx.home", 8, "pbx.home"}, {"sip.provider.example.com", 16, "sip.pro..ple.com"}, {"/home/anna/offhook.toml", 12, "/home..toml"},
		{"Wohnzimmer links", 13, "Wohnzimmer"}, {"a  b", 3, "a"}, {"pbx.home", 5, "pbx.h"}, {"pbx", 0, ""}, {"", 3, ""}, {"Ärztehaus", 8, "Ärz..aus"},
	} {
		got := fit(c.text, c.n)
		if width(got) > c.n || got != c.want && c.want[:min(4, len(c.want))] != got[:min(4, len(got))] {
			t.Errorf("%q in %d letters: %q, want %q", c.text, c.n, got, c.want)
		}
	}
}

func TestFoldBreaksBehindStops(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"server not found: sip.provider.example.com", "server not|found:|sip.provider.|example.com"},
		{"Report saved as /home/anna/.local/state/report.txt", "Report saved|as|/home/anna/.|local/state/|report.txt"},
		{"Donaudampfschifffahrtsgesellschaft", "Donaudampfschi|fffahrtsgesell|schaft"},
		{"", ""},
	} {
		if got := strings.Join(fold(c.text, 14), "|"); got != c.want {
			t.Errorf("%q: %q", c.text, got)
		}
	}
	if got := fmt.Sprint(fold("ab cd", 0)); got != "[ab cd]" {
		t.Errorf("no room at all: %s", got)
	}
}
