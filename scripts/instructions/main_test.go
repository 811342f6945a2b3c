package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPattern(t *testing.T) {
	if got := pattern("BenchmarkCost/call-G711"); got != "^BenchmarkCost$/^call-G711$" {
		t.Error(got)
	}
}

// fake is a qemu that counts 1000 instructions and 7 for each iteration.
const fake = `#!/bin/sh
for a; do case $a in -test.benchtime=*x) n=${a#*=}; n=${n%x} ;; esac; done
[ -z "$SILENT" ] || exit 0
echo "BenchmarkX $n 1 ns/op"
[ -z "$MUTE" ] && echo $((1000 + 7 * n)) >"$OFFHOOK_COUNT"
exit ${FAIL:-0}
`

func TestEach(t *testing.T) {
	qemu := filepath.Join(t.TempDir(), "qemu")
	if err := os.WriteFile(qemu, []byte(fake), 0o755); err != nil {
		t.Fatal(err)
	}
	c := counter{qemu: qemu + " -cpu any", plugin: "p.so", dir: "d"}
	each, err := c.each(row{test: "x.test", bench: "BenchmarkX"})
	if err != nil || each != 7 {
		t.Errorf("%v instructions each, %v", each, err)
	}
	for variable, words := range map[string]string{"SILENT": "no such benchmark", "MUTE": "counted nothing", "FAIL": "exit status 1"} {
		t.Setenv(variable, "1")
		if _, err := c.each(row{test: "x.test", bench: "BenchmarkX"}); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v, want %q", variable, err, words)
		}
		os.Unsetenv(variable)
	}
}

func TestPage(t *testing.T) {
	qemu := filepath.Join(t.TempDir(), "qemu")
	if err := os.WriteFile(qemu, []byte(strings.Replace(fake, "7 *", "60000 *", 1)), 0o755); err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	if err := (counter{qemu: qemu}).page(&page, "Chain/all-wide"); err != nil {
		t.Fatal(err)
	}
	if want := "| of these, but for G.711: echo, noise, level and high-pass | 6.00 | 0.40 % |\n"; !strings.HasSuffix(page.String(), want) {
		t.Errorf("the page ends otherwise:\n%s", &page)
	}
}

// Each row is a benchmark that is there.
func TestRowsAreThere(t *testing.T) {
	for _, r := range rows {
		file := map[string]string{
			"media.test": "../../media/cost_test.go", "echo.test": "../../media/echo/canceller_test.go",
			"resamplers.test": "../resamplers/cost_test.go",
		}[r.test]
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.Split(r.bench, "/")
		if !strings.Contains(string(text), "func "+parts[0]+"(") {
			t.Errorf("%s has no %s", file, parts[0])
		}
		for _, p := range parts[1:] {
			if !strings.Contains(string(text), `"`+p+`"`) {
				t.Errorf("%s has no %q", file, p)
			}
		}
	}
}
