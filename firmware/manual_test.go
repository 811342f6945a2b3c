package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/scripts/golden"
)

// docs/offhook.1 is what the program says of itself: its list of commands, and what each says
// for -h. The flag -update writes it anew.
func TestManualPage(t *testing.T) {
	const home, runtime = "/home/you", "/run/user/you"
	for name, value := range map[string]string{"HOME": home, "XDG_RUNTIME_DIR": runtime, "XDG_STATE_HOME": "",
		"STATE_DIRECTORY": "", "RUNTIME_DIRECTORY": "", "OFFHOOK_SOCKET": "", "OFFHOOK_TOKEN": ""} {
		t.Setenv(name, value)
	}
	usage := func(command string) string {
		_, _, said := run(command, "-h")
		return strings.NewReplacer(home, "~", runtime, "$XDG_RUNTIME_DIR", " (default true)", "").Replace(said)
	}
	golden.File(t, filepath.Join(testdata, "../../docs/offhook.1"), manual(usage))
}

// The variables of the environment that the page names are those of the program.
func TestManualPageNamesTheEnvironment(t *testing.T) {
	var read, told []string
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?:Getenv\(|Variable = )"(\w+)"`).FindAllStringSubmatch(string(text), -1) {
			read = append(read, m[1])
		}
	}
	for _, v := range environment {
		told = append(told, v[0])
	}
	slices.Sort(read)
	slices.Sort(told)
	if d := cmp.Diff(slices.Compact(read), told); d != "" {
		t.Error(d)
	}
}

// A flagLine is one flag as a command tells it.
type flagLine struct{ name, about string }

var switchLine = regexp.MustCompile(`(?m)^  (-.*?)\n?    \t(.*)$|^  (-\w)\t(.*)$`)

func switches(usage string) []flagLine {
	var all []flagLine
	for _, m := range switchLine.FindAllStringSubmatch(usage, -1) {
		all = append(all, flagLine{strings.TrimSpace(m[1] + m[3]), m[2] + m[4]})
	}
	return all
}

var environment = [][2]string{
	{"OFFHOOK_SOCKET", "the panel of the running phone, in place of -socket"},
	{"OFFHOOK_TOKEN", "its panel token, in place of -token"},
	{"OFFHOOK_UPDATER", "the socket of the SD card's updater, for run"},
	{"OFFHOOK_REPORT", "the socket of what writes a report to the SD card, likewise"},
	{"STATE_DIRECTORY", "the folder of the phone's own data, as systemd names it"},
	{"XDG_STATE_HOME", "where that folder is, if systemd names none; ~/.local/state is meant without it"},
	{"RUNTIME_DIRECTORY", "the folder of the panel's socket, as systemd names it"},
	{"XDG_RUNTIME_DIR", "where that folder is, if systemd names none"},
}

// manual is the page, in the macros of man(7).
func manual(usage func(command string) string) string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	say(`.\" Written by the program's tests of what it says itself: go test -run ManualPage ./firmware -update`)
	say(`.TH OFFHOOK 1 "" Offhook "User Commands"`)
	say(".SH NAME\noffhook \\- desk phone: keypad, hook switch, character display and SIP")
	say(".SH SYNOPSIS\n.B offhook\n.I command\n.RI [ flags ]\n.RI [ arguments ]")
	say(".SH DESCRIPTION\n%s", roff("With a board, a handset and a file of settings offhook is the whole phone; on a terminal it is the same phone with a drawn handset. "+
		"One command, run, is the phone; the others look at it, work it from elsewhere, and help to set it up."))
	say(".SH COMMANDS")
	common := switches(usage("press"))
	for _, c := range commands {
		say(".SS %s", roff(strings.TrimSpace("offhook "+c.name+" [flags] "+c.args)))
		say("%s.", roff(strings.ToUpper(c.about[:1])+c.about[1:]))
		for _, s := range switches(usage(c.name)) {
			if !slices.Contains(common, s) {
				say(".TP\n.B %s\n%s", roff(s.name), roff(s.about))
			}
		}
	}
	say(".SH THE RUNNING PHONE\n%s", roff("A running phone is found by its panel, by all commands that work one:"))
	for _, s := range common {
		say(".TP\n.B %s\n%s", roff(s.name), roff(s.about))
	}
	say(".SH EXIT STATUS\n.TP\n.B 0\ndone\n.TP\n.B 1\nit failed, and said why\n.TP\n.B 2\nthe command line was not understood")
	say(".SH ENVIRONMENT")
	for _, v := range environment {
		say(".TP\n.B %s\n%s", roff(v[0]), roff(v[1]))
	}
	say(".SH FILES\n.TP\n.I offhook.toml\n%s", roff("the settings, in the folder where the phone is started"))
	say(".TP\n.I /boot/firmware/offhook.toml\n%s", roff("the settings, where there are none in that folder: on the card's boot partition, so that any computer can edit them"))
	return b.String()
}

// roff is text as troff prints it as it stands.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "~", `\(ti`, "^", `\(ha`).Replace(s)
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s
}
