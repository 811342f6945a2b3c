// Package rules holds the rules of the house as tests: which room may import which
// (rooms.txt), what builds without cgo, that every package says what it owns. It
// judges only what the go tool can see, and nothing at run time.
package rules

import (
	_ "embed"
	"fmt"
	"strings"
)

// rooms is the table of the house, for people to read and for the test to hold.
//
//go:embed rooms.txt
var rooms string

// A room is one line of the table.
type room struct {
	pure, nocgo bool
	may         []string // import paths beside std; relative to the module, or whole
}

// parse reads the table. Its errors name the line.
func parse(table string) (map[string]room, error) {
	rooms := map[string]room{}
	for i, line := range strings.Split(table, "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		left, right, ok := strings.Cut(line, " : ")
		words := strings.Fields(left)
		if !ok || len(words) == 0 || right == "" {
			return nil, fmt.Errorf("line %d: want \"room [pure] [nocgo] : imports\"", i+1)
		}
		if _, twice := rooms[words[0]]; twice {
			return nil, fmt.Errorf("line %d: %s is here twice", i+1, words[0])
		}
		var r room
		for _, word := range words[1:] {
			switch word {
			case "pure":
				r.pure = true
			case "nocgo":
				r.nocgo = true
			default:
				return nil, fmt.Errorf("line %d: %q is neither pure nor nocgo", i+1, word)
			}
		}
		if right = strings.TrimSpace(right); right != "-" {
			r.may = strings.Fields(right)
		}
		rooms[words[0]] = r
	}
	return rooms, nil
}

// A pkg is what go list says of one package.
type pkg struct {
	Dir        string
	ImportPath string
	Name       string
	Doc        string // first sentence of the package comment
	GoFiles    []string
	CgoFiles   []string
	Imports    []string
	Standard   bool
	Module     *struct{ Path string }
}

// judge returns every rule that a package of the module breaks, in plain words.
// std says whether an import path is of the standard library.
func judge(module string, p pkg, rooms map[string]room, std func(string) bool) (broken []string) {
	name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
	if p.Name == "main" && !strings.HasPrefix(p.Doc, "Command ") || p.Name != "main" && !strings.HasPrefix(p.Doc, "Package "+p.Name+" ") {
		broken = append(broken, fmt.Sprintf("%s: its package comment must begin \"Package %s\" or, for a program, \"Command\"", name, p.Name))
	}
	r, ok := rooms[name]
	if !ok {
		return append(broken, fmt.Sprintf("%s: no such room; give it a line in scripts/rules/rooms.txt", name))
	}
	for _, path := range p.Imports {
		switch inside := strings.TrimPrefix(path, module+"/"); {
		case path == "C":
			if r.nocgo {
				broken = append(broken, fmt.Sprintf("%s: uses cgo", name))
			}
		case std(path):
			if r.pure && impure[path] {
				broken = append(broken, fmt.Sprintf("%s: is pure, and imports %s", name, path))
			}
		case !allowed(r.may, inside):
			broken = append(broken, fmt.Sprintf("%s: may not import %s", name, inside))
		}
	}
	return broken
}

// impure are the parts of the standard library that wait, lock, log or touch the
// world. Pure rooms are values: they take time and bytes as arguments.
var impure = map[string]bool{
	"os": true, "os/exec": true, "os/signal": true, "io/ioutil": true, "path/filepath": true,
	"net": true, "net/http": true, "syscall": true, "unsafe": true, "plugin": true,
	"sync": true, "sync/atomic": true, "context": true, "runtime": true,
	"log": true, "log/slog": true, "math/rand": true, "math/rand/v2": true, "crypto/rand": true,
}

// allowed reports whether one of the patterns names path; "x/..." is x and all below.
func allowed(patterns []string, path string) bool {
	for _, pattern := range patterns {
		if tree, ok := strings.CutSuffix(pattern, "/..."); ok && (path == tree || strings.HasPrefix(path, tree+"/")) || pattern == path {
			return true
		}
	}
	return false
}
