package ui

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
)

// Lifting the handset before a name of the phone book calls it; before a call of the log, or
// before rows that have not come, it gives dial tone.
func TestLiftingBeforeAName(t *testing.T) {
	rows := Rows{List: Book, Total: 2, Count: 2, Rows: [PageRows]phone.Entry{{Peer: anna}, {Peer: bob}}}
	hook := func(off bool) Event { return Input{hal.HookInput{Off: off, At: time.Unix(0, 0)}} }
	log := rows
	log.List = Calls
	for _, c := range []struct {
		name   string
		events []Event
		off    bool
		want   []Effect
	}{
		{"the book", append(append([]Event{Booked{2}}, down("A2")...), rows), true,
			[]Effect{ToPhone{phone.Hook{Off: true}}, ToPhone{phone.Call{Number: anna.Number, Account: -1}}}},
		{"the handset goes down", append(append([]Event{Booked{2}}, down("A2")...), rows), false, []Effect{ToPhone{phone.Hook{}}}},
		{"no rows yet", append([]Event{Booked{2}}, down("A2")...), true, []Effect{ToPhone{phone.Hook{Off: true}}}},
		{"the log", append(append([]Event{Booked{2}}, down("A1")...), log), true, []Effect{ToPhone{phone.Hook{Off: true}}}},
		{"at rest", []Event{Booked{2}}, true, []Effect{ToPhone{phone.Hook{Off: true}}}},
	} {
		s := standing(home(), c.events...)
		s, got := Step(s, hook(c.off))
		if diff := cmp.Diff(c.want, got); diff != "" || s.page != noPage {
			t.Errorf("%s: page %d\n%s", c.name, s.page, diff)
		}
	}
}
