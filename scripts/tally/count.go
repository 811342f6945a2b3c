package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// A total is how many tests ended how. Tests that hold subtests count as one more.
type total struct{ passed, failed, skipped int }

func (t total) plus(o total) total {
	return total{t.passed + o.passed, t.failed + o.failed, t.skipped + o.skipped}
}

func (t total) exit() int {
	if t.failed > 0 {
		return 1
	}
	return 0
}

func (t total) String() string {
	s := fmt.Sprintf("%d passed, %d failed", t.passed, t.failed)
	if t.skipped > 0 {
		s += fmt.Sprintf(", %d skipped", t.skipped)
	}
	return s
}

// An event is one line of go test -json (cmd/test2json), its build lines included.
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

// count reads events until in ends. A line that is no event (make and the shell
// speak too) is passed on as it stands.
func count(in io.Reader, out io.Writer) (total, error) {
	var sum total
	said := map[string][]string{} // by package and test, until it is known to have passed
	failedTests := map[string]int{}
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if line == "" && errors.Is(err, io.EOF) {
			return sum, nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return sum, err
		}
		var e event
		if !strings.HasPrefix(line, "{") || json.Unmarshal([]byte(line), &e) != nil {
			fmt.Fprint(out, line)
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output":
			said[key] = append(said[key], e.Output)
		case "build-output":
			fmt.Fprint(out, e.Output)
		case "pass", "skip", "fail":
			if e.Test == "" {
				sum.failed += report(e, said[key], failedTests[e.Package], out)
				break
			}
			switch e.Action {
			case "pass":
				sum.passed++
			case "skip":
				sum.skipped++
			case "fail":
				sum.failed++
				failedTests[e.Package]++
				fmt.Fprint(out, strings.Join(said[key], ""))
			}
			delete(said, key)
		}
	}
}

// report writes a package's line. A package that failed without a failed test (it
// does not build, it panicked, it timed out) is one failure of its own, and what it
// said is shown.
func report(e event, said []string, failedTests int, out io.Writer) (failures int) {
	switch {
	case e.Action == "fail" && failedTests == 0:
		fmt.Fprint(out, strings.Join(said, ""))
		fmt.Fprintf(out, "FAIL  %s\n", e.Package)
		return 1
	case e.Action == "fail":
		fmt.Fprintf(out, "FAIL  %s  %.1fs\n", e.Package, e.Elapsed)
	case e.Action == "pass":
		fmt.Fprintf(out, "ok    %s  %.1fs\n", e.Package, e.Elapsed)
	}
	return 0
}

func load(path string) (t total, err error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return total{}, nil
	}
	if err != nil {
		return total{}, err
	}
	if _, err := fmt.Sscan(string(b), &t.passed, &t.failed, &t.skipped); err != nil {
		return total{}, fmt.Errorf("%s holds no sum: %w", path, err)
	}
	return t, nil
}

func save(path string, t total) error {
	return os.WriteFile(path, fmt.Appendln(nil, t.passed, t.failed, t.skipped), 0o644)
}
