package rules

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/offhook/offhook"

// list asks the go tool for packages, under every build tag that the tree uses.
func list(t *testing.T, args ...string) []pkg {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-tags=nolibopusfile,interop,soak",
		"-json=Dir,ImportPath,Name,Doc,GoFiles,CgoFiles,Imports,Standard,Module"}, args...)...)
	cmd.Dir = root(t)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, &stderr)
	}
	var all []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// isStd knows the standard library by what the go tool lists as it.
func isStd(t *testing.T) func(string) bool {
	t.Helper()
	names := map[string]bool{}
	for _, p := range list(t, "std") {
		names[p.ImportPath] = true
	}
	return func(path string) bool { return names[path] }
}

func table(t *testing.T) map[string]room {
	t.Helper()
	r, err := parse(rooms)
	if err != nil {
		t.Fatalf("rooms.txt: %v", err)
	}
	return r
}

func TestEveryRoomKeepsToItsImports(t *testing.T) {
	rooms, std := table(t), isStd(t)
	for _, p := range list(t, "./...") {
		if len(p.GoFiles)+len(p.CgoFiles) == 0 {
			continue // tests only
		}
		for _, broken := range judge(module, p, rooms, std) {
			t.Error(broken)
		}
	}
}

func TestEveryLineHasItsRoom(t *testing.T) {
	for name := range table(t) {
		files, err := filepath.Glob(filepath.Join(root(t), name, "*.go"))
		if err != nil || len(files) == 0 {
			t.Errorf("rooms.txt has a line for %s, which holds no Go file", name)
		}
	}
}

// Pure rooms and the signalling build and test on any machine, without a C compiler.
func TestRoomsWithoutCgoBuildWithoutIt(t *testing.T) {
	var paths []string
	for name, r := range table(t) {
		if files, _ := filepath.Glob(filepath.Join(root(t), name, "*.go")); r.nocgo && len(files) > 0 {
			paths = append(paths, "./"+name)
		}
	}
	slices.Sort(paths)
	cmd := exec.Command("go", append([]string{"build"}, paths...)...)
	cmd.Dir = root(t)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "CC=/nonexistent")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %v\n%s", cmd, err, out)
	}
}

func TestNamesSaySomething(t *testing.T) {
	vague := []string{"util", "utils", "helper", "helpers", "common", "misc", "manager", "handler", "data"}
	err := filepath.WalkDir(root(t), func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == "bin") {
			return filepath.SkipDir
		}
		name := strings.TrimSuffix(strings.TrimSuffix(d.Name(), ".go"), "_test")
		if (d.IsDir() || strings.HasSuffix(path, ".go")) && slices.Contains(vague, name) {
			t.Errorf("%s: the name says nothing of what is inside", path)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestJudge(t *testing.T) {
	rooms, err := parse("# the house\na pure nocgo : b x.org/y/...\nb : -\n")
	if err != nil {
		t.Fatal(err)
	}
	std := func(path string) bool { return !strings.ContainsAny(path, ".") }
	for _, c := range []struct {
		name string
		p    pkg
		want string // part of the complaint; "": none
	}{
		{"allowed", pkg{ImportPath: "m.org/a", Imports: []string{"strings", "m.org/b", "x.org/y", "x.org/y/z"}}, ""},
		{"not in the table", pkg{ImportPath: "m.org/c"}, "no such room"},
		{"another room", pkg{ImportPath: "m.org/b", Imports: []string{"m.org/a"}}, "b: may not import a"},
		{"another module", pkg{ImportPath: "m.org/a", Imports: []string{"x.org/yy"}}, "may not import x.org/yy"},
		{"below a single room", pkg{ImportPath: "m.org/a", Imports: []string{"m.org/b/c"}}, "may not import b/c"},
		{"impure", pkg{ImportPath: "m.org/a", Imports: []string{"os"}}, "is pure, and imports os"},
		{"os elsewhere", pkg{ImportPath: "m.org/b", Imports: []string{"os"}}, ""},
		{"cgo", pkg{ImportPath: "m.org/a", Imports: []string{"C"}}, "uses cgo"},
		{"cgo elsewhere", pkg{ImportPath: "m.org/b", Imports: []string{"C"}}, ""},
		{"no comment", pkg{ImportPath: "m.org/b", Doc: "Something else."}, "package comment"},
		{"program", pkg{ImportPath: "m.org/b", Name: "main", Doc: "Command b runs."}, ""},
		{"program described as a package", pkg{ImportPath: "m.org/b", Name: "main", Doc: "Package main runs."}, "package comment"},
	} {
		if c.p.Name == "" {
			c.p.Name = "p"
		}
		if c.p.Doc == "" {
			c.p.Doc = "Package p is here."
		}
		got := strings.Join(judge("m.org", c.p, rooms, std), "; ")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, bad := range []string{"a b\n", "a : -\na : -\n", "a loud : -\n", " : b\n", "a : \n"} {
		if _, err := parse(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
