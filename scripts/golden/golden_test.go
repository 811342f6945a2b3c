package golden

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A witness notes what a test would have said, and ends where it would have ended.
type witness struct {
	testing.TB
	said  []string
	fatal bool
}

func (w *witness) Helper() {}

func (w *witness) Errorf(format string, args ...any) {
	w.said = append(w.said, fmt.Sprintf(format, args...))
}

func (w *witness) Fatalf(format string, args ...any) {
	w.Errorf(format, args...)
	w.fatal = true
	panic(w)
}

func (w *witness) Fatal(args ...any) { w.Fatalf("%s", fmt.Sprint(args...)) }

// compare is File, and what it said.
func compare(path, got string, updating bool) (w *witness) {
	w = &witness{}
	was := *update
	*update = updating
	defer func() {
		*update = was
		if r := recover(); r != nil && r != any(w) {
			panic(r)
		}
	}()
	File(w, path, got)
	return w
}

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "testdata", "calls.txt")
	text := func() string {
		b, err := os.ReadFile(path)
		if err != nil {
			return ""
		}
		return string(b)
	}
	if w := compare(path, "a\n", false); !w.fatal || !strings.Contains(w.said[0], "-update") {
		t.Errorf("a file that is not there: %+v", w)
	}
	if w := compare(path, "a\nb\n", true); w.said != nil || text() != "a\nb\n" {
		t.Errorf("written: %+v, %q", w, text())
	}
	if w := compare(path, "a\nb\n", false); w.said != nil {
		t.Errorf("the same: %+v", w)
	}
	w := compare(path, "a\nc\n", false)
	if w.fatal || len(w.said) != 1 || !strings.Contains(w.said[0], path) || !strings.Contains(w.said[0], "c") || text() != "a\nb\n" {
		t.Errorf("another: %+v, %q", w, text())
	}
	if w := compare(path, "a\nc\n", true); w.said != nil || text() != "a\nc\n" {
		t.Errorf("rewritten: %+v, %q", w, text())
	}
}

// What cannot be written is told, and ends the test.
func TestFileThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(dir, "file", "below"), dir} {
		if w := compare(path, "a", true); !w.fatal || len(w.said) != 1 {
			t.Errorf("%s: %+v", path, w)
		}
	}
}
