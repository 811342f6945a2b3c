package sip

import (
	"slices"
	"testing"
)

func TestEssentialEvents(t *testing.T) {
	got := essential([]Event{
		Registration{Account: 0, State: Registering}, Incoming{Call: 2}, Progress{Call: 1}, Renegotiated{Call: 1},
		Registration{Account: 0, State: Registered}, Registration{Account: 1}, Answered{Call: 2}, Ended{Call: 2},
	})
	want := []Event{
		Incoming{Call: 2}, Registration{Account: 0, State: Registered}, Registration{Account: 1}, Answered{Call: 2}, Ended{Call: 2},
	}
	if !slices.Equal(got, want) {
		t.Errorf("kept %+v", got)
	}
}

// The end of a list of colleagues is no state of its first row.
func TestEssentialColleagues(t *testing.T) {
	ann, bob := Watched{Row: 0, Number: "201"}, Watched{Row: 1, Number: "202"}
	busy, eve := bob, Watched{Row: 0, Number: "666"}
	busy.State = WatchBusy
	got := essential([]Event{ann, bob, busy, Watched{}, eve})
	if want := []Event{busy, Watched{}, eve}; !slices.Equal(got, want) {
		t.Errorf("kept %+v", got)
	}
}

func TestPumpIsBoundedAndInOrder(t *testing.T) {
	p := newPump()
	for i := range 10 * maxEvents {
		p.put(Progress{Call: 1, Code: i})
		if i%100 == 0 {
			p.put(Ended{Call: CallID(i)})
		}
	}
	if n := len(p.queue); n > maxEvents+1 {
		t.Errorf("%d events wait", n)
	}
	if !p.crowded() && len(p.queue) >= maxEvents/2 {
		t.Error("not crowded")
	}
	go p.run()
	var ends []CallID
	for len(ends) < 103 {
		if e, ok := (<-p.out).(Ended); ok {
			ends = append(ends, e.Call)
		}
	}
	if !slices.IsSorted(ends) {
		t.Errorf("out of order: %v", ends)
	}
	p.stop()
	for range p.out {
	}
}

// An event goes straight to its owner where none waits, and overtakes none that does; after
// the end nobody is there for it.
func TestPumpWithoutItsGoroutine(t *testing.T) {
	p := newPump()
	p.put(Ended{Call: 1})
	if len(p.out) != 1 {
		t.Error("it waits, though nothing is before it")
	}
	p.held = true // run has one in its hands
	p.put(Ended{Call: 3})
	if len(p.out) != 1 || len(p.queue) != 1 {
		t.Error("it has overtaken the one that run is handing over")
	}
	go p.run()
	p.stop()
	for range p.out {
	}
	p.put(Ended{Call: 4})
}
