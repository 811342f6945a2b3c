package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/offhook/offhook/board/panel"
	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/firmware/extensions"
	"github.com/offhook/offhook/firmware/store"
	"github.com/offhook/offhook/sip/exchange"
	"github.com/offhook/offhook/sip/trace"
)

// pbx is an exchange of our own, with what it saw.
func pbx(t *testing.T) (at string, seen *trace.Ring) {
	t.Helper()
	users := map[string]string{"201": "201", "202": "202", "203": "203"}
	for _, u := range extensions.Users() {
		users[u] = "secret"
	}
	seen = trace.NewRing(0)
	x, err := exchange.New(exchange.Config{Realm: config.ExchangeDomain, Users: users, Trace: seen})
	if err != nil {
		t.Fatal(err)
	}
	b := &switchboard{exchange: x}
	b.extensions, err = extensions.New(extensions.Config{
		Exchange: x.Addr(), Domain: config.ExchangeDomain, Password: "secret", Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.close()
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var g errgroup.Group
	g.Go(func() error { return b.run(ctx) })
	t.Cleanup(func() {
		stop()
		if err := g.Wait(); err != nil {
			t.Error(err)
		}
	})
	return x.Addr().String(), seen
}

// A process is `offhook run` as systemd starts it.
type process struct {
	*testing.T
	cmd   *exec.Cmd
	at    string // -socket
	log   journal
	ended chan error
}

func (p *process) does(args ...string) {
	p.Helper()
	code, out, err := run(append(args[:1:1], append([]string{p.at}, args[1:]...)...)...)
	if code == 0 {
		return
	}
	how := "it runs"
	if strings.Contains(err, panel.ErrGone.Error()) { // its last words come after its panel went
		select {
		case end := <-p.ended:
			how = fmt.Sprint("it has ended: ", end)
		case <-time.After(soon):
			how = "it runs, without its panel"
		}
	}
	p.Fatalf("%v: %s%s\n%s; its log: %s", args, out, err, how, &p.log)
}

func startProcess(t *testing.T, exchange string, more ...string) *process {
	t.Helper()
	return startProcessOf(t, func(dir string) string {
		s := quiet(dir)
		s["dial.digit_map"] = `"60[0-5]S0"`
		return s.file(accountOf("201", exchange))
	}, more...)
}

// startProcessOf starts one with the settings that text makes for its folder.
func startProcessOf(t *testing.T, text func(dir string) string, more ...string) *process {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "offhook.toml")
	write(t, file, text(dir))
	p := &process{T: t, at: "-socket=" + filepath.Join(dir, "panel.sock"), ended: make(chan error, 1)}
	p.cmd = exec.Command(os.Args[0], append([]string{"run", "-config", file, "-data", filepath.Join(dir, "data"), p.at}, more...)...)
	p.cmd.Env = append(os.Environ(), "OFFHOOK_TEST_RUN=1")
	p.cmd.Stderr, p.cmd.Stdout = &p.log, &p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.ended <- p.cmd.Wait() }()
	t.Cleanup(func() { p.cmd.Process.Kill() })
	for end := time.Now().Add(soon); ; time.Sleep(10 * time.Millisecond) {
		if code, _, _ := run("lcd", p.at); code == 0 {
			return p
		}
		if time.Now().After(end) {
			t.Fatalf("it does not start: %s", &p.log)
		}
	}
}

// told are the requests that the exchange got from the phone, in order.
func told(seen *trace.Ring) string {
	var all []string
	for _, m := range seen.Messages() {
		if !m.Out && !strings.HasPrefix(m.Text, "SIP/2.0") && strings.Contains(m.Text, "Offhook/") {
			title := trace.Title(m.Text)
			if regexp.MustCompile(`(?i)expires[:=] *0\b`).MatchString(m.Text) {
				title += ", goodbye"
			}
			all = append(all, title)
		}
	}
	return strings.Join(all, "\n")
}

// Who did not ask for a phone without a handset is told how to work it, once.
func TestNoTerminal(t *testing.T) {
	t.Parallel()
	at, _ := pbx(t)
	p := startProcess(t, at)
	words := "no terminal: the phone runs without a drawn handset; offhook panel " + strings.Replace(p.at, "=", " ", 1) + " works it\n"
	if got := p.log.String(); strings.Count(got, words) != 1 {
		t.Errorf("it says %q, want %q", got, words)
	}
	if got := startProcess(t, at, "-headless").log.String(); strings.Contains(got, "no terminal") {
		t.Errorf("it was asked for, and says %q", got)
	}
}

func TestSIGTERMInACall(t *testing.T) {
	t.Parallel()
	at, seen := pbx(t)
	p := startProcess(t, at)
	p.does("wait", "ready", soon.String())
	p.does("hook", "off")
	p.does("press", "601")
	p.does("wait", "Opus", soon.String())
	began := time.Now()
	p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-p.ended:
		if err != nil {
			t.Errorf("it ended with %v: %s", err, &p.log)
		}
	case <-time.After(soon):
		t.Fatal("it does not end")
	}
	if took := time.Since(began); took > leaving {
		t.Errorf("it took %v to end", took)
	}
	got := told(seen)
	if !regexp.MustCompile(`(?s)INVITE 601.*BYE `).MatchString(got) || !regexp.MustCompile(`REGISTER exchange.internal, goodbye`).MatchString(got) {
		t.Errorf("the exchange was told\n%s\nthe phone's log: %s", got, &p.log)
	}
	if _, err := os.Stat(strings.TrimPrefix(p.at, "-socket=")); err == nil {
		t.Error("the socket stays behind")
	}
}

// After kill -9 the next phone takes the socket and the data over.
func TestKilledAndStartedAgain(t *testing.T) {
	t.Parallel()
	at, _ := pbx(t)
	p := startProcess(t, at)
	p.does("wait", "ready", soon.String())
	p.does("hook", "off")
	p.does("press", "602")
	p.does("wait", "Busy", soon.String())
	p.does("hook", "on")
	p.does("wait", "ready", soon.String())
	p.does("press", "A1")
	p.does("wait", "602", soon.String())
	dir := filepath.Dir(strings.TrimPrefix(p.at, "-socket="))
	for end := time.Now().Add(soon); !kept(filepath.Join(dir, "data"), "602"); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the disk never has the call")
		}
	}
	p.cmd.Process.Kill()
	<-p.ended
	r := startAt(t, place{file: filepath.Join(dir, "offhook.toml"), data: filepath.Join(dir, "data"), socket: filepath.Join(dir, "panel.sock")}, outside{})
	r.sees(`ready`)
	r.chooses("Calls")
	r.sees(`602`)
}

// kept says whether a running phone's disk has a call to a number: a copy of it is read.
func kept(data, number string) bool {
	b, err := os.ReadFile(filepath.Join(data, storeName))
	dir, err2 := os.MkdirTemp("", "kept-")
	if err != nil || err2 != nil {
		return false
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, storeName)
	if os.WriteFile(path, b, 0o600) != nil {
		return false
	}
	st, _, err := store.Open(path)
	if err != nil {
		return false
	}
	closed, cancel := context.WithCancel(context.Background())
	cancel()
	defer st.Run(closed)
	calls := st.Entries(0, 1)
	return len(calls) == 1 && calls[0].Peer.Number == number
}
