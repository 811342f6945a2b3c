// Command instructions counts what a second of sound costs a phone: the instructions that the
// arm64 build executes in user space, exactly, under qemu. No clock is read, so any machine
// comes to the same figures. scripts/instructions.sh makes what it needs.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A row is a benchmark whose iterations are counted.
type row struct {
	test   string // the binary that has it
	bench  string
	words  string
	second int // iterations in a second of sound
}

// What a board has: a Raspberry Pi 4 runs its Cortex-A72 at 1.5 GHz. How many instructions it
// completes in a cycle depends on the code: it can decode three, and one is taken here.
const (
	clock    = 1.5e9
	perCycle = 1.0
)

func main() {
	qemu := flag.String("qemu", "qemu-aarch64", "emulator, as a command")
	plugin := flag.String("plugin", "bin/instructions/count.so", "plugin that counts")
	dir := flag.String("tests", "bin/instructions", "folder of the test binaries")
	only := flag.String("only", "", "rows whose benchmark has this in its name")
	flag.Parse()
	c := counter{qemu: *qemu, plugin: *plugin, dir: *dir}
	if err := c.page(os.Stdout, *only); err != nil {
		fmt.Fprintln(os.Stderr, "instructions:", err)
		os.Exit(1)
	}
}

// page counts all rows and prints them.
func (c counter) page(w io.Writer, only string) error {
	fmt.Fprintf(w, "Instructions of the arm64 build in user space, in millions for a second of sound; share of a core of\n"+
		"%.1f GHz that completes %.1f instructions in a cycle.\n\n| what | millions | of a core |\n|---|---:|---:|\n", clock/1e9, perCycle)
	for _, r := range rows {
		if !strings.Contains(r.bench, only) {
			continue
		}
		each, err := c.each(r)
		if err != nil {
			return err
		}
		second := each * float64(r.second)
		fmt.Fprintf(w, "| %s | %.2f | %.2f %% |\n", r.words, second/1e6, 100*second/perCycle/clock)
	}
	return nil
}

// A counter runs a program and counts its instructions.
type counter struct{ qemu, plugin, dir string }

// few and many are iterations: what a program does besides is the same in both, and so cancels.
const few, many = 50, 250

// each is how many instructions an iteration takes.
func (c counter) each(r row) (float64, error) {
	a, err := c.count(r, few)
	if err != nil {
		return 0, err
	}
	b, err := c.count(r, many)
	if err != nil {
		return 0, err
	}
	if b <= a {
		return 0, fmt.Errorf("%s: %d instructions for %d iterations, %d for %d", r.bench, a, few, b, many)
	}
	return float64(b-a) / (many - few), nil
}

// patience bounds one run.
const patience = 5 * time.Minute

// count runs so many iterations.
func (c counter) count(r row, n int) (uint64, error) {
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	folder, err := os.MkdirTemp("", "instructions")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "count")
	words := append(strings.Fields(c.qemu), "-plugin", c.plugin, filepath.Join(c.dir, r.test),
		"-test.run=^$", "-test.bench="+pattern(r.bench), fmt.Sprintf("-test.benchtime=%dx", n))
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	// One thread at a time and no collection: two runs then differ by their iterations.
	cmd.Env = append(os.Environ(), "OFFHOOK_COUNT="+file, "GOMAXPROCS=1", "GOGC=off", "GODEBUG=asyncpreemptoff=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("%s: %w\n%s", r.bench, err, out)
	}
	if !strings.Contains(string(out), "ns/op") {
		return 0, fmt.Errorf("%s: no such benchmark in %s", r.bench, r.test)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, fmt.Errorf("%s: the plugin counted nothing: %w", r.bench, err)
	}
	return strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
}

// pattern matches a benchmark and nothing else.
func pattern(bench string) string {
	parts := strings.Split(bench, "/")
	for i, p := range parts {
		parts[i] = "^" + p + "$"
	}
	return strings.Join(parts, "/")
}
