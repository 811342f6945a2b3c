package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// A work is something of others that is linked into the program.
type work struct {
	name, version string
	kind          string // SPDX
	text          string // licence, and notices that have to go with it
}

// modules are those whose packages are in the programs, as they are built for the board.
func modules(programs ...string) ([]work, error) {
	cmd := exec.Command("go", append([]string{"list", "-deps", "-json=ImportPath,Module"}, programs...)...)
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	found := map[string]work{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath string
			Module     *struct {
				Path, Version, Dir string
				Main               bool
			}
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		m := p.Module
		if m == nil || m.Main || found[m.Path].name != "" { // the standard library, or ours, or known
			continue
		}
		w := work{name: m.Path, version: m.Version}
		if w.kind, w.text, err = inFolder(m.Dir); err != nil {
			return nil, fmt.Errorf("%s: %w", m.Path, err)
		}
		found[m.Path] = w
	}
	var all []work
	for _, w := range found {
		all = append(all, w)
	}
	slices.SortFunc(all, func(a, b work) int { return strings.Compare(a.name, b.name) })
	return all, nil
}

// inFolder reads the licence of a module, and its notice if it has one (Apache License 2.0,
// section 4d).
func inFolder(dir string) (spdx, text string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", "", err
	}
	var b strings.Builder
	for _, e := range entries {
		name := strings.ToUpper(strings.TrimSuffix(strings.TrimSuffix(e.Name(), ".md"), ".txt"))
		licence := name == "LICENSE" || name == "LICENCE" || name == "COPYING"
		if e.IsDir() || !licence && name != "NOTICE" && name != "AUTHORS" && name != "PATENTS" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return "", "", err
		}
		if licence {
			if spdx, err = kind(string(data)); err != nil {
				return "", "", fmt.Errorf("%s is %w", e.Name(), err)
			}
		}
		fmt.Fprintf(&b, "%s\n\n", strings.TrimSpace(string(data)))
	}
	if spdx == "" {
		return "", "", errors.New("it has no licence")
	}
	return spdx, b.String(), nil
}

// goItself is Go's runtime and standard library.
func goItself() ([]work, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	w := work{name: "Go", version: runtime.Version()}
	if w.kind, w.text, err = inFolder(strings.TrimSpace(string(root))); err != nil {
		return nil, fmt.Errorf("go: %w", err)
	}
	return []work{w}, nil
}

// libraries are those in C that go into the program, by the Debian packages that they come from.
func libraries() ([]work, error) {
	var all []work
	for _, l := range []struct{ name, from, kind string }{
		{"Opus", "libopus-dev", "BSD-3-Clause"},
		{"PortAudio", "portaudio19-dev", "MIT"},
		{"speexdsp", "libspeexdsp-dev", "BSD-3-Clause"},
	} {
		version, err := exec.Command("dpkg-query", "-W", "-f", "${Version}\n", l.from).Output()
		if err != nil {
			return nil, fmt.Errorf("%s: dpkg-query: %w", l.from, err)
		}
		text, err := os.ReadFile(filepath.Join("/usr/share/doc", l.from, "copyright"))
		if err != nil {
			return nil, err
		}
		first, _, _ := strings.Cut(string(version), "\n") // one for each architecture that it is there for
		all = append(all, work{l.name, first, l.kind, string(text)})
	}
	return all, nil
}

// binaryText is what goes with the program.
func binaryText(all []work) string {
	var b strings.Builder
	b.WriteString("Offhook is under the Apache License 2.0, see LICENSE. Its program has these works of others in it,\n" +
		"whose licences follow.\n\n")
	for _, w := range all {
		fmt.Fprintf(&b, "%-46s %-44s %s\n", w.name, w.version, w.kind)
	}
	for _, w := range all {
		fmt.Fprintf(&b, "\n%[1]s\n%[2]s %[3]s\n%[1]s\n\n%[4]s\n", strings.Repeat("=", 78), w.name, w.version, strings.TrimSpace(w.text))
	}
	return b.String()
}

// summary says how many are under which licence.
func summary(all []work) string {
	count := map[string]int{}
	var kinds []string
	for _, w := range all {
		if count[w.kind] == 0 {
			kinds = append(kinds, w.kind)
		}
		count[w.kind]++
	}
	slices.Sort(kinds)
	for i, k := range kinds {
		kinds[i] = fmt.Sprintf("%d %s", count[k], k)
	}
	return strings.Join(kinds, ", ")
}
