package main

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestStarts(t *testing.T) {
	for source, want := range map[string]bool{
		`func f() { go f() }`:                                true,
		`func f() { if x { for { go func() {}() } } }`:       true,
		`func f() { var w sync.WaitGroup; w.Go(f) }`:         true,
		`func f(t *testing.T) { t.Parallel() }`:              true,
		`func f(b *testing.B) { b.RunParallel(nil) }`:        true,
		`func f() { time.AfterFunc(time.Second, f) }`:        true,
		`var stop = context.AfterFunc(ctx, func() {})`:       true,
		`func f() { Go(); Parallel() }`:                      false,
		`func f() { g.Go = f; _ = t.Parallel }`:              false,
		`func f() { c <- <-d; select {} } // go f()`:         false,
		`var mu sync.Mutex; func f() { s := "go f()"; _=s }`: false,
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n"+source, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := starts(f); got != want {
			t.Errorf("%s: %v", source, got)
		}
	}
}

// A goroutine anywhere in a package counts, its tests' too; one without tests is not listed.
func TestPrint(t *testing.T) {
	dir := t.TempDir()
	for name, source := range map[string]string{"calm.go": "var x int", "racy.go": "func f() { go f() }"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("package x\n"+source), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	calm, racy := []string{"calm.go"}, []string{"racy.go"}
	var out bytes.Buffer
	err := print(&out, []pkg{
		{dir, "calm", calm, nil, calm, nil},
		{dir, "code", racy, nil, calm, nil},
		{dir, "cgo", nil, racy, calm, nil},
		{dir, "test", calm, nil, racy, nil},
		{dir, "outer", calm, nil, nil, racy},
		{dir, "untested", racy, nil, nil, nil},
	})
	if got := out.String(); err != nil || got != "code\ncgo\ntest\nouter\n" {
		t.Errorf("%q, %v", got, err)
	}
	if err := print(&out, []pkg{{dir, "calm", calm, nil, calm, nil}}); err == nil {
		t.Error("nothing to race is no error")
	}
	if err := print(&out, []pkg{{dir, "gone", []string{"gone.go"}, nil, calm, nil}}); err == nil {
		t.Error("a file that is not there is no error")
	}
}

// In this tree: the rooms that own goroutines are listed, and those that rooms.txt calls pure
// start none.
func TestThisTree(t *testing.T) {
	if err := os.Chdir("../.."); err != nil {
		t.Fatal(err)
	}
	all, err := list("./...")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := print(&out, all); err != nil {
		t.Fatal(err)
	}
	raced := map[string]bool{}
	for _, path := range strings.Fields(out.String()) {
		raced[strings.TrimPrefix(path, "github.com/offhook/offhook/")] = true
	}
	for _, room := range []string{"firmware", "firmware/station", "firmware/store", "hal", "board/panel", "media", "media/audio", "sip", "sip/exchange"} {
		if !raced[room] {
			t.Errorf("%s is not raced", room)
		}
	}
	rooms, err := os.ReadFile("scripts/rules/rooms.txt")
	if err != nil {
		t.Fatal(err)
	}
	pure := regexp.MustCompile(`(?m)^(\S+) +pure\b`).FindAllStringSubmatch(string(rooms), -1)
	if len(pure) < 10 {
		t.Fatalf("%d pure rooms", len(pure))
	}
	for _, m := range pure {
		if raced[m[1]] {
			t.Errorf("%s is pure, and starts a goroutine", m[1])
		}
	}
}
