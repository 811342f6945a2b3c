package phone

import (
	"testing"
	"time"
)

// A step's machine, several KB, stays on the stack: fresh memory for each would cost the
// first answer to a call more than all decisions do.
func TestStepKeepsTheMachineOnTheStack(t *testing.T) {
	m, at := New(Settings{}), time.Unix(0, 0)
	if n := testing.AllocsPerRun(100, func() { m, _ = m.Step(at, Expired{Timer: 1}) }); n > 1 { // what settle compares
		t.Errorf("%v allocations for an event that changes nothing", n)
	}
}
