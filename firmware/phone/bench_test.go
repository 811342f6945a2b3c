package phone

import (
	"fmt"
	"strings"
	"time"

	"github.com/offhook/offhook/firmware/phone/digitmap"
)

// A bench is a phone on the test bench: its clock, its timers, and what its owners were
// told. Every step is checked against the tables and the rules of check_test.go.
type bench struct {
	t        tester
	m        Machine
	settings Settings
	now      time.Time
	timers   map[TimerID]time.Time
	out      *strings.Builder
	moves    map[move]bool

	voice    Voice
	heard    Listen
	ringing  bool
	tone     Tone
	calls    map[CallID]bool // true: alive; false: ended
	started  map[TimerID]bool
	recorded map[CallID]bool
	digits   map[CallID]bool // one sounds there
	ends     int             // calls that ended in this step
	logs     int             // entries that it wrote for them
}

// A tester is testing.TB as far as the bench needs it: *testing.T or *rapid.T.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func testSettings() Settings {
	return Settings{
		Name: "Kitchen",
		Accounts: [MaxAccounts]Account{
			{Label: "Home", User: "205", Domain: "pbx.home", Line: 14},
			{Label: "Work", User: "430", Domain: "sip.example.com", Prefix: "8", Line: 25},
		},
		NumAccts:  2,
		DigitMap:  digitmap.Map("[2-6]xx|11[02]|0xx.|8xx.|*xx"),
		Timeout:   4 * time.Second,
		Emergency: [MaxEmergency]string{"110", "112"},
		FlashMin:  100 * time.Millisecond,
		FlashMax:  900 * time.Millisecond,
		Ear:       60,
		Ring:      70,
	}
}

// newBench is a phone on the hook with Home registered and Work not.
func newBench(t tester) *bench {
	b := &bench{
		t:        t,
		settings: testSettings(),
		now:      time.Date(2026, 11, 23, 9, 41, 0, 0, time.UTC),
		timers:   map[TimerID]time.Time{},
		moves:    map[move]bool{},
		calls:    map[CallID]bool{},
		started:  map[TimerID]bool{},
		recorded: map[CallID]bool{},
		digits:   map[CallID]bool{},
	}
	b.m = New(b.settings)
	b.step(Registration{Account: 0, State: Registered})
	return b
}

// step feeds one event to the machine, checks the step and carries its effects out.
func (b *bench) step(e Event) []Effect {
	b.t.Helper()
	before := b.m
	s := &step{Machine: b.m, at: b.now}
	s.all(e)
	after, effects := b.m.Step(b.now, e)
	if after != s.Machine || fmt.Sprint(effects) != fmt.Sprint(s.effects) {
		b.t.Fatalf("%#v: the same step twice differs", e)
	}
	b.m = after
	for _, m := range s.moves {
		b.moves[m] = true
	}
	b.checkMoves(e, before, s)
	b.ends, b.logs = 0, 0
	if in, ok := e.(Incoming); ok && b.m.index(in.Call) >= 0 && before.index(in.Call) < 0 {
		b.calls[in.Call] = true
	}
	if r, ok := e.(Replaced); ok && r.New%2 == 0 && r.New != 0 && before.index(r.New) < 0 {
		if b.m.index(r.New) >= 0 {
			b.calls[r.Call] = false // without an Ended
			delete(b.digits, r.Call)
			if before.index(r.Call) >= 0 {
				b.ends++
			}
		}
		b.calls[r.New] = true
	}
	for _, f := range s.effects {
		b.apply(e, f)
		if b.out != nil {
			fmt.Fprintf(b.out, "  %s\n", describe(f))
		}
	}
	if end, ok := e.(Ended); ok && b.calls[end.Call] {
		b.end(end.Call)
	}
	if b.ends != b.logs {
		b.t.Fatalf("%#v: %d calls ended, %d are in the log", e, b.ends, b.logs)
	}
	b.checkState(e)
	return effects
}

// wait lets time pass; timers run out when they are due.
func (b *bench) wait(d time.Duration) {
	b.t.Helper()
	end := b.now.Add(d)
	for {
		id, due := b.nextTimer()
		if id == 0 || due.After(end) {
			break
		}
		b.fire(id, due)
	}
	b.now = end
}

// expire lets time pass until the next timer has run out.
func (b *bench) expire() {
	b.t.Helper()
	id, due := b.nextTimer()
	if id == 0 {
		b.t.Fatal("no timer runs")
	}
	b.fire(id, due)
}

func (b *bench) fire(id TimerID, due time.Time) {
	b.t.Helper()
	if b.out != nil {
		fmt.Fprintf(b.out, "  after %v: timer %d\n", due.Sub(b.now), id)
	}
	if due.After(b.now) { // else it is late: time does not run backwards
		b.now = due
	}
	delete(b.timers, id)
	b.step(Expired{id})
}

func (b *bench) nextTimer() (next TimerID, due time.Time) {
	for id, at := range b.timers {
		if next == 0 || at.Before(due) || at.Equal(due) && id < next {
			next, due = id, at
		}
	}
	return next, due
}
