package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/scripts/golden"
)

// run is one command line: what it printed and its exit code.
func run(args ...string) (code int, out, err string) {
	return runIn(context.Background(), args...)
}

func runIn(ctx context.Context, args ...string) (int, string, string) {
	var out, err bytes.Buffer
	code := dispatch(ctx, streams{strings.NewReader(""), &out, &err}, args)
	return code, out.String(), err.String()
}

// prints runs a command line that must end with code and print out, and no error when code is 0.
func prints(t *testing.T, code int, out string, args ...string) {
	t.Helper()
	got, text, err := run(args...)
	if got != code || code == 0 && err != "" {
		t.Errorf("%v: exit code %d, want %d; %s", args, got, code, err)
	}
	if d := cmp.Diff(out, text); d != "" {
		t.Errorf("%v: %s", args, d)
	}
}

// fails runs a command line that must end with code and say words.
func fails(t *testing.T, code int, words string, args ...string) {
	t.Helper()
	got, out, err := run(args...)
	if got != code || !strings.Contains(err, words) {
		t.Errorf("%v: exit code %d, want %d; it says\n%swant %q", args, got, code, err, words)
	}
	if out != "" && code == 2 {
		t.Errorf("%v: prints %q", args, out)
	}
}

func TestCommandLinesThatAreNone(t *testing.T) {
	fails(t, 2, `offhook: no command "dial"; offhook help lists them`, "dial")
	fails(t, 2, "usage: offhook check [flags] FILE", "check")
	fails(t, 2, "usage: offhook check [flags] FILE", "check", "a", "b")
	fails(t, 2, "flag provided but not defined: -colour", "lcd", "-colour")
	fails(t, 2, "usage: offhook press [flags] KEYS", "press")
	fails(t, 2, "usage: offhook hook", "hook")
	fails(t, 2, "usage: offhook wait", "wait", "x")
	fails(t, 2, "usage: offhook run", "run", "now")
	fails(t, 1, "wait: ", "wait", "(", "1s")
	fails(t, 1, `wait: "soon" is no time; write 5s or 500ms`, "wait", "x", "soon")
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"-h"}, {"--help"}, nil} {
		code, out, err := run(args...)
		if code != 0 || err != "" {
			t.Errorf("%v: %d, %s", args, code, err)
		}
		for _, c := range commands {
			if !strings.Contains(out, "  "+c.name+" ") || !strings.Contains(out, c.about) {
				t.Errorf("%v says nothing of %s", args, c.name)
			}
		}
		for _, line := range strings.Split(out, "\n") {
			if len(line) > 110 {
				t.Errorf("too long a line: %s", line)
			}
		}
	}
	for _, c := range commands {
		code, _, err := run(c.name, "-h")
		if code != 0 || !strings.Contains(err, "usage: offhook "+c.name) || !strings.Contains(err, c.about[1:]) {
			t.Errorf("%s -h: %d, %s", c.name, code, err)
		}
		for line := range strings.Lines(err) {
			if strings.HasSuffix(line, " \n") {
				t.Errorf("%s -h: a line ends in a space: %q", c.name, line)
			}
		}
	}
	prints(t, 0, "unversioned\n", "version")
}

func TestCheck(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "offhook.toml", `[phone]
name = "A name that is far too long"
contry = "DE"
[[account]]
label = "Home"
user = 201
password = 'secret-1'
[sound]
volume = 150
[network]
rtp_ports = "30000"
`)
	code, out, err := run("check", "offhook.toml")
	if code != 1 || out != "" {
		t.Errorf("exit code %d, prints %q", code, out)
	}
	golden.File(t, filepath.Join(testdata, "check.txt"), err)
	if strings.Contains(err, "secret-1") {
		t.Error("it prints a password")
	}
	fails(t, 1, "nowhere.toml: no such file", "check", "nowhere.toml")
	write(t, "good.toml", "[[account]]\nuser = \"201\"\ndomain = \"pbx.home\"\npassword = 'x1'\n")
	prints(t, 0, "good.toml: no mistakes\n", "check", "good.toml")
}

// testdata is an absolute path: tests change the folder.
var testdata, _ = filepath.Abs("testdata")

func TestConfigPrintsOrigins(t *testing.T) {
	dir := t.TempDir()
	text := quiet(dir)
	text["sound.volume"] = "33"
	r := start(t, dir, text.file(accountOf("201", "127.0.0.1:9")+"label = 'x'"), outside{}) // two labels
	r.sees(`line \d+`)
	write(t, r.place.file, text.file("user = '201'\ndomain = 'exchange.internal'\npassword = 'hunter2'\n")+"[exchange.users]\n201 = 'hunter2'\n")
	r.chooses("Reload")
	r.eventually("takes the settings", func() bool { return strings.Contains(r.log.String(), "new settings are in use") })
	r.sees(`ready`)
	r.presses("-") // the ring's volume
	r.sees(`Ring`)
	want := []string{
		`(?m)^sound\.volume = 33 +# .*offhook\.toml:\d+$`,
		`(?m)^sound\.ring_volume = \d+ +# menu$`,
		`(?m)^account\[0\]\.password = '\*+' +# .*offhook\.toml:\d+$`,
		`(?m)^log\.level = "info" +# built in$`,
	}
	// The running phone holds the store, and has written it.
	r.eventually("has its volume in the list", func() bool {
		code, out, err := run("config", "-config", r.place.file, "-data", r.place.data)
		if code != 0 || err != "" {
			t.Fatalf("exit code %d: %s", code, err)
		}
		if strings.Contains(out, "hunter2") {
			t.Fatalf("it prints a password:\n%s", out)
		}
		for _, re := range want {
			if !regexp.MustCompile(re).MatchString(out) {
				return false
			}
		}
		return true
	})
	write(t, r.place.file, "nonsense")
	code, out, err := run("config", "-config", r.place.file, "-data", r.place.data)
	if code != 0 || !strings.Contains(err, "1 mistake. The settings of ") || !strings.Contains(out, "sound.volume = 33") {
		t.Errorf("with a bad file: %d, %s\n%s", code, err, out)
	}
}

func TestDevices(t *testing.T) {
	code, out, err := run("devices")
	if code != 0 || err != "" {
		t.Fatalf("%d, %s", code, err)
	}
	if out != "No sound card. The phone uses WAV files until there is one.\n" && !regexp.MustCompile(`(?m)^\S.* (plays|records)`).MatchString(out) {
		t.Errorf("%s", out)
	}
}

// A phone that cannot be one says why.
func TestARunThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	file, socket := filepath.Join(dir, "offhook.toml"), filepath.Join(dir, "panel.sock")
	s := quiet(dir)
	s["network.bind"] = `"192.0.2.77"`
	write(t, file, s.file())
	fails(t, 1, "offhook: sip: this machine does not have the address 192.0.2.77", "run", "-headless", "-config", file, "-data", dir, "-socket", socket)
	if _, err := os.Stat(socket); err == nil {
		t.Error("its socket stays behind")
	}
	write(t, socket, "my diary")
	fails(t, 1, "is there already and is no socket", "run", "-headless", "-config", file, "-data", dir, "-socket", socket)
	fails(t, 1, "longer than", "run", "-headless", "-config", file, "-data", dir, "-socket", filepath.Join(dir, strings.Repeat("x", 100)))
}

func containsAll(text string, parts ...string) bool {
	for _, p := range parts {
		if !strings.Contains(text, p) {
			return false
		}
	}
	return true
}
