package ui

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/firmware/phone"
)

// attended is a phone with a mailbox and colleagues.
func attended() phone.Snapshot {
	return with(func(p *phone.Snapshot) {
		p.Messages, p.Urgent, p.Unread, p.Mailbox = 2, true, 1, "*97"
		for i, w := range []phone.Watch{
			{Label: "Anna", Number: "202", State: phone.WatchRinging, Far: "Carl"},
			{Label: "Bert", Number: "203", State: phone.WatchIdle},
			{Label: "Carl", Number: "204", Account: 1, State: phone.WatchBusy, Far: "somebody with a long name"},
			{Label: "Dora", Number: "205", State: phone.WatchOffline},
			{Label: "Emil", Number: "206"},
		} {
			p.Watched[i], p.NumWatched = w, i+1
		}
	})
}

// calledAway is the same with a call at Anna's that can be picked up.
func calledAway() phone.Snapshot {
	p := attended()
	p.Watched[0].Pickup = true
	return p
}

func textRows() Event {
	r := Rows{List: Texts, Total: 2, Count: 2}
	r.Texts[0] = phone.Text{Peer: anna, Account: "Home", At: ago(time.Hour), Words: "Lunch at twelve?\nThe place at the corner, as last week; Bob comes too."}
	r.Texts[1] = phone.Text{Peer: phone.Peer{Number: "203"}, At: ago(50 * time.Hour), Words: "x"}
	return r
}

func replying() Event {
	c := Configured{Settings{Keys: "123A456B789C*0#D", Functions: DefaultFunctions(), Backlight: 30 * time.Second, Version: "0.1.0"}}
	c.Settings.Replies = [MaxReplies]string{"Call you back", "In a meeting"}
	return c
}

func after(p phone.Snapshot, events ...Event) (State, []Effect) {
	s := standing(p)
	var effects []Effect
	for _, e := range events {
		s, effects = Step(s, e)
	}
	return s, effects
}

func TestAttendedKeys(t *testing.T) {
	open := append([]Event{Filed{2}, replying()}, down("A5")...)
	read := append(append([]Event{}, open...), textRows())
	for _, c := range []struct {
		name   string
		events []Event
		want   []Effect
	}{
		{"voice mail is called", down("A3")[:3], toPhone(phone.Press{Function: phone.FunctionMailbox})},
		{"a colleague is called", append(down("A4AA"), down("#")[:1]...), toPhone(phone.Call{Number: "204", Account: 1})},
		{"a call that rings at a colleague's without a way to take it", append(down("A4"), down("#")[:1]...), toPhone(phone.Call{Number: "202"})},
		{"texts are asked for, and count as read", open[:len(open)-1], []Effect{AskRows{List: Texts, Count: PageRows}, ToPhone{phone.Read{}}}},
		{"a reply is sent", append(append(read, down("##A")...), down("#")[:1]...), toPhone(phone.Compose{Number: "0301234567", Words: "In a meeting"})},
		{"a text is written to a colleague", append(append([]Event{replying()}, down("A4A0A")...), down("#")[:1]...),
			toPhone(phone.Compose{Number: "203", Account: 0, Words: "In a meeting"})},
		{"a text without rows is not opened", append(open, down("#")[:1]...), nil},
	} {
		if _, got := after(attended(), c.events...); !cmp.Equal(c.want, got) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	p := attended()
	p.Watched[1].State, p.Watched[1].Pickup = phone.WatchRinging, true
	if _, got := after(p, append(down("A4A"), down("#")[:1]...)...); !cmp.Equal(toPhone(phone.PickUp{Row: 1}), got) {
		t.Errorf("a call is picked up: %+v", got)
	}
	if s, _ := after(attended(), append([]Event{replying()}, down("A40*")...)...); s.page != watchPage {
		t.Errorf("back from the words for a colleague: page %d", s.page)
	}
	for keys, want := range map[string]page{"#": textPage, "##": replyPage, "##*": textPage, "#*": textsPage, "*": menuPage} {
		if s, _ := after(attended(), append(append([]Event{}, read...), down(keys)...)...); s.page != want {
			t.Errorf("%s: page %d, want %d", keys, s.page, want)
		}
	}
	s := standing(attended(), read...)
	s, _ = Step(s, down("#")[0])
	if s, _ = Step(s, Tick{At: noon.Add(90 * time.Second)}); s.page != textPage {
		t.Error("a text is closed before it can be read")
	}
	if s, _ = Step(s, Tick{At: noon.Add(121 * time.Second)}); s.page != noPage {
		t.Error("a text stays open")
	}
}

func TestFold(t *testing.T) {
	for text, want := range map[string][]string{
		"":                  {""},
		"one two; three":    {"one", "two;", "three"},
		"abcdefghijk l":     {"abcdef", "ghijk", "l"},
		"a abcdefabcdef  b": {"a", "abcdef", "abcdef", "b"},
	} {
		if got := fold(text, 6); !cmp.Equal(want, got) {
			t.Errorf("%q: %q", text, got)
		}
	}
}
