package ui

import (
	"testing"
	"time"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
)

// The page of a call that goes on is drawn anew each second, and closes with the call.
func TestQualityPageLives(t *testing.T) {
	p := calling(talkingTo(anna, time.Minute))
	s := standing(p, append([]Event{sounding(4.2, 0)}, down("A")...)...)
	for s.entries()[s.cursor].opens != qualityPage {
		s, _ = Step(s, down("A")[0])
	}
	s, _ = Step(s, down("#")[0])
	if s.page != qualityPage {
		t.Fatalf("page %d", s.page)
	}
	if d := NextRedraw(p, s, hal.Size20x4); d <= 0 || d > time.Second {
		t.Errorf("drawn anew after %v", d)
	}
	first := Render(p, s, hal.Size20x4)
	s, _ = Step(s, sounding(1.7, 0))
	if Render(p, s, hal.Size20x4) == first {
		t.Error("the figures do not move")
	}
	s, _ = Step(s, Shown{home(), noon.Add(time.Second)})
	if s.page != noPage {
		t.Errorf("page %d when the call has ended", s.page)
	}
}

// What was measured of one call says nothing of another.
func TestQualityIsOfOneCall(t *testing.T) {
	other := talkingTo(bob, time.Minute)
	other.ID = 9
	p := calling(other)
	s := standing(p, judging(true), sounding(4.2, time.Minute))
	if q, known := s.measured(other); known {
		t.Errorf("%+v", q)
	}
	if s.silent(other) {
		t.Error("another call's silence")
	}
	d := drawer{&p, &s, 20, 4}
	if n := len(d.pages()); n != 1 {
		t.Errorf("%d pictures", n)
	}
}

// A call of the log is looked at, dialled from there, or left to where one was.
func TestCallIsLookedAt(t *testing.T) {
	s := standing(home(), append(append(down("A1"), logRows()), down("80")...)...)
	if s.page != detailPage || s.entry.Peer != bob {
		t.Fatalf("page %d of %v", s.page, s.entry.Peer)
	}
	back, _ := Step(s, down("*")[0])
	if back.page != callsPage || back.cursor != 1 {
		t.Errorf("back to page %d, line %d", back.page, back.cursor)
	}
	_, effects := Step(s, down("#")[0])
	if want := (ToPhone{phone.Call{Number: bob.Number, Account: 0}}); len(effects) != 1 || effects[0] != want {
		t.Errorf("%+v", effects)
	}
}

// Every line fits the narrow display with its mark and the arrow.
func TestQualityLinesFit(t *testing.T) {
	q := phone.Quality{Codec: "G.722", Delay: 9999 * time.Millisecond, Jitter: 999 * time.Millisecond, Lost: 100, MOS: 1, Words: "good", There: 4.5}
	for _, line := range append(qualityLines(q), qualityLines(phone.Quality{})...) {
		if width(line) > 13 {
			t.Errorf("%q", line)
		}
	}
}
