package phone

import (
	"os"
	"testing"
)

// rows returns every transition of the three tables as a move.
func rows() map[move]string {
	all := map[move]string{}
	for _, r := range hookTable {
		all[move{"hook", r.from.String(), r.to.String(), r.on, true}] = r.does
	}
	for _, r := range lineTable {
		all[move{"line", r.from.String(), r.to.String(), r.on, true}] = r.does
	}
	for _, r := range callTable {
		all[move{"call", r.from.String(), r.to.String(), r.on, true}] = r.does
	}
	return all
}

// TestTablesAreWhatStepDoes plays every script and compares the transitions that Step took
// with the tables: none may be missing on either side. That each move is in its table and
// ends where the machine then stands is checked at every step, in bench.checkMoves.
func TestTablesAreWhatStepDoes(t *testing.T) {
	taken := map[move]bool{}
	for _, name := range scripts(t) {
		script, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		b := newBench(t)
		b.play(string(script))
		for m := range b.moves {
			taken[m] = true
		}
	}
	listed := rows()
	for m := range listed {
		if !taken[m] {
			t.Errorf("no script takes %s: %s —%s→ %s", m.machine, m.from, m.on, m.to)
		}
	}
	for m := range taken {
		if _, ok := listed[m]; !ok {
			t.Errorf("not in the table: %s: %s —%s→ %s", m.machine, m.from, m.on, m.to)
		}
	}
	if n := len(hookTable) + len(lineTable) + len(callTable); n != len(listed) {
		t.Errorf("%d rows, %d of them different: one is there twice", n, len(listed))
	}
}

// TestOneWayOut holds the tables themselves: a cause leads from a state to one other only.
func TestOneWayOut(t *testing.T) {
	type key struct {
		machine, from string
		on            cause
	}
	ways := map[key]string{}
	for m := range rows() {
		k := key{m.machine, m.from, m.on}
		if to, ok := ways[k]; ok {
			t.Errorf("%s: %s —%s→ both %s and %s", m.machine, m.from, m.on, to, m.to)
		}
		ways[k] = m.to
	}
	if to, ok := next(lineTable, LineIdle, onForgotten); ok || to != LineIdle {
		t.Errorf("an unlisted cause leads to %v, %v", to, ok)
	}
}
