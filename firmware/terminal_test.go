package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal opens a pseudo-terminal: what is behind the screen, and what a program is given.
func terminal(t *testing.T) (screen, tty *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no pseudo-terminals here: ", err)
	}
	t.Cleanup(func() { screen.Close() })
	if err := unix.IoctlSetPointerInt(int(screen.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(screen.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if tty, err = os.OpenFile(fmt.Sprint("/dev/pts/", n), os.O_RDWR|syscall.O_NOCTTY, 0); err != nil {
		t.Fatal(err)
	}
	return screen, tty
}

// On a terminal SIGHUP reads the settings again, good ones and bad ones, for as long as there
// is a terminal; the one that says that it has gone ends the phone.
func TestSIGHUPOnATerminal(t *testing.T) {
	t.Parallel()
	at, _ := pbx(t)
	screen, tty := terminal(t)
	dir := t.TempDir()
	file, data := filepath.Join(dir, "offhook.toml"), filepath.Join(dir, "data")
	s := quiet(dir)
	write(t, file, s.file(accountOf("201", at)))
	p := &process{T: t, at: "-socket=" + filepath.Join(dir, "panel.sock"), ended: make(chan error, 1)}
	p.cmd = exec.Command(os.Args[0], "run", "-config", file, "-data", data, p.at)
	p.cmd.Env = append(os.Environ(), "OFFHOOK_TEST_RUN=1", "TERM=xterm")
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = tty, tty, tty
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tty.Close()
	go func() { p.ended <- p.cmd.Wait() }()
	go io.Copy(&p.log, screen)
	t.Cleanup(func() { p.cmd.Process.Kill() })
	waits := func(what string, is func() bool) {
		t.Helper()
		for end := time.Now().Add(soon); !is(); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("never %s; its terminal: %s", what, &p.log)
			}
		}
	}
	logged := func(words string) bool {
		b, _ := os.ReadFile(filepath.Join(data, "offhook.log"))
		return strings.Contains(string(b), words)
	}
	waits("answers", func() bool { code, _, _ := run("lcd", p.at); return code == 0 })
	p.does("wait", "ready", soon.String())

	s["phone.name"] = `"Hall"`
	write(t, file, s.file(accountOf("201", at)))
	p.cmd.Process.Signal(syscall.SIGHUP)
	waits("takes the settings", func() bool { return logged("the new settings are in use") })
	p.does("wait", "ready", soon.String())

	write(t, file, s.file(accountOf("201", at))+"[phone]\nname = 'Twice'\n")
	p.cmd.Process.Signal(syscall.SIGHUP)
	p.does("wait", `offhook.toml line \d+`, soon.String())
	waits("logs the mistake", func() bool { return logged("mistakes. The settings of") })
	p.does("hook", "off") // the phone works on
	p.does("press", "602")
	p.does("wait", "Busy", soon.String())
	p.does("hook", "on")

	screen.Close() // the kernel sends SIGHUP
	select {
	case err := <-p.ended:
		if err != nil {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(soon):
		t.Fatal("it goes on without its terminal")
	}
}
