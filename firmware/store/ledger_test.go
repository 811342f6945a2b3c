package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func openLedger(t *testing.T, path string) *Ledger {
	t.Helper()
	l, err := OpenLedger(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func save(t *testing.T, l *Ledger, changes map[string]string) {
	t.Helper()
	if err := l.Save(changes); err != nil {
		t.Fatal(err)
	}
}

// again is what another process finds at path.
func again(t *testing.T, path string) map[string]string {
	t.Helper()
	l := openLedger(t, path)
	texts, err := l.Load()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return texts
}

func TestLedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder", "exchange")
	l := openLedger(t, path)
	save(t, l, map[string]string{"201": `[{"a":1}]`, `2 "0" 2`: "x y", "203": "gone soon"})
	save(t, l, map[string]string{"201": "new", "203": "", "204": ""})
	if _, err := OpenLedger(path); !errors.Is(err, ErrInUse) {
		t.Errorf("opened twice: %v", err)
	}
	for _, text := range []string{"two\nlines", "-"} {
		if err := l.Save(map[string]string{"205": text}); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
	l.Close()
	want := map[string]string{"201": "new", `2 "0" 2`: "x y"}
	if d := cmp.Diff(want, again(t, path)); d != "" {
		t.Error(d)
	}
}

// A file that was cut anywhere holds all lines before the cut, and goes on from there.
func TestLedgerCut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "exchange")
	l := openLedger(t, path)
	save(t, l, map[string]string{"a": "1"})
	save(t, l, map[string]string{"b": "2"})
	l.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first := strings.IndexByte(string(whole), '\n') + 1
	for cut := range len(whole) + 1 {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		l := openLedger(t, path)
		save(t, l, map[string]string{"c": "3"})
		l.Close()
		want := map[string]string{"c": "3"}
		if cut >= first {
			want["a"] = "1"
		}
		if cut == len(whole) {
			want["b"] = "2"
		}
		if d := cmp.Diff(want, again(t, path)); d != "" {
			t.Fatalf("cut at %d: %s", cut, d)
		}
	}
}

// However often one name changes, the file stays near the size of what it holds.
func TestLedgerStaysSmall(t *testing.T) {
	path := filepath.Join(t.TempDir(), "exchange")
	l := openLedger(t, path)
	text := strings.Repeat("x", 100<<10)
	for i := range 60 {
		save(t, l, map[string]string{"201": text, "202": fmt.Sprint(i)})
	}
	l.Close()
	if info, err := os.Stat(path); err != nil || info.Size() > 2<<20 {
		t.Errorf("%v, %v", info.Size(), err)
	}
	if got := again(t, path); got["201"] != text || got["202"] != "59" || len(got) != 2 {
		t.Errorf("%d names, 202 is %q", len(got), got["202"])
	}
	if left, _ := filepath.Glob(path + "?*"); left != nil {
		t.Errorf("left behind: %q", left)
	}
}

func TestLedgerNowhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenLedger(filepath.Join(file, "exchange")); err == nil {
		t.Error("a ledger inside a file")
	}
	if _, err := OpenLedger(filepath.Dir(file)); err == nil {
		t.Error("a ledger that is a folder")
	}
}

// Whatever stands in the file: it opens, and what it then holds survives.
func FuzzLedger(f *testing.F) {
	f.Add([]byte(ledgerLine("201", "x") + ledgerLine("201", goneText) + ledgerLine("202", "y")))
	f.Add([]byte("00000000 \"\" -\n\n\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "exchange")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		l := openLedger(t, path)
		want, _ := l.Load()
		if err := l.anew(); err != nil {
			t.Fatal(err)
		}
		if l.size != l.live {
			t.Errorf("size %d, live %d", l.size, l.live)
		}
		l.Close()
		if d := cmp.Diff(want, again(t, path)); d != "" {
			t.Error(d)
		}
	})
}
