// Command racing lists the packages that the race detector has something to find in: those
// whose code or tests start a goroutine, a line each, for make race. The others compute on
// one goroutine, and what they share is met in the tests of the packages that use them. It
// judges by the source that the go tool builds here, and knows no package by name.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

func main() {
	all, err := list("./...")
	if err == nil {
		err = print(os.Stdout, all)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "racing:", err)
		os.Exit(1)
	}
}

// A pkg is what go list says of one package.
type pkg struct {
	Dir, ImportPath                              string
	GoFiles, CgoFiles, TestGoFiles, XTestGoFiles []string
}

// list asks the go tool, whose build tags are those of GOFLAGS.
func list(patterns ...string) ([]pkg, error) {
	cmd := exec.Command("go", append([]string{"list", "-json=Dir,ImportPath,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles"}, patterns...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var all []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		all = append(all, p)
	}
}

// print writes the names of those that can race. None at all is an error: go test without a
// package would test something else.
func print(out io.Writer, all []pkg) error {
	found := 0
	for _, p := range all {
		races, err := p.races()
		if err != nil {
			return err
		}
		if races {
			found++
			fmt.Fprintln(out, p.ImportPath)
		}
	}
	if found == 0 {
		return errors.New("no package starts a goroutine")
	}
	return nil
}

// races says whether any file of a package that has tests starts a goroutine.
func (p pkg) races() (bool, error) {
	if len(p.TestGoFiles)+len(p.XTestGoFiles) == 0 {
		return false, nil
	}
	for _, name := range slices.Concat(p.GoFiles, p.CgoFiles, p.TestGoFiles, p.XTestGoFiles) {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return false, err
		}
		if starts(f) {
			return true, nil
		}
	}
	return false, nil
}
