package main

import (
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/offhook/offhook/board/panel"
)

// Two phones at one exchange talk. One of them gets a name and an account more: it
// registers, and is called through it at once, while the first call's sound never stops and
// nothing is said about it to anybody.
func TestReloadDuringACall(t *testing.T) {
	t.Parallel()
	at, seen := pbx(t)
	dir, there := t.TempDir(), t.TempDir()
	s := quiet(dir)
	r := start(t, dir, s.file(accountOf("201", at)), outside{})
	b := start(t, there, quiet(there).file(accountOf("202", at)), outside{})
	r.sees(`ready`)
	b.sees(`ready`)
	b.calls("201#")
	r.sees(`calls you`)
	r.lifts(true)
	r.sees(`Opus`)
	b.sees(`Opus`)
	b.presses("12")
	r.shows("the digits of the far end", func(s panel.State) bool { return s.Info.Digits == "12" })
	before := told(seen)

	s["phone.name"] = `"Hall"`
	write(t, r.place.file, s.file(strings.Replace(accountOf("203", at), "Home", "Work", 1), accountOf("201", at)))
	r.desk.askReload()
	for range 5 {
		b.presses("3")
	}
	r.eventually("takes the new settings", func() bool { return strings.Contains(r.log.String(), "the new settings are in use") })
	r.shows("the new account first", func(s panel.State) bool { return strings.HasPrefix(s.Info.Account, "Work 203, ready") })
	r.shows("all digits", func(s panel.State) bool { return s.Info.Digits == "1233333" && s.Info.InCall })
	after := strings.TrimPrefix(told(seen), before)
	if want := "\nREGISTER exchange.internal\nREGISTER exchange.internal"; after != want {
		t.Errorf("the exchange got%s\nwant%s", after, want)
	}
	r.sees(`202\n.*\d\d:\d\d|Opus +\d\d:`)

	b.lifts(false)
	b.sees(`ready`)
	r.sees(`Call ended`)
	r.hangsUp()
	b.calls("203#")
	r.sees(`calls you`)
	r.lifts(true)
	r.sees(`Opus`)
	b.hangsUp()
	r.lifts(false)
	r.chooses("About")
	r.sees(`Hall`)
}

// The sound of a call while the settings change: they are read without a gap, and the tones
// afterwards are the new country's. A busy machine makes gaps of its own: they are not there
// each time.
func TestReloadIsNotHeard(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := quiet(dir)
	s["phone.country"] = `"US"`
	r := start(t, dir, s.file(), outside{})
	r.sees(`ready`)
	r.calls("601")
	r.sees(`Opus`)
	r.hears("music", time.Second, loud)
	const window = 500 * time.Millisecond
	heard := 0
	for i := 0; heard < 3 || i%3 != 0; i++ { // the last country is Germany
		if i == 12 {
			t.Fatalf("of %d reloads %d were not heard", i, heard)
		}
		s["phone.country"] = []string{`"GB"`, `"FR"`, `"DE"`}[i%3]
		write(t, r.place.file, s.file())
		from := r.played()
		r.desk.askReload()
		r.eventually("takes the new settings", func() bool { return strings.Count(r.log.String(), "the new settings are in use") == i+1 })
		r.eventually("plays on", func() bool { return r.played() >= from+samples(window) })
		if loud(r.passage(from, samples(window))) {
			heard++
		}
	}
	st, err := r.State()
	r.must(err)
	if !regexp.MustCompile(`\b0\.\d % lost`).MatchString(st.Info.Voice) {
		t.Errorf("the call: %s", st.Info.Voice)
	}
	r.lifts(false)
	r.sees(`ready`)
	r.lifts(true)
	r.hears("a German dial tone", short, func(pcm []float64) bool { return loud(pcm) && !dialTone(pcm) })
	r.lifts(false)
}

// A port cannot move under a call: it waits, the display says so, and the phone has it as
// soon as the handset lies.
func TestReloadOfAPortWaits(t *testing.T) {
	t.Parallel()
	at, _ := pbx(t)
	dir := t.TempDir()
	s := quiet(dir)
	r := start(t, dir, s.file(accountOf("201", at)), outside{})
	r.sees(`ready`)
	r.calls("601")
	r.sees(`Opus`)
	s["network.rtp_ports"], s["phone.name"] = `"41000-41099"`, `"Hall"`
	write(t, r.place.file, s.file(accountOf("201", at)))
	r.desk.askReload()
	r.eventually("waits", func() bool {
		return strings.Contains(r.log.String(), "waiting until no call is up: new voice ports")
	})
	time.Sleep(200 * time.Millisecond)
	if strings.Contains(r.log.String(), "are in use") {
		t.Error("it did not wait")
	}
	r.sees(`Opus`)
	r.lifts(false)
	r.eventually("takes the new settings", func() bool { return strings.Contains(r.log.String(), "the new settings are in use") })
	r.sees(`ready`)
	r.chooses("About")
	r.sees(`Hall`)
}

// A mistake is named to who asked and on the display, with what to do; once it is mended both say
// that the new settings are in use.
func TestReloadSaysWhatCameOfIt(t *testing.T) {
	t.Parallel()
	at, _ := pbx(t)
	dir := t.TempDir()
	s := quiet(dir)
	r := start(t, dir, s.file(accountOf("201", at)), outside{})
	r.sees(`ready`)
	good := s.file(accountOf("201", at))
	write(t, r.place.file, good+"\n[phone]\nnam = 1\n")
	if code, out, err := run("reload", "-socket", r.place.socket); code != 1 || out != "" || !strings.Contains(err, "offhook.toml:") || !strings.Contains(err, "stay in use.") {
		t.Errorf("%d, %q, %q", code, out, err)
	}
	r.sees(`(?s)line \d+.*Old settings in use`)
	write(t, r.place.file, good)
	if code, out, err := run("reload", "-socket", r.place.socket); code != 0 || out != "The new settings are in use.\n" || err != "" {
		t.Errorf("%d, %q, %q", code, out, err)
	}
	r.sees(`New settings in use`)
	r.sees(`ready`)
	s["network.rtp_ports"] = `"41000-41099"`
	write(t, r.place.file, s.file(accountOf("201", at)))
	if _, out, _ := run("reload", "-socket", r.place.socket); out != "The new settings (voice ports) are used as soon as no call is up.\n" {
		t.Errorf("%q", out)
	}
	r.sees(`New settings in use`)
}

// SIGHUP reads the settings again; the phone is the same one.
func TestSIGHUP(t *testing.T) {
	t.Parallel()
	at, _ := pbx(t)
	p := startProcess(t, at, "-headless")
	p.does("wait", "ready", soon.String())
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(soon); !strings.Contains(p.log.String(), "the new settings are in use"); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("its log: %s", &p.log)
		}
	}
	p.does("wait", "ready", soon.String())
	select {
	case err := <-p.ended:
		t.Errorf("it ended: %v", err)
	default:
	}
}
