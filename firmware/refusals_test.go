package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/firmware/store"
	"github.com/offhook/offhook/sip/trace"
)

// logins counts the REGISTERs with a login that an exchange has got, each once: one is sent
// again, word for word, where the answer takes half a second (RFC 3261 §17.1.2.2).
func logins(seen *trace.Ring) int {
	all := map[string]bool{}
	for _, m := range seen.Messages() {
		if !m.Out && strings.HasPrefix(m.Text, "REGISTER") && strings.Contains(m.Text, "\nAuthorization:") && strings.Contains(m.Text, ":201@") {
			all[m.Text] = true
		}
	}
	return len(all)
}

// A wrong password goes out once, however often the phone is killed and started again: as
// often again as the user asks, or the file changes.
func TestARefusedLoginAfterARestart(t *testing.T) {
	t.Parallel()
	at, seen := pbx(t)
	p := startProcess(t, at)
	p.does("wait", "ready", soon.String())
	p.cmd.Process.Kill()
	<-p.ended
	dir := filepath.Dir(strings.TrimPrefix(p.at, "-socket="))
	file := filepath.Join(dir, "offhook.toml")
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bad := strings.Replace(string(good), "password = '201'", "password = 'wrong-1'", 1)
	place := place{file: file, data: filepath.Join(dir, "data"), socket: filepath.Join(dir, "panel.sock")}
	write(t, file, bad)
	before := logins(seen)
	refused := func(r *rig, times int) {
		t.Helper()
		r.sees(`Home: login refused`)
		if got := logins(seen) - before; got != times {
			t.Fatalf("%d wrong logins, want %d", got, times)
		}
	}
	r := startAt(t, place, outside{})
	refused(r, 1)
	r.stop()
	for range 3 {
		r = startAt(t, place, outside{})
		refused(r, 1)
		r.stop()
	}
	r = startAt(t, place, outside{})
	refused(r, 1)
	if !strings.Contains(r.log.String(), "account Home: its server has refused the login before") || strings.Contains(r.log.String(), "wrong-1") {
		t.Errorf("the log: %s", r.log)
	}
	r.desk.askReload() // the same file
	r.eventually("reads the file", func() bool { return strings.Contains(r.log.String(), "the new settings are in use") })
	refused(r, 1)
	r.chooses("Log in again")
	r.eventually("tries once more", func() bool { return logins(seen)-before == 2 })
	refused(r, 2)

	write(t, file, strings.Replace(bad, "wrong-1", "wrong-2", 1))
	r.desk.askReload()
	r.eventually("tries the other one", func() bool { return logins(seen)-before == 3 })
	refused(r, 3)
	r.stop()
	write(t, file, string(good))
	r = startAt(t, place, outside{})
	r.sees(`ready`)
}

// What is known of a refusal is on the disk at once: a phone that is killed, not stopped,
// knows it too.
func TestARefusedLoginAfterAKill(t *testing.T) {
	t.Parallel()
	at, seen := pbx(t)
	p := startProcessOf(t, func(dir string) string {
		return quiet(dir).file(strings.Replace(accountOf("201", at), "password = '201'", "password = 'wrong-1'", 1))
	})
	p.does("wait", "login refused", soon.String())
	dir := filepath.Dir(strings.TrimPrefix(p.at, "-socket="))
	for end := time.Now().Add(soon); !refusalKept(t, dir); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) { // the display is quicker than the disk, but not by much
			t.Fatal("the disk never has the refusal")
		}
	}
	p.cmd.Process.Kill()
	<-p.ended
	r := startAt(t, place{file: filepath.Join(dir, "offhook.toml"), data: filepath.Join(dir, "data"), socket: filepath.Join(dir, "panel.sock")}, outside{})
	r.sees(`Home: login refused`)
	if n := logins(seen); n != 1 {
		t.Errorf("%d wrong logins", n)
	}
}

// refusalKept says whether the disk of a running phone has a refusal of the account in its
// settings: a copy of the store is read.
func refusalKept(t *testing.T, dir string) bool {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "data", storeName))
	path := filepath.Join(t.TempDir(), storeName)
	if err != nil || os.WriteFile(path, b, 0o600) != nil {
		return false
	}
	st, report, err := store.Open(path)
	closed, cancel := context.WithCancel(context.Background())
	cancel()
	defer st.Run(closed)
	if err != nil || report.SetAside != "" {
		return false
	}
	c, mistakes := config.Load(filepath.Join(dir, "offhook.toml"), config.Options{})
	return len(mistakes) == 0 && st.Refusal(c.Accounts[0].Mark(st.Key())) != 0
}
