package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestARunningPhoneFromAScript(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := start(t, dir, quiet(dir).file(), outside{})
	at := "-socket=" + r.place.socket
	waits := func(re string) {
		t.Helper()
		if code, out, err := run("wait", at, re, soon.String()); code != 0 || !regexp.MustCompile(re).MatchString(out) {
			t.Fatalf("wait %s: %d, %s%s", re, code, out, err)
		}
	}
	waits(`Home 201 +ready`)
	code, out, err := run("lcd", at)
	if code != 0 || strings.Count(out, "\n") != 4 || !strings.Contains(out, "Home 201       ready\n") {
		t.Errorf("lcd: %d, %q, %s", code, out, err)
	}
	prints(t, 0, "", "hook", at, "off")
	waits(`Home 201\n_`)
	fails(t, 1, `there is no key "x"`, "press", at, "6", "0", "x")
	waits(`Home 201\n_`) // nor are those before it pressed
	prints(t, 0, "", "press", at, "6", "0", "0")
	waits(`Opus`)
	prints(t, 0, "", "hook", at, "flash") // holds
	waits(`Held|Home 201\n_`)
	prints(t, 0, "", "hook", at, "on")

	began := time.Now()
	code, out, err = run("wait", at, "never so", "300ms")
	if code != 1 || !strings.Contains(err, `the display never matched "never so" within 300ms`) || strings.Count(out, "\n") != 4 {
		t.Errorf("a wait in vain: %d, %q, %s", code, out, err)
	}
	if took := time.Since(began); took < 300*time.Millisecond || took > soon {
		t.Errorf("it took %v", took)
	}
	if strings.Count(err, "\n") > 1 || strings.Contains(err, "panel: wait") {
		t.Errorf("the same is said twice: %s", err)
	}
	fails(t, 1, "no key", "press", at, "x")
	fails(t, 2, "usage: offhook hook", "hook", at, "sideways")
}

// Over TCP the word of the settings opens the panel, and nothing else does.
func TestARunningPhoneFromAnotherMachine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := free.Addr().String()
	free.Close()
	s := quiet(dir)
	s["admin.panel_tcp"], s["admin.panel_token"] = strconv.Quote(at), `'open sesame'`
	r := start(t, dir, s.file(), outside{})
	r.sees(`ready`)
	if code, out, err := run("lcd", "-socket", at, "-token", "open sesame"); code != 0 || !strings.Contains(out, "ready") {
		t.Errorf("%d, %s%s", code, out, err)
	}
	fails(t, 1, "no phone answers at "+at, "lcd", "-socket", at, "-token", "open barley")
}

func TestTrace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := start(t, dir, quiet(dir).file(), outside{})
	at := "-socket=" + r.place.socket
	ctx, stop := context.WithCancel(context.Background())
	followed, w := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		var err bytes.Buffer
		code := dispatch(ctx, streams{strings.NewReader(""), w, &err}, []string{"trace", "-f", at})
		w.CloseWithError(io.EOF)
		ended <- code
	}()
	lines := journal{}
	go io.Copy(&lines, followed)
	r.sees(`ready`)
	r.calls("602")
	r.sees(`Busy`)
	r.hangsUp()
	code, out, err := run("trace", at)
	if code != 0 || err != "" {
		t.Fatalf("%d, %s", code, err)
	}
	var titles []string
	for _, m := range regexp.MustCompile(`\|(?:---|<--) (.*?) -+[>|]`).FindAllStringSubmatch(out, -1) {
		titles = append(titles, m[1])
	}
	all := strings.Join(titles, "\n")
	want := `(?s)^REGISTER exchange.internal\n401 .*\(REGISTER\)\nREGISTER .*200 .*INVITE 602@exchange.internal, SDP\n.*486 Busy.*\nACK`
	if !regexp.MustCompile(want).MatchString(all) {
		t.Errorf("want %s in\n%s", want, out)
	}
	if strings.Contains(out, "response=") || strings.Contains(out, "Digest") {
		t.Errorf("secrets:\n%s", out)
	}
	r.eventually("is followed", func() bool { return strings.Contains(lines.String(), "ACK 602@") })
	stop()
	select {
	case code := <-ended:
		if code != 0 {
			t.Errorf("^C ends following with %d", code)
		}
	case <-time.After(soon):
		t.Error("^C does not end following")
	}
}

func TestNoPhoneRuns(t *testing.T) {
	t.Parallel()
	at := "-socket=" + filepath.Join(t.TempDir(), "panel.sock")
	for _, args := range [][]string{{"lcd", at}, {"press", at, "6"}, {"hook", at, "off"}, {"wait", at, "x", "1s"}} {
		fails(t, 1, "panel.sock; is one running?\n", args...)
	}
	refuses, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refuses.Close()
	fails(t, 1, refuses.Addr().String()+"; is one running?\n", "lcd", "-socket", refuses.Addr().String())
	fails(t, 1, "no phone answers at nowhere; is one running?\n", "lcd", "-socket", "nowhere") // a path, as it has no port
	fails(t, 1, "no phone runs at ", "trace", at)
	fails(t, 1, "offhook: panel needs a terminal\n", "panel", at)
}

func TestExchangeAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "exchange.toml")
	write(t, file, "[exchange]\nlisten = \"127.0.0.1:0\"\nusers = { 301 = 'one', 302 = 'two' }\n")
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var out, errs journal
	ended := make(chan int, 1)
	go func() {
		ended <- dispatch(ctx, streams{strings.NewReader(""), &out, &errs}, []string{"exchange", "-config", file, "-data", dir})
	}()
	line := regexp.MustCompile(`^exchange at (127\.0\.0\.1:\d+) since \d\d:\d\d:\d\d; users 301 302; extensions \[600 601 602 603 604 605\]\n$`)
	var at []string
	for end := time.Now().Add(soon); at == nil; time.Sleep(10 * time.Millisecond) {
		if at = line.FindStringSubmatch(out.String()); time.Now().After(end) {
			t.Fatalf("it says %q, %s", out.String(), &errs)
		}
	}
	s := quiet(dir)
	r := start(t, dir, s.file("user = '302'\ndomain = 'exchange.internal'\nproxy = '"+at[1]+"'\npassword = 'two'\n"), outside{})
	r.sees(`302 +ready`)
	r.stop()
	stop()
	select {
	case code := <-ended:
		if code != 0 {
			t.Errorf("exit code %d: %s", code, &errs)
		}
	case <-time.After(soon):
		t.Error("it does not end")
	}
	fails(t, 1, "exchange.toml", "exchange", "-config", filepath.Join(dir, "gone", "exchange.toml"))
	write(t, file, "[exchange]\nlisten = 5\n")
	fails(t, 1, "exchange.listen: ", "exchange", "-config", file)
}
