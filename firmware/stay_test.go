package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/offhook/offhook/board/panel"
)

// accountOf is an [[account]] of user 20x at the exchange of another phone.
func accountOf(user, exchange string) string {
	return fmt.Sprintf("label = 'Home'\nuser = '%s'\ndomain = 'exchange.internal'\nproxy = '%s'\npassword = '%s'\ntransport = 'udp'\n", user, exchange, user)
}

// exchange is where the built-in exchange of the phone listens, as its panel says.
func (r *rig) exchange() string {
	r.Helper()
	port := regexp.MustCompile(`built-in exchange, port (\d+)`)
	at := ""
	r.shows("its exchange", func(s panel.State) bool {
		if m := port.FindStringSubmatch(s.Info.Account); m != nil {
			at = "127.0.0.1:" + m[1]
		}
		return at != ""
	})
	return at
}

func TestDoNotDisturb(t *testing.T) {
	t.Parallel()
	dir, there := t.TempDir(), t.TempDir()
	s := quiet(dir)
	s["exchange.users"] = `{ 201 = '201', 202 = '202' }`
	r := start(t, dir, s.file(), outside{})
	s = quiet(there)
	s["dial.digit_map"] = `"[26]xxS0"`
	caller := start(t, there, s.file(accountOf("202", r.exchange())), outside{})
	r.sees(`ready`)
	caller.sees(`ready`)

	caller.calls("201")
	r.sees(`calls you on Home`)
	caller.sees(`Ringing`)
	r.presses("DD") // silent, then refused
	caller.sees(`\(4\d\d\)|\(603\)`)
	caller.hangsUp()
	r.sees(`ready`)

	r.chooses("Do not disturb")
	r.presses("*")
	r.sees(`Do not disturb`)
	caller.calls("201")
	caller.sees(`Busy \(486\)`)
	caller.hangsUp()
	if st, err := r.State(); err != nil || st.Ringer.Ringing {
		t.Errorf("it rings: %+v, %v", st, err)
	}
	r.chooses("Do not disturb")
	r.presses("*")
	caller.calls("201")
	r.sees(`calls you on Home`)
	r.lifts(true)
	r.sees(`Opus`)
	caller.sees(`Opus`)
	caller.hangsUp()
	r.sees(`Call ended`)
	r.hangsUp()
}

func TestARestartForgetsNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := quiet(dir).file()
	r := start(t, dir, text, outside{})
	r.sees(`ready`)
	r.chooses("Do not disturb")
	r.presses("*")
	r.sees(`Do not disturb`)
	r.calls("602")
	r.sees(`Busy`)
	r.hangsUp()
	r.presses("++")
	r.stop()
	before, err := r.State()
	if err == nil {
		t.Errorf("a phone that has ended answers: %+v", before)
	}

	r = start(t, dir, text, outside{})
	r.sees(`Do not disturb`)
	r.chooses("Calls")
	r.sees(`602`)
	r.presses("**C")
	r.sees(`602`)
	r.lifts(true)
	r.sees(`Busy`)
	r.hangsUp()
}

func TestNewSettings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := quiet(dir)
	r := start(t, dir, s.file(), outside{})
	r.sees(`ready`)
	reload := func(text string) {
		t.Helper()
		write(t, r.place.file, text)
		r.chooses("Reload")
	}
	taken := func(times int) {
		t.Helper()
		r.eventually("takes the new settings", func() bool {
			return strings.Count(r.log.String(), "the new settings are in use") == times
		})
		r.sees(`ready`)
	}

	reload("[phone]\nname = \"Kitchen\"\nnmae = 3\n" + strings.ReplaceAll(s.file(), "[phone]", ""))
	r.sees(`offhook.toml line 3`)
	r.calls("602") // the phone is one all the while
	r.sees(`Busy`)
	r.lifts(false)
	r.sees(`offhook.toml line 3`)

	s["phone.name"] = `"Hall"`
	reload(s.file())
	taken(1)
	r.chooses("About")
	r.sees(`Hall`)
	r.presses("**")

	// Good settings of which no phone can be made: the old ones stay.
	s["network.bind"] = `"192.0.2.77"`
	reload(s.file())
	r.sees(`this machine does`)
	r.calls("602")
	r.sees(`Busy`)
	r.lifts(false)

	// Gone altogether.
	os.Remove(r.place.file)
	r.chooses("Reload")
	r.sees(`offhook.toml:\s+is not there`)
	r.calls("602")
	r.sees(`Busy`)
	r.lifts(false)

	s["network.bind"], s["phone.name"] = `"127.0.0.1"`, `"Attic"`
	reload(s.file())
	taken(2)
	r.chooses("About")
	r.sees(`Attic`)
	select {
	case <-r.Gone():
		t.Error("the panel's client was lost")
	default:
	}
}

// After a start with a file that has gone, the last good settings run.
func TestTheLastGoodSettings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := quiet(dir)
	s["phone.name"] = `"Cellar"`
	r := start(t, dir, s.file(), outside{})
	r.sees(`ready`)
	r.stop()
	p := r.place
	os.Remove(p.file)
	r = startAt(t, p, outside{})
	r.sees(`offhook.toml:\s+is not there`)
	r.chooses("About")
	r.sees(`Cellar`)
}

func TestASecondPhoneIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := start(t, dir, quiet(dir).file(), outside{})
	r.sees(`ready`)
	log := &journal{}
	p := r.place
	p.log = log
	_, err := newDesk(p, outside{})
	if err == nil || !strings.Contains(err.Error(), "a phone runs already, with its panel at "+p.socket) {
		t.Errorf("%v", err)
	}
	if log.String() != "" {
		t.Errorf("it touched something first: %s", log)
	}

	// A socket of its own, but the same data: it works, and says that it keeps nothing.
	p.socket = filepath.Join(t.TempDir(), "panel.sock")
	second := startAt(t, p, outside{})
	second.sees(`Not saved: another`)
	second.calls("602")
	second.sees(`Busy`)
	second.hangsUp()
	r.chooses("About")
	r.sees(`Offhook`)
}

// Beside programs on its ports, a phone takes others and says so; and the settings file that
// comes to be where it looks is found without a new start.
func TestBusyPortsAndNoFile(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, at := range []string{"0.0.0.0:5060", "127.0.0.1:5070"} {
		if c, err := net.ListenPacket("udp", at); err == nil { // else it is busy already
			defer c.Close()
		}
	}
	r := startAt(t, place{data: filepath.Join(dir, "data"), socket: filepath.Join(dir, "panel.sock")}, outside{})
	r.shows("all extensions to try", func(s panel.State) bool {
		return containsAll(s.Info.Help, "600 ", "601 ", "602 ", "603 no answer", "604 hangs up", "605 ")
	})
	r.shows("the ports", func(s panel.State) bool {
		return regexp.MustCompile(`ready, SIP \d+, exchange \d+$`).MatchString(s.Info.Account)
	})
	if !strings.Contains(r.log.String(), "port is busy") {
		t.Errorf("the log: %s", r.log)
	}
	s := quiet(dir)
	s["phone.name"] = `"Garden"`
	write(t, filepath.Join(dir, "offhook.toml"), s.file())
	r.chooses("Reload")
	r.eventually("takes the settings", func() bool { return strings.Contains(r.log.String(), "new settings are in use") })
	r.sees(`ready`)
	r.chooses("About")
	r.sees(`Garden`)
}
