package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/firmware/doctor"
)

// A report of a phone that has called tells what is needed, and no secret.
func TestReportOfAPhone(t *testing.T) {
	t.Parallel()
	at, _ := pbx(t)
	dir := t.TempDir()
	s := quiet(dir)
	s["log.level"] = `"debug"`
	s["admin.panel_token"] = `'a token nobody tells'`
	r := start(t, dir, s.file(strings.ReplaceAll(accountOf("201", at), "password = '201'", `password = "201"`)), outside{})
	r.sees(`ready`)
	r.calls("600#")
	r.sees(`Opus`)
	r.hangsUp()
	code, out, errs := run("report", "-socket="+r.place.socket)
	path := filepath.Join(r.place.data, "report.txt")
	if code != 0 || out != "Report saved as "+path+"\n" {
		t.Fatalf("%d %s%s", code, out, errs)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`(?m)^== Version\n\nOffhook \S+\nLinux`, `(?m)^Registration +ok`, `user = "201"`, `INVITE`, `level=DEBUG`} {
		if !regexp.MustCompile(want).Match(text) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	for _, secret := range []string{"a token nobody tells", "response=\"", "cnonce=\"", "inline:a"} {
		if bytes.Contains(text, []byte(secret)) {
			t.Errorf("%q is told", secret)
		}
	}
	os.Remove(path)
	r.picks("Save report")
	r.sees(`Report saved`)
	if _, err := os.Stat(path); err != nil {
		t.Error("the menu saves none: ", err)
	}
}

// picks opens the menu and chooses a line of it, of which each press of A brings the next.
func (r *rig) picks(line string) {
	r.Helper()
	at := regexp.MustCompile(`(?m)^>.*$`)
	cursor := func() string {
		now, err := r.LCD()
		r.must(err)
		return at.FindString(strings.Join(now.Rows, "\n"))
	}
	for range 30 {
		was := cursor()
		if strings.Contains(was, line) {
			r.presses("#")
			return
		}
		r.presses("A")
		r.eventually("the menu moves on", func() bool { return cursor() != was })
	}
	r.Fatalf("the menu has no line %q", line)
}

func TestReportHidesWhatSlipsIn(t *testing.T) {
	c, mistakes := config.Parse("o", []byte("[[account]]\nuser = \"201\"\ndomain = \"pbx.home\"\npassword = 'correct horse'\n"), config.Options{})
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	got := report{at: time.Unix(0, 0).UTC(), settings: c, findings: doctor.Diagnose(doctor.Seen{}), kernel: "Linux",
		messages: "a password=correct horse; b", log: "201 correct horse\n"}.String()
	if strings.Contains(got, "horse") || !strings.Contains(got, "a password=***; b") || !strings.Contains(got, "201 ***") {
		t.Error(got)
	}
	for _, want := range []string{"Report of a phone, 1 Jan 1970 00:00:00 UTC", "Mend this first: Link.", "== Log"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if got := hidden("201 is short", []string{"201", "", " "}); got != "201 is short" {
		t.Error(got)
	}
}

// Passwords in places where none belongs: addresses, and a log that quotes.
func TestReportHidesWhatIsInAnOddPlace(t *testing.T) {
	const secret = `pa"ss\word 1`
	file := "[[account]]\nuser = \"201\"\ndomain = \"pbx.home\"\npassword = '" + secret + "'\n" +
		"blf_list = \"sip:201:hunter2@pbx.home\"\nquality_report = \"sip:q:hunter2@pbx.home\"\n" +
		"[update]\nurl = \"https://example.com/phone.update?token=hunter2&x=1\"\n"
	c, mistakes := config.Parse("o", []byte(file), config.Options{})
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	_, mistakes = config.Parse("o", []byte("[[account]]\nuser = \"201\"\ndomain = \"sip:201:hunter2@pbx.home\"\npasword = hunter2\n"+
		"[exchange.users]\n202 = hunter2\n"), config.Options{})
	if len(mistakes) == 0 {
		t.Fatal("no mistakes")
	}
	got := report{settings: c, findings: doctor.Diagnose(doctor.Seen{}), mistakes: mistakes,
		log: fmt.Sprintf("level=INFO msg=x what=%q err=\"Get https://example.com/x?token=hunter2: refused\"\n", secret)}.String()
	if strings.Contains(got, "hunter2") || strings.Contains(got, "word 1") {
		t.Error(got)
	}
	for _, want := range []string{`blf_list = "sip:201:***@pbx.home"`, `"sip:q:***@pbx.home"`, `url = "https://example.com/phone.update?***"`, "what=\"***\"", "?***"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	const plain = "sip:201@pbx.home:5060 sip:10.0.0.1:5060;lr https://example.com:8443/x a:b@c"
	if got := hidden(plain, nil); got != plain {
		t.Errorf("what is no secret is hidden: %s", got)
	}
}

func TestReportWithoutAPhone(t *testing.T) {
	dir := t.TempDir()
	code, out, errs := run("report", "-socket="+filepath.Join(dir, "none.sock"), "-config=", "-data="+dir)
	if code != 0 || !strings.HasPrefix(out, "Report saved as "+dir) {
		t.Errorf("%d %s%s", code, out, errs)
	}
	code, _, errs = run("report", "-socket="+filepath.Join(dir, "none.sock"), "-config=", "-data="+filepath.Join(dir, "not there"))
	if code != 1 || !strings.Contains(errs, "report not saved: no such file or directory") {
		t.Errorf("%d %s", code, errs)
	}
	if code, _, errs := run("report", "-socket=127.0.0.1:1"); code != 1 || !strings.Contains(errs, "no phone answers at 127.0.0.1:1") {
		t.Errorf("%d %s", code, errs)
	}
}

func TestTail(t *testing.T) {
	var all bytes.Buffer
	tl := &tail{to: &all}
	tl.Write([]byte("one\ntwo\n"))
	if tl.String() != "one\ntwo\n" {
		t.Errorf("%q", tl.String())
	}
	line := strings.Repeat("x", 99) + "\n"
	for range 2000 {
		if n, err := tl.Write([]byte(line)); n != 100 || err != nil {
			t.Fatal(n, err)
		}
		if len(tl.kept) > 2*tailSize {
			t.Fatalf("%d bytes are kept", len(tl.kept))
		}
	}
	if got := tl.String(); len(got) > tailSize || len(got) < tailSize-200 || !strings.HasPrefix(got, "xx") || len(got)%100 != 0 {
		t.Errorf("%d bytes, %.20q", len(got), got)
	}
	if all.Len() != 8+2000*100 {
		t.Errorf("%d bytes came through", all.Len())
	}
}
