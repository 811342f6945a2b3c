package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/firmware/store"
)

// What the store keeps is printed, newest first, while the phone runs.
func TestCallsArePrinted(t *testing.T) {
	dir := t.TempDir()
	prints(t, 0, "No phone has kept anything in "+dir+" yet; -data names another folder.\n", "calls", "-data", dir)
	st, _, err := store.Open(filepath.Join(dir, storeName))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 27, 9, 41, 0, 0, time.UTC)
	for _, e := range []phone.Entry{
		{Outcome: phone.OutcomeMissed, Peer: phone.Peer{Number: "202"}, Started: at},
		{Outgoing: true, Peer: phone.Peer{Name: "Bob\x1b[2J", Number: "203"}, Started: at.Add(time.Hour), Talked: 83 * time.Second,
			Quality: phone.Quality{Codec: "Opus", Delay: 71 * time.Millisecond, Jitter: 3 * time.Millisecond, Lost: 0.41, MOS: 4.26, Words: "good", There: 4.1}},
	} {
		st.PutEntry(e)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { st.Run(ctx); close(done) }()
	if err := st.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	code, out, words := run("calls", "-data", dir)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for i := range lines {
		_, lines[i], _ = strings.Cut(lines[i], ":") // the hour is the zone's matter
	}
	want := []string{
		"41  out           1m23s  Bob?[2J 203                   good, MOS 4.3, Opus, 71 ms, 0.4 % lost, jitter 3 ms; the far end hears MOS 4.1",
		"41  missed               202",
	}
	if code != 0 || strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("%d %s\ngot\n%s\nwant\n%s", code, words, strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	if _, out, _ := run("calls", "-data", dir, "-n", "1"); strings.Count(out, "\n") != 1 {
		t.Errorf("of one:\n%s", out)
	}
	cancel()
	<-done
}

// A whole phone: after a call its figures are in the log on the display, and in the
// command's output.
func TestACallIsJudged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	q := quiet(dir)
	r := start(t, dir, q.file(), outside{})
	r.sees(`ready`)
	r.calls("600")
	r.sees(talking)
	r.presses("AA#")
	r.sees(`(Good|Fair|Poor|Bad), MOS \d\.\d`) // on a busy machine it is honest
	r.hangsUp()
	r.presses("A10")
	r.sees(`600`)
	r.presses("A")
	r.sees(`Went out`)
	r.presses("AAA")
	r.sees(`MOS \d\.\d`)
}
