package ui

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAnswers(t *testing.T) {
	offered := noticed(Notices{Update: Update{UpdateOffered, "v1.3.0", "USB stick", 0, ""}})
	for _, c := range []struct {
		name   string
		events []Event
		want   []Effect
		open   bool
	}{
		{"yes", append(offered, down("#")...), []Effect{AnswerUpdate{Yes: true}}, true},
		{"no", append(offered, down("0")...), []Effect{AnswerUpdate{}}, false},
		{"later", append(offered, down("*")...), nil, false},
		{"any other key", append(offered, down("5")...), nil, false},
		{"from the menu", append(append(offered, down("*AAAAAAAA")...), down("##")...), []Effect{AnswerUpdate{Yes: true}}, true},
		{"nothing is offered", append(noticed(Notices{Update: Update{Stage: UpdateInstalling}}), down("#")...), nil, false},
	} {
		s := standing(home())
		var got []Effect
		for _, e := range c.events {
			var effects []Effect
			s, effects = Step(s, e)
			got = append(got, effects...)
		}
		if diff := cmp.Diff(c.want, got); diff != "" || (s.page == updatePage) != c.open {
			t.Errorf("%s: page %v (-want +got):\n%s", c.name, s.page, diff)
		}
	}
}

// It shows itself to who looks at a phone at rest, once, and to nobody else.
func TestNewsOfUpdates(t *testing.T) {
	at := func(u Update) Event { return Noticed{Notices{Update: u, Network: Network{Address: "192.168.1.57"}}} }
	for _, c := range []struct {
		name   string
		busy   bool
		events []Event
		open   bool
	}{
		{"offered", false, []Event{at(Update{Stage: UpdateOffered})}, true},
		{"the same again, once it was left", false, append(append([]Event{at(Update{Stage: UpdateOffered})}, down("*")...), at(Update{Stage: UpdateOffered, Percent: 1})), false},
		{"in a call", true, []Event{at(Update{Stage: UpdateOffered})}, false},
		{"there is none", false, []Event{at(Update{Stage: UpdateIdle})}, false},
		{"it did not work", false, []Event{at(Update{Stage: UpdateIdle}), at(Update{Stage: UpdateIdle, Note: "It did not work"})}, true},
		{"while it is tried", false, []Event{at(Update{Stage: UpdateTrial})}, false},
		{"while a page is open", false, append(down("A8"), at(Update{Stage: UpdateOffered})), false},
		{"for two minutes", false, []Event{at(Update{Stage: UpdateOffered}), Tick{noon.Add(textTime)}}, false},
	} {
		p := home()
		if c.busy {
			p = calling(talkingTo(anna, time.Minute))
		}
		if s := standing(p, c.events...); (s.page == updatePage) != c.open {
			t.Errorf("%s: page %v", c.name, s.page)
		}
	}
}
