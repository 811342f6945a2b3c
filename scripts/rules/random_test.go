package rules

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// Nothing that an attacker must not guess comes from a generator that he could run himself.
func TestNothingIsForetold(t *testing.T) {
	top, seen := root(t), map[string]bool{}
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == ".git" || d.Name() == "testdata" || d.Name() == "bin") {
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return err
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		name, err := filepath.Rel(top, path)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		seen[name] = true
		for _, b := range foretold(filepath.ToSlash(name), f) {
			t.Error(b)
		}
		return nil
	})
	if err != nil || len(seen) < 200 {
		t.Fatalf("%d files, %v", len(seen), err)
	}
	for name := range guessable {
		if !seen[name] {
			t.Errorf("%s is allowed, and is not there", name)
		}
	}
}

func TestForetold(t *testing.T) {
	for source, want := range map[string]int{
		`package x; import "crypto/rand"; var _ = rand.Text()`:                                        0,
		`package x; import "math/rand"; var _ = rand.Int()`:                                           1,
		`package x; import r "math/rand/v2"; var _ = r.Int()`:                                         1,
		`package x; import "github.com/emiago/sipgo/sip"; var _ = sip.GenerateBranch()`:               1,
		`package x; import "github.com/emiago/sipgo/sip"; var _, _ = sip.GenerateTagN(1), sip.INVITE`: 1,
		`package x; var _ = other.GenerateBranch()`:                                                   0,
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "x.go", source, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := foretold("sip/x.go", f); len(got) != want {
			t.Errorf("%s: %v", source, got)
		}
	}
}
