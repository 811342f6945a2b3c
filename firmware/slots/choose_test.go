package slots

import (
	"fmt"
	"testing"
)

var one = Hash{1}

func TestChoose(t *testing.T) {
	on := func(left uint8, asked Slot) Record {
		return Record{Good: A, Trial: B, Left: left, Asked: asked, Update: one}
	}
	refused := Record{Good: A, Update: one, Refused: [MaxRefused]Hash{one}}
	for _, c := range []struct {
		name   string
		in     Record
		loaded Slot
		want   Choice
		out    Record
	}{
		{"just flashed", Record{}, A, Choice{Boot: A}, Record{Good: A}},
		{"just flashed, any kernel", Record{}, None, Choice{Boot: A}, Record{Good: A}},
		{"nothing to try", Record{Good: B}, B, Choice{Boot: B}, Record{Good: B}},
		{"asked for, and loaded", on(1, B), B, Choice{Boot: B}, on(1, None)},
		{"the last try, asked for and loaded", on(0, B), B, Choice{Boot: B}, on(0, None)},
		{"asked for, and any kernel", on(1, B), None, Choice{Boot: B}, on(1, None)},
		{"cut off before, one try left", on(1, None), A, Choice{B, true}, on(0, B)},
		{"asked for, and not loaded", on(1, B), A, Choice{B, true}, on(0, B)},
		{"asked for in vain again", on(0, B), A, Choice{Boot: A}, refused},
		{"loaded unasked", on(1, None), B, Choice{Boot: B}, on(0, None)},
		{"any kernel, unasked", on(1, None), None, Choice{Boot: B}, on(0, None)},
		{"used up", on(0, None), A, Choice{Boot: A}, refused},
		{"used up, any kernel", on(0, None), None, Choice{Boot: A}, refused},
		{"used up, and loaded again", on(0, None), B, Choice{A, true}, Record{Good: A, Asked: A, Update: one, Refused: refused.Refused}},
		{"the good one is no trial", Record{Good: B, Trial: B, Left: 9}, B, Choice{Boot: B}, Record{Good: B}},
		{"proved, and the firmware still has the old one", Record{Good: B}, A, Choice{B, true}, Record{Good: B, Asked: B}},
		{"which came", Record{Good: B, Asked: B}, B, Choice{Boot: B}, Record{Good: B}},
		{"which does not come", Record{Good: B, Asked: B}, A, Choice{Boot: A}, Record{Good: B}},
	} {
		got, out := Choose(c.in, c.loaded)
		if got != c.want || out != c.out {
			t.Errorf("%s: %+v with %+v", c.name, got, out)
		}
	}
}

// A board is the firmware of one: it loads what its configuration names, or what it was
// asked for once, if it knows how to.
type board struct {
	record Record
	first  Slot
	knows  bool
	flag   bool
}

// start is one start, as far as a root; power cut before that: None.
func (b *board) start(cutAfter int) (root Slot) {
	for range 8 {
		loaded := b.first
		if b.flag && b.knows {
			loaded = b.first.Other()
		}
		b.flag = false
		var c Choice
		c, b.record = Choose(b.record, loaded)
		if cutAfter--; cutAfter == 0 {
			return None
		}
		if !c.Restart {
			return c.Boot
		}
		b.flag = true
	}
	return None
}

// An update that works, and ones that do not, start by start.
func TestUpdate(t *testing.T) {
	b := board{first: A, knows: true, flag: true, record: Record{}.Try(one, "1.3", Health{Registered: true})}
	if root := b.start(0); root != B || b.record.Before != (Health{Registered: true}) || b.record.Words() != "1.3" {
		t.Fatalf("starts %v with %+v", root, b.record)
	}
	b.record = b.record.Proved(B)
	if root := b.start(0); root != B { // the firmware's own choice is not mended yet
		t.Errorf("proved, and starts %v", root)
	}
	b.first = B
	if root := b.start(0); root != B || b.record.Knows(one) {
		t.Errorf("proved, and starts %v", root)
	}
	for _, knows := range []bool{true, false} {
		b = board{first: A, knows: knows, flag: true, record: Record{}.Try(one, "1.3", Health{})}
		var roots []Slot
		for range 4 {
			roots = append(roots, b.start(0))
		}
		want := "[b b a a]"
		if !knows {
			want = "[a a a a]"
		}
		version, failed := b.record.Failed()
		if fmt.Sprint(roots) != want || !b.record.Knows(one) || !failed || version != "1.3" {
			t.Errorf("knows %v: %v, then %+v", knows, roots, b.record)
		}
	}
	if again := b.record.Try(Hash{2}, "1.4", Health{}); !again.Knows(one) || again.Words() != "1.4" {
		t.Errorf("another update: %+v", again)
	}
}

// Whatever the record says and the firmware loads, and wherever the power is cut, a start
// that is let through reaches a root, and a trial ends.
func TestEveryStartEnds(t *testing.T) {
	for good := None; good <= B; good++ {
		for trial := None; trial <= B; trial++ {
			for asked := None; asked <= B; asked++ {
				for left := range uint8(4) {
					for flags := range 8 {
						for cut := range 5 {
							b := board{first: []Slot{A, B}[flags&1], knows: flags&2 != 0, flag: flags&4 != 0,
								record: Record{Good: good, Trial: trial, Asked: asked, Left: left, Update: one}}
							was := b
							b.start(cut)
							var root Slot
							for range 8 {
								if root = b.start(0); root == None {
									t.Fatalf("%+v, cut after %d, never starts", was, cut)
								}
							}
							if b.record.Trial != None {
								t.Fatalf("%+v: on trial for ever", was)
							}
							if b.knows && root != b.record.Good {
								t.Fatalf("%+v: starts %v, good is %v", was, root, b.record.Good)
							}
						}
					}
				}
			}
		}
	}
}

func TestRemembers(t *testing.T) {
	var r Record
	for i := range byte(6) {
		r = r.Try(Hash{i + 1}, "x", Health{}).GivenUp()
		r = r.GivenUp() // twice is once
	}
	for i := range byte(6) {
		if got := r.Knows(Hash{i + 1}); got != (i >= 2) {
			t.Errorf("bundle %d: %v", i+1, got)
		}
	}
	if r.Knows(Hash{}) || (Record{}).Knows(Hash{}) {
		t.Error("nothing is known as something")
	}
	if e := r.Try(Hash{9}, "1", Health{}).Emptied(); e.Trial != None || e.Left != 0 || e.Asked != None || !e.Knows(Hash{6}) {
		t.Errorf("emptied: %+v", e)
	}
	if long := (Record{}).Try(one, "0123456789012345678901234567890123456789", Health{}); len(long.Words()) != 32 {
		t.Errorf("%q", long.Words())
	}
}
