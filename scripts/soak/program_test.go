//go:build soak

package soak

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// A program is a process under soak.
type program struct {
	name       string
	pid        int
	addr       netip.Addr
	voice      int // first port of its range; 0: none
	log        func() string
	start, end footprint
	memory     []int64 // after each round
}

// look notes the memory after a round.
func (p *program) look() error {
	f, err := footprintOf(p.pid)
	p.memory = append(p.memory, f.resident)
	return err
}

// judgeLogs judges what the processes of a pair wrote: no error, no panic, and garbage fills
// no disk. The exchange is judged with the first.
func (p *pair) judgeLogs() {
	all := p.phones[:]
	if p.index == 0 {
		all = append(all, p.w.exchange)
	}
	for _, q := range all {
		text := q.log()
		for line := range strings.Lines(text) {
			if strings.Contains(line, "level=ERROR") || strings.Contains(line, "panic:") || strings.Contains(line, "fatal error") {
				p.w.t.Errorf("%s: %s", q.name, line)
			}
		}
		if most := int(p.w.done.Load())*4<<10 + p.garbage*32; len(text) > most {
			p.w.t.Errorf("%s wrote %d kB of log, want %d at most", q.name, len(text)>>10, most>>10)
		}
	}
}

// markdown is what the soak found, for a page of docs/bench.
func (w *world) markdown(calls, failed, garbage, connections int, took time.Duration) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d calls of %d pairs of phones at one exchange in %v, %d went wrong; meanwhile %d datagrams and %d connections of garbage.\n\n",
		calls, len(w.pairs), took, failed, garbage, connections)
	b.WriteString("| process | rounds | open files | threads | memory of its own: at first | first third | second | last |\n|---|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, p := range w.programs() {
		m := p.memory
		if len(m) < 3 {
			continue
		}
		third := len(m) / 3
		fmt.Fprintf(&b, "| %s | %d | %d, then %d | %d, then %d | %s | %s | %s | %s |\n", p.name, len(m), p.start.files, p.end.files, p.start.threads, p.end.threads,
			megabytes(p.start.resident), megabytes(median(m[:third])), megabytes(median(m[third:2*third])), megabytes(median(m[2*third:])))
	}
	return b.String()
}
