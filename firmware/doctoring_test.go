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
	r.sees(`Pins|FAILS`)
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
