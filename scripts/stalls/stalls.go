// Package stalls owns a witness of the machine's own stalls: times in which a core ran nothing,
// not even what was due with the highest real-time precedence, since whoever lends us the core
// had taken it away. A test that needs an undisturbed machine asks it what was not the phone's
// fault. It judges nothing.
package stalls

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/offhook/offhook/scripts/vcard"
)

//go:embed witness/witness.c
var source string

// A Stall is a time in which a core did not run what was due.
type Stall struct {
	Core     int
	From, To vcard.Instant
}

// most is how many stalls are kept.
const most = 1_000_000

// A Witness watches until it is stopped.
type Witness struct {
	cmd  *exec.Cmd
	in   io.Closer
	seen chan result
}

type result struct {
	all []Stall
	err error
}

// Watch builds the witness into dir with gcc and starts it. It notes what is longer than least.
// It fails where real-time precedence is not allowed: without it the figures would be those of
// a busy system.
func Watch(dir string, least time.Duration) (*Witness, error) {
	program := filepath.Join(dir, "witness")
	cc := exec.Command("gcc", "-O2", "-Wall", "-pthread", "-x", "c", "-", "-o", program)
	cc.Stdin = strings.NewReader(source)
	if out, err := cc.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("stalls: build the witness (needs gcc): %w\n%s", err, out)
	}
	cmd := exec.Command(program, fmt.Sprint(least.Microseconds()))
	var words strings.Builder
	cmd.Stderr = &words
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("stalls: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("stalls: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("stalls: %w", err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		_ = cmd.Wait()
		return nil, fmt.Errorf("stalls: %s", strings.TrimSpace(words.String()))
	}
	w := &Witness{cmd, in, make(chan result, 1)}
	go func() {
		all, err := read(lines)
		w.seen <- result{all, err}
	}()
	return w, nil
}

// Stop ends the witness and says what it saw.
func (w *Witness) Stop() ([]Stall, error) {
	w.in.Close()
	r := <-w.seen
	if err := errors.Join(r.err, w.cmd.Wait()); err != nil {
		return nil, fmt.Errorf("stalls: %w", err)
	}
	return r.all, nil
}

func read(lines *bufio.Scanner) (all []Stall, err error) {
	for lines.Scan() {
		var s Stall
		if _, err := fmt.Sscanf(lines.Text(), "%d %d %d", &s.Core, &s.From, &s.To); err != nil {
			return nil, fmt.Errorf("%q: %w", lines.Text(), err)
		}
		if all = append(all, s); len(all) == most {
			return nil, fmt.Errorf("more than %d stalls", most)
		}
	}
	return all, lines.Err()
}

// Within is how much of the time from one instant to another at least one core stood still.
func Within(all []Stall, from, to vcard.Instant) (still time.Duration) {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b Stall) int { return int(a.From - b.From) })
	for _, s := range all {
		begin, end := max(s.From, from), min(s.To, to)
		if end > begin {
			still += time.Duration(end - begin)
			from = end // what two cores slept through counts once
		}
	}
	return still
}
