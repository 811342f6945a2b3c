package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A running phone is examined through its panel, every layer of it.
func TestDoctorOfAPhone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := start(t, dir, quiet(dir).file(), outside{})
	r.sees(`ready`)
	code, out, errs := run("doctor", "-socket="+r.place.socket)
	for _, want := range []string{
		`(?m)^Settings +ok +offhook\.toml has no mistakes`,
		`(?m)^Pins +- +the board is simulated`,
		`(?m)^Sound +\S+ +\S`,
		`(?m)^DNS +- +no account needs names`,
		`(?m)^TLS +- +no account uses it`,
		`(?m)^Registration +ok +.+ ready`,
		`(?m)^RTP +ok +port \d+ takes packets`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("no %s in\n%s%s", want, out, errs)
		}
	}
	r.picks("Doctor")
	r.sees(`Doctor`)
	r.sees(`Settings|FAILS`)
	if fails := strings.Contains(out, "FAILS"); fails != (code == 1) || fails == strings.Contains(out, "Nothing fails.") {
		t.Errorf("exit code %d after\n%s", code, out)
	}
}

// Where no phone runs the machine is examined with the settings that one would have.
func TestDoctorWithoutAPhone(t *testing.T) {
	dir := t.TempDir()
	code, out, errs := run("doctor", "-socket="+filepath.Join(dir, "none.sock"), "-config=", "-data="+dir)
	if !strings.HasPrefix(out, "No phone runs here:") || !regexp.MustCompile(`(?m)^Registration +- +no phone runs here`).MatchString(out) {
		t.Errorf("%s%s", out, errs)
	}
	if strings.Contains(out, "FAILS") != (code == 1) {
		t.Errorf("exit code %d", code)
	}
	if code, _, errs := run("doctor", "-socket=127.0.0.1:1"); code != 1 || !strings.Contains(errs, "no phone answers at 127.0.0.1:1") {
		t.Errorf("%d %s", code, errs)
	}
}

// A mistake in the settings file is what the doctor names first, with its line, whether the
// phone has read it or not; then it examines what runs instead.
func TestDoctorNamesAMistake(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good := quiet(dir).file()
	r := start(t, dir, good, outside{})
	r.sees(`ready`)
	doctor := func(args ...string) (int, string) {
		code, out, errs := run(append([]string{"doctor"}, args...)...)
		return code, out + errs
	}
	wants := func(what, out string, all ...string) {
		t.Helper()
		for _, want := range all {
			if !regexp.MustCompile(want).MatchString(out) {
				t.Errorf("%s: no %s in\n%s", what, want, out)
			}
		}
	}
	write(t, r.place.file, good+"\n[sound]\nvolum = 3\n")
	first := `(?m)^Settings +FAILS +offhook\.toml line \d+: .*\n`
	code, out := doctor("-socket=" + r.place.socket)
	wants("a phone that has not read it", out, first, `Mend this first: Settings\.\n  offhook\.toml line`,
		`what the phone read before is in use, and was examined`, `(?m)^Registration +ok `)
	if code != 1 {
		t.Errorf("exit code %d", code)
	}
	write(t, r.place.file, good+"# a word\n")
	_, out = doctor("-socket=" + r.place.socket)
	wants("a phone that has not read what is good", out, `(?m)^Settings +\? +offhook\.toml was changed`)
	r.stop()
	write(t, r.place.file, "[phone]\nname = Kitchen\n")
	_, out = doctor("-socket="+r.place.socket, "-config="+r.place.file, "-data="+r.place.data)
	wants("no phone", out, `^No phone runs here`, first, `offhook\.toml line 2: .*quotes`, `until then what stood in it on \d+ \w+ [\d:]+ is in use`)
	write(t, r.place.file, "nonsense")
	other := startAt(t, place{file: r.place.file, data: t.TempDir(), socket: filepath.Join(t.TempDir(), "p.sock")}, outside{})
	other.sees(`Built-in`)
	_, out = doctor("-socket=" + other.place.socket)
	wants("a phone that never read a good one", out, first, `until then what is built in is in use`)
}
