package main

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/firmware/doctor"
	"github.com/offhook/offhook/firmware/updater"
)

// A report is handed to the card's service, and the words say what became of it there.
func TestReportOnTheCard(t *testing.T) {
	for answer, want := range map[string]string{
		"kept\n":               "Report saved on the card: report.txt\n",
		"the card is locked\n": ", but not on the card: the card is locked\n",
		"":                     ", but not on the card: its service has failed: unexpected EOF\n",
	} {
		dir := t.TempDir()
		l, err := net.Listen("unix", filepath.Join(dir, "card"))
		if err != nil {
			t.Fatal(err)
		}
		got := make(chan string, 1)
		go func() {
			c, err := l.Accept()
			if err != nil {
				return
			}
			text, _ := io.ReadAll(c)
			io.WriteString(c, answer)
			c.Close()
			got <- string(text)
		}()
		t.Setenv(reportVariable, l.Addr().String())
		code, out, errs := run("report", "-socket="+filepath.Join(dir, "none.sock"), "-config=", "-data="+dir)
		if code != 0 || !strings.HasSuffix(out, want) {
			t.Errorf("%q: %d %s%s", answer, code, out, errs)
		}
		if here, _ := os.ReadFile(filepath.Join(dir, reportName)); string(here) != <-got || len(here) == 0 {
			t.Errorf("%q: another report than that in the data folder", answer)
		}
		l.Close()
		if code, out, _ := run("report", "-socket="+filepath.Join(dir, "none.sock"), "-config=", "-data="+dir); code != 0 || strings.Contains(out, "on the card: report.txt") {
			t.Errorf("without a service: %d %s", code, out)
		}
	}
}

// Where the data partition is full, the card's is enough.
func TestReportOnTheCardAlone(t *testing.T) {
	dir := t.TempDir()
	l, err := net.Listen("unix", filepath.Join(dir, "card"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		if c, err := l.Accept(); err == nil {
			io.Copy(io.Discard, c)
			io.WriteString(c, "kept\n")
			c.Close()
		}
	}()
	t.Setenv(reportVariable, l.Addr().String())
	if code, out, errs := run("report", "-socket="+filepath.Join(dir, "none.sock"), "-config=", "-data="+filepath.Join(dir, "none")); code != 0 || out != "Report saved on the card: report.txt\n" {
		t.Errorf("%d %s%s", code, out, errs)
	}
}

func TestKeepReportWithoutACard(t *testing.T) {
	if _, err := updater.FindCard("/"); err == nil {
		t.Skip("this system runs from such a card")
	}
	if code, out, _ := run("keep-report"); code != 1 || !strings.HasPrefix(out, "this system does not run from a card") {
		t.Errorf("%d %q", code, out)
	}
}

// A report has its end, the log, whatever the messages are.
func TestReportWithin(t *testing.T) {
	r := report{at: time.Unix(0, 0).UTC(), findings: doctor.Diagnose(doctor.Seen{}), kernel: "Linux", log: "the last line\n"}
	r.messages = "first\n" + strings.Repeat("some message\n", 1000) + "last message\n"
	whole := r.String()
	if got := r.within(len(whole)); got != whole {
		t.Errorf("what fits is cut to %d of %d", len(got), len(whole))
	}
	got := r.within(len(whole) - 1)
	if len(got) > len(whole)-1 || strings.Contains(got, "first\n") || !strings.Contains(got, leftOut+"some message\n") || !strings.Contains(got, "last message\n") || !strings.HasSuffix(got, "the last line\n") {
		t.Errorf("%d of %d: %s", len(got), len(whole), got)
	}
	if got := r.within(100); len(got) != 100 {
		t.Errorf("%d", len(got))
	}
	for room, want := range map[int]string{0: "", -5: "", 3: "", 4: "two\n", 7: "two\n", 8: "one\ntwo\n", 9: "one\ntwo\n"} {
		if got := lastLines("one\ntwo\n", room); got != want {
			t.Errorf("%d: %q", room, got)
		}
	}
}
