package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/offhook/offhook/board/panel"
	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/firmware/store"
	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/tone"
	"github.com/offhook/offhook/sip/exchange"
	"github.com/offhook/offhook/ui"
)

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestTheBellRingsAsTheCountryDoes(t *testing.T) {
	for country, want := range map[string]hal.Cadence{
		"US": {{On: 2 * time.Second, Off: 4 * time.Second}},
		"DE": {{On: time.Second, Off: 4 * time.Second}},
		"GB": {{On: 400 * time.Millisecond, Off: 200 * time.Millisecond}, {On: 400 * time.Millisecond, Off: 2 * time.Second}},
	} {
		p, _ := tone.ForCountry(country)
		same(t, country, cadencesOf(p)[0], want)
	}
	us, _ := tone.ForCountry("US")
	same(t, "Bellcore-dr3", cadencesOf(us)[3], hal.Cadence{
		{On: 400 * time.Millisecond, Off: 200 * time.Millisecond}, {On: 400 * time.Millisecond, Off: 200 * time.Millisecond},
		{On: 800 * time.Millisecond, Off: 4 * time.Second},
	})
	for _, country := range tone.Countries() {
		p, _ := tone.ForCountry(country)
		for n, c := range cadencesOf(p) {
			if c[0].On <= 0 || c[0].Off <= 0 {
				t.Errorf("%s does not ring in way %d: %v", country, n, c)
			}
		}
	}
}

func TestWhatADrawnHandsetSays(t *testing.T) {
	same(t, "a phone without a name", title("Offhook"), "Offhook unversioned")
	same(t, "a phone with one", title("Kitchen"), "Kitchen, Offhook unversioned")
	same(t, "no card yet", sound(media.Card{}), "opens when you lift")
	same(t, "a card", sound(media.Card{Name: "USB"}), "USB")
	same(t, "no card", sound(media.Card{Problem: "no sound card"}), "no sound card")
	same(t, "stands in", sound(media.Card{Name: "WAV files in sound/", Virtual: true, Problem: "no sound card"}), "WAV files in sound/ (no sound card)")
	same(t, "voice", voice(media.Stats{Received: 1, Codec: "Opus", MouthToEar: 71400 * time.Microsecond, LossHere: 0.04}, agreement.Figures{}), "Opus, 71 ms, 0.0 % lost")
	same(t, "voice, rated", voice(media.Stats{Received: 1, Codec: "Opus", MouthToEar: 71 * time.Millisecond}, agreement.Figures{Here: agreement.View{Conversation: 4.26}}), "Opus, 71 ms, 0.0 % lost, MOS 4.3")
	same(t, "nothing heard yet", voice(media.Stats{Codec: "Opus", MouthToEar: 20 * time.Millisecond}, agreement.Figures{}), "Opus")
	same(t, "it rings", voice(media.Stats{}, agreement.Figures{}), "")
	same(t, "labels", labels(map[string]string{"B": "hold", "A": "menu", "C": "none"}), "A menu, B hold")
	for name := range ui.FunctionNames {
		if l := labels(map[string]string{"A": name}); len(l) > len("A ")+6 {
			t.Errorf("no key has room for %q", l)
		}
	}
	same(t, "a short one", labels(map[string]string{"C": "transfer"}), "C xfer")
	for dbfs, want := range map[float64]int{-200: 0, -60: 0, -30: 50, 0: 100, 3: 100} {
		same(t, fmt.Sprint("meter at ", dbfs), meter(dbfs), want)
	}

	var p phone.Snapshot
	d := &drawn{port: 5060}
	d.config.Network.SIPPort = 5060
	same(t, "no account", d.account(p), "none")
	p.NumAccts = 1
	p.Accounts[0] = phone.AccountView{Label: "Work", User: "430", Domain: "pbx.home", State: phone.Refused}
	same(t, "refused", d.account(p), "Work 430, refused, pbx.home")
	p.Accounts[0].Label, p.Accounts[0].State = "430", phone.Registering
	d.port = 40000
	same(t, "busy", d.account(p), "430, registering, SIP port 40000 (5060 busy)")
	d.config.Network.SIPPort = 0
	same(t, "any port", d.account(p), "430, registering, pbx.home")

	// What is too long is left out, not cut in the middle: the way there first.
	long := func(label, user, domain string, wanted int) string {
		p.Accounts[0] = phone.AccountView{Label: label, User: user, Domain: domain, State: phone.Registered}
		d.config.Network.SIPPort = wanted
		return d.account(p)
	}
	same(t, "a long domain", long("Work", "430", "sip.telephony.example-provider.com", 0), "Work 430, ready")
	same(t, "just one", long("Work", "430", "sip.telephony.provider.example", 0), "Work 430, ready, sip.telephony.provider.example")
	same(t, "and a busy port", long("Work", "430", "sip.provider.example", 5060), "Work 430, ready, SIP port 40000 (5060 busy)")
	same(t, "and a short one", long("Work", "43", "x.de", 5060), "Work 43, ready, SIP port 40000 (5060 busy), x.de")
	same(t, "a long number", long("Switchbd", "+4930123456789012345678901234567890", "pbx.home", 0), "+4930123456789012345678901234567890, ready")

	same(t, "hands-free", handsFree(map[string]string{"A": "menu"}, phone.OnSpeaker), "Hands-free. To end the call: h lifts, h again hangs up")
	same(t, "hands-free, with its own key", handsFree(map[string]string{"B": "speaker"}, phone.OnSpeaker), "Hands-free. To end the call: b")
	same(t, "in the headset", handsFree(map[string]string{"B": "speaker", "C": "headset"}, phone.OnHeadset), "Hands-free. To end the call: c")
	same(t, "hands-free, with a key", handsFree(map[string]string{"A": "menu", "C": "reject"}, phone.OnSpeaker), "Hands-free. To end the call: c")
}

// Whoever runs the phone sees where an older one has left what it knew.
func TestWhereAPhoneKeepsWhatItKnows(t *testing.T) {
	t.Setenv("HOME", "/home/ann")
	for data, want := range map[string]string{
		"/home/ann/.local/state/offhook":           "~/.local/state/offhook; -data DIR starts fresh",
		"/var/lib/offhook":                         "/var/lib/offhook; -data DIR starts fresh",
		"/home/anna/x":                             "/home/anna/x; -data DIR starts fresh",
		"/srv/telephones/kitchen/state/of/offhook": "/srv/telephones/kitchen/state/of/offhook",
	} {
		got := keepsIn(data)
		same(t, data, got, want)
		if n := len(got); n > panel.LineWidth {
			t.Errorf("%q takes %d columns", got, n)
		}
	}
	t.Setenv("STATE_DIRECTORY", "/data/phone")
	same(t, "a service", keepsIn("/data/phone"), "/data/phone")
}

// The line of the account has 48 columns in the drawing; the ports are on it.
func TestWhichPortsAPhoneTook(t *testing.T) {
	x, err := exchange.New(exchange.Config{Realm: config.ExchangeDomain, Users: map[string]string{"201": "secret"}})
	if err != nil {
		t.Fatal(err)
	}
	b := &switchboard{exchange: x}
	t.Cleanup(func() {
		closed, cancel := context.WithCancel(context.Background())
		cancel()
		x.Run(closed)
	})
	at := b.addr().Port()
	var p phone.Snapshot
	p.NumAccts, p.Accounts[0] = 1, phone.AccountView{Label: "Home", User: "201", Domain: config.ExchangeDomain, State: phone.Registered}
	for _, c := range []struct {
		sip      int    // that was had; 5060 was wanted
		exchange uint16 // that was wanted
		want     string
	}{
		{5060, at, fmt.Sprintf("Home 201, ready, built-in exchange, port %d", at)},
		{5060, 5070, fmt.Sprintf("Home 201, ready, exchange port %d (5070 busy)", at)},
		{60197, at, "Home 201, ready, SIP port 60197 (5060 busy)"},
		{60197, 5070, fmt.Sprintf("Home 201, ready, SIP 60197, exchange %d", at)},
	} {
		d := &drawn{port: c.sip, exchange: b}
		d.config.Network.SIPPort = 5060
		d.config.Exchange.Listen = netip.AddrPortFrom(b.addr().Addr(), c.exchange)
		got := d.account(p)
		same(t, "ports", got, c.want)
		if len(got) > panel.LineWidth {
			t.Errorf("%q takes %d columns", got, len(got))
		}
	}
}

func TestWordsAboutSettings(t *testing.T) {
	same(t, "one", inUse(config.Status{Use: config.UseBuiltIn, Mistakes: make([]config.Mistake, 1)}), "1 mistake. The built-in settings are in use.")
	since := time.Date(2026, 11, 23, 9, 41, 0, 0, time.UTC)
	same(t, "two", inUse(config.Status{Use: config.UseLastGood, Since: since, Mistakes: make([]config.Mistake, 2)}),
		"2 mistakes. The settings of 23 Nov 09:41 stay in use.")
	same(t, "none", problemOf(config.Status{}), ui.ConfigProblem{})
	m := []config.Mistake{{File: "/boot/offhook.toml", Line: 16, What: "user needs quotes:", Remedy: `user = "201"`, Words: "long"}, {}}
	same(t, "first of two", problemOf(config.Status{Use: config.UseBuiltIn, Mistakes: m}),
		ui.ConfigProblem{File: "offhook.toml", Line: 16, Words: `user needs quotes: user = "201"`, Total: 2, Fatal: true})

	err := fmt.Errorf("sip: this machine does not have the address 192.0.2.7: %w", errors.New("listen udp: bind: cannot assign"))
	st := unworkable(config.Config{File: "/etc/offhook.toml"}, err)
	same(t, "no such address", problemOf(st), ui.ConfigProblem{File: "offhook.toml", Words: "this machine does not have the address 192.0.2.7", Total: 1})

	same(t, "kept", notice(store.Report{Words: "The call log was mended"}), "")
	same(t, "not kept", notice(store.Report{Words: "x", Why: "the disk is full"}), "Not saved: the disk is full")
	same(t, "symbols", plain(string(hal.GlyphLock)+string(hal.GlyphBell)+string(hal.GlyphArrow)+"x"), "*!vx")
}

func TestWhatTheMenuChanged(t *testing.T) {
	same(t, "nothing kept", menuOf(phone.Saved{Ear: 5}, false), map[string]string{})
	same(t, "volumes", menuOf(phone.Saved{Ear: 55, Ring: 10}, true), map[string]string{"sound.volume": "55", "sound.ring_volume": "10"})
	same(t, "silent", menuOf(phone.Saved{Silent: true}, true), map[string]string{"sound.ring_volume": "0"})
}

func TestEachRoomHasItsLevel(t *testing.T) {
	var out journal
	l := logs{&out, config.Log{Level: slog.LevelWarn, Rooms: map[string]slog.Level{"sip": slog.LevelDebug}}}
	l.room("sip").Debug("one")
	l.room("media").Info("two")
	l.room("media").Warn("three")
	if got := out.String(); !containsAll(got, "msg=one room=sip", "msg=three room=media") || containsAll(got, "two") {
		t.Errorf("%s", got)
	}
}

func TestPlaces(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"OFFHOOK_SOCKET", "RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR", "STATE_DIRECTORY", "XDG_STATE_HOME"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", "/home/anna")
	same(t, "data", defaultData(), "/home/anna/.local/state/offhook")
	t.Setenv("XDG_STATE_HOME", "/state")
	same(t, "data", defaultData(), "/state/offhook")
	t.Setenv("STATE_DIRECTORY", "/var/lib/offhook")
	same(t, "data", defaultData(), "/var/lib/offhook")
	if dir := filepath.Dir(defaultSocket()); filepath.Base(dir) == "tmp" || !filepath.IsAbs(dir) {
		t.Errorf("a socket where anybody can put one: %s", defaultSocket())
	}
	t.Setenv("XDG_RUNTIME_DIR", "/run/user/1000")
	same(t, "socket", defaultSocket(), "/run/user/1000/offhook/panel.sock")
	t.Setenv("RUNTIME_DIRECTORY", "/run/offhook")
	same(t, "socket", defaultSocket(), "/run/offhook/panel.sock")
	t.Setenv("OFFHOOK_SOCKET", "/a/b")
	same(t, "socket", defaultSocket(), "/a/b")
	same(t, "trace", traceSocket("/a/b"), "/a/trace.sock")
	same(t, "no settings", defaultSettings(), "")
	write(t, "offhook.toml", "")
	same(t, "settings", defaultSettings(), "offhook.toml")
}
