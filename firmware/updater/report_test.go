package updater

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/sys/unix"
)

func TestOverwriteKeepsTheFilesLength(t *testing.T) {
	for name, c := range map[string]struct {
		was, text string
		want      string
	}{
		"room for it":        {"none yet\n\n\n\n\n\n", "report\n", "report\n" + strings.Repeat("\n", 7)},
		"longer than before": {"old", "report\n", "report\n"},
		"no file":            {"", "report\n", "report\n"},
		"somebody's own":     {strings.Repeat("x", ReportRoom+9), "report\n", "report\n" + strings.Repeat("\n", ReportRoom-7)},
		"as long as may be":  {"old", strings.Repeat("r", ReportRoom), strings.Repeat("r", ReportRoom)},
	} {
		path := filepath.Join(t.TempDir(), ReportName)
		if c.was != "" {
			os.WriteFile(path, []byte(c.was), 0o644)
		}
		if err := overwrite(path, []byte(c.text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got, _ := os.ReadFile(path); string(got) != c.want {
			t.Errorf("%s: %d bytes, %.20q", name, len(got), got)
		}
	}
}

func TestOverwriteWritesOverNothingElse(t *testing.T) {
	dir := t.TempDir()
	if err := overwrite(dir, nil); err == nil {
		t.Error("over a folder")
	}
	device := filepath.Join(dir, "device")
	os.Symlink("/dev/null", device)
	if err := overwrite(device, []byte("report")); err == nil {
		t.Error("over a device")
	}
}

func TestKeepReportRefuses(t *testing.T) {
	p := newPlace(t)
	if err := p.KeepReport(io.LimitReader(endless{}, ReportRoom+9)); !errors.Is(err, ErrLong) {
		t.Errorf("what is too long: %v", err)
	}
	if err := p.KeepReport(iotest.ErrReader(io.ErrUnexpectedEOF)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("what ends early: %v", err)
	}
	// An update is being written.
	d, err := os.Open(p.Boot)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := unix.Flock(int(d.Fd()), unix.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if err := p.KeepReport(strings.NewReader("report")); !errors.Is(err, ErrBusy) {
		t.Errorf("during an update: %v", err)
	}
	if _, err := os.Stat(filepath.Join(p.Boot, ReportName)); err == nil {
		t.Error("it was written all the same")
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }
