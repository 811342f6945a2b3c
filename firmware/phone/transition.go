package phone

// A cause is why a machine moves: an event, or a decision taken on one.
type cause string

// A row of a transition table: in state from, cause on leads to state to.
type row[S ~uint8] struct {
	from S
	on   cause
	to   S
	does string // what happens, for docs/call-states.md
}

// A move is a transition that was taken, or tried where the table has none.
type move struct {
	machine  string
	from, to string
	on       cause
	listed   bool
}

// next looks a transition up. Where the table has none the state stays; the tests prove
// that no path asks for one.
func next[S ~uint8](table []row[S], from S, on cause) (S, bool) {
	for _, r := range table {
		if r.from == from && r.on == on {
			return r.to, true
		}
	}
	return from, false
}

func (s *step) moved(machine string, from, to string, on cause, listed bool) {
	s.moves = append(s.moves, move{machine, from, to, on, listed})
}
