package panel_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/board/panel"
	"github.com/offhook/offhook/board/sim"
)

// raw is a connection on which a test speaks for itself.
type raw struct {
	net.Conn
	*bufio.Scanner
}

func (p phone) raw(t *testing.T) raw {
	t.Helper()
	nc, err := net.Dial("unix", p.path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(10 * time.Second))
	r := raw{nc, bufio.NewScanner(nc)}
	if got := r.line(); !strings.HasPrefix(got, `{"hello":{"protocol":"offhook-panel","version":1,`) {
		t.Fatalf("greeted with %s", got)
	}
	return r
}

// line is the next line, or "closed".
func (r raw) line() string {
	if !r.Scan() {
		return "closed"
	}
	return r.Text()
}

func TestMistakesAreAnsweredInWords(t *testing.T) {
	p := open(t, sim.Config{})
	for _, c := range []struct{ name, send, want string }{
		{"a request goes on after a mistake", "{\"id\":1}\n{\"id\":2,\"do\":\"ringer\"}\n", `{"id":1,"error":"nothing to do: {\"id\":1,\"do\":\"lcd\"}"}` + "\n" + `{"id":2,"ok":true,"ringer":{"ringing":false}}`},
		{"no object", "GET / HTTP/1.1\r\n{\"id\":1,\"do\":\"hook\",\"off\":true}\n", `{"id":0,"error":"this is the panel protocol of a phone: one JSON object per line"}` + "\nclosed"},
		{"empty line", "\n", `{"id":0,"error":"this is the panel protocol of a phone: one JSON object per line"}` + "\nclosed"},
		{"a long line", "{" + strings.Repeat(" ", panel.MaxLine) + "\n", `{"id":0,"error":"a line of more than 4096 bytes"}` + "\nclosed"},
		{"too many mistakes", strings.Repeat("{}\n", 25), strings.Repeat(`{"id":0,"error":"nothing to do: {\"id\":1,\"do\":\"lcd\"}"}`+"\n", 20) + "closed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := p.raw(t)
			io.WriteString(r, c.send)
			for _, want := range strings.Split(c.want, "\n") {
				if got := r.line(); got != want {
					t.Fatalf("got  %s\nwant %s", got, want)
				}
			}
		})
	}
}

func TestStateComesBeforeChanges(t *testing.T) {
	p := open(t, sim.Config{})
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
				show(p, fmt.Sprint(n))
				time.Sleep(50 * time.Microsecond)
			}
		}
	}()
	defer func() { close(stop); <-done }()
	for range 20 {
		r := p.raw(t)
		io.WriteString(r, `{"id":7,"do":"subscribe"}`+"\n")
		if got := r.line(); got != `{"id":7,"ok":true}` {
			t.Fatal(got)
		}
		if got := r.line(); !strings.HasPrefix(got, `{"change":{"lcd":`) || !strings.Contains(got, `"info":`) {
			t.Fatalf("first: %s", got)
		}
		r.Close()
	}
}

func TestSlowReaderIsDroppedAndTheOthersAreNot(t *testing.T) {
	p := open(t, sim.Config{})
	slow, quick := p.raw(t), p.dial(t)
	io.WriteString(slow, `{"id":1,"do":"subscribe"}`+"\n")
	slow.line()
	began := time.Now()
	for n := range 300 { // more than a socket's buffer holds
		for m := range 20 {
			show(p, fmt.Sprintf("%d.%d", n, m), strings.Repeat("x", 20), strings.Repeat("y", 20))
		}
		if _, err := quick.Wait(regexp.MustCompile(fmt.Sprintf(`^%d\.19\n`, n)), 5*time.Second); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("a slow reader held Show up: %v", took)
	}
	n := 0
	for slow.Scan() {
		n++
	}
	if n >= 300*20 {
		t.Errorf("the slow reader got all %d lines", n)
	}
}

func TestClientsAreLimited(t *testing.T) {
	p := open(t, sim.Config{})
	for range 16 {
		p.dial(t)
	}
	if _, err := panel.Dial(context.Background(), p.path, ""); err == nil || !strings.Contains(err.Error(), "16 clients") {
		t.Errorf("the 17th: %v", err)
	}
}

func TestToken(t *testing.T) {
	p := open(t, sim.Config{})
	l, err := panel.ListenTCP("127.0.0.1:0", "sesame")
	if err != nil {
		t.Fatal(err)
	}
	p.serve(t, l, "sesame")
	at := l.Addr().String()
	c, err := panel.Dial(context.Background(), at, "sesame")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ok(t, c.Hook(true))
	p.expect(t, "off")
	for _, wrong := range []string{"", "sesam", "sesame "} {
		if _, err := panel.Dial(context.Background(), at, wrong); err == nil || !strings.Contains(err.Error(), "log in first") {
			t.Errorf("with %q: %v", wrong, err)
		}
	}
	nc, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	io.WriteString(nc, `{"id":1,"do":"hook","off":false}`+"\n"+`{"id":2,"do":"lcd"}`+"\n")
	text, _ := io.ReadAll(nc)
	if want := `{"hello":{"protocol":"offhook-panel","version":1,"login":true}}` + "\n" + `{"id":1,"error":"log in first, with the token of this phone"}` + "\n"; string(text) != want {
		t.Errorf("without a login it says %s", text)
	}
	if s, _ := c.State(); !s.OffHook {
		t.Error("somebody without the token hung up")
	}
}

func TestTCPNeedsATokenBeyondLoopback(t *testing.T) {
	for at, allowed := range map[string]bool{"127.0.0.1:0": true, "[::1]:0": true, "localhost:0": true, ":0": false, "0.0.0.0:0": false, "192.0.2.1:0": false} {
		l, err := panel.ListenTCP(at, "")
		if refused := err != nil && strings.Contains(err.Error(), "needs a token"); refused == allowed {
			t.Errorf("%s: %v", at, err)
		}
		if err == nil {
			l.Close()
		}
	}
}

func TestSocketFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a", "b", "panel")
	l, err := panel.ListenUnix(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{path: 0o600 | os.ModeSocket, filepath.Dir(path): 0o700 | os.ModeDir} {
		if info, err := os.Lstat(name); err != nil || info.Mode() != want {
			t.Errorf("%s has mode %v, want %v (%v)", name, info.Mode(), want, err)
		}
	}
	if _, err := panel.ListenUnix(path); !errors.Is(err, panel.ErrInUse) {
		t.Errorf("while a phone listens: %v", err)
	}
	l.Close()
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after the end: %v", err)
	}

	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	dead.Close()
	if l, err = panel.ListenUnix(path); err != nil {
		t.Fatalf("over a dead phone's socket: %v", err)
	}
	l.Close()

	if err := os.WriteFile(path, []byte("dear diary"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := panel.ListenUnix(path); err == nil || !strings.Contains(err.Error(), "no socket") {
		t.Errorf("over a file: %v", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "dear diary" {
		t.Error("the file is gone")
	}
	open := filepath.Join(dir, "open")
	if err := errors.Join(os.Mkdir(open, 0o700), os.Chmod(open, 0o777)); err != nil {
		t.Fatal(err)
	}
	if _, err := panel.ListenUnix(filepath.Join(open, "panel")); err == nil || !strings.Contains(err.Error(), "anyone may write") {
		t.Errorf("in a folder of everyone: %v", err)
	}
	if err := os.Chmod(open, 0o777|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	if l, err = panel.ListenUnix(filepath.Join(open, "panel")); err != nil {
		t.Errorf("in a folder like /tmp: %v", err)
	} else {
		l.Close()
	}
	if _, err := panel.ListenUnix(filepath.Join(dir, strings.Repeat("x", 120))); err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Errorf("a long path: %v", err)
	}
}

func TestDialSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	if _, err := panel.Dial(context.Background(), filepath.Join(dir, "none"), ""); err == nil || !strings.Contains(err.Error(), "no phone at") {
		t.Errorf("nobody there: %v", err)
	}
	for greeting, want := range map[string]string{
		"220 mail ready\n": "not a phone",
		"{}\n":             "no phone",
		`{"hello":{"protocol":"offhook-panel","version":2}}` + "\n": "speaks version 2",
		"":                         "the phone is gone",
		strings.Repeat("x", 1<<17): "the phone is gone",
	} {
		l, err := net.Listen("unix", filepath.Join(dir, "fake"))
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			nc, err := l.Accept()
			if err == nil {
				io.WriteString(nc, greeting)
				nc.Close()
			}
		}()
		if _, err := panel.Dial(context.Background(), filepath.Join(dir, "fake"), ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v, want %q", greeting, err, want)
		}
		l.Close()
	}
}
