package main

import (
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/measure"
)

// good is a call in which both hear each other well.
func good() (facts, [2]hearing) {
	windows := func() []measure.Window {
		var all []measure.Window
		for i := range 8 {
			all = append(all, measure.Window{
				At: time.Duration(i) * time.Second, Speech: i != 3, Alike: 0.97, Delay: 60 * time.Millisecond, Frames: 40,
			})
		}
		return all
	}
	heard := [2]hearing{}
	for i := range heard {
		heard[i] = hearing{talk: []measure.Report{{Windows: windows()}}, hush: -110}
	}
	return facts{sent: "4711*#", got: "4711*#"}, heard
}

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name  string
		harm  func(*facts, *[2]hearing)
		fault string // "": none
	}{
		{"all well", func(*facts, *[2]hearing) {}, ""},
		{"a pause needs no likeness", func(_ *facts, h *[2]hearing) { h[0].talk[0].Windows[3].Alike = 0 }, ""},
		{"one bad second", func(_ *facts, h *[2]hearing) { h[1].talk[0].Windows[5].Alike = 0.89 }, "B did not hear the other in 1 of 7 seconds (0.89 at 5.0 s)"},
		{"deaf", func(_ *facts, h *[2]hearing) { h[0].talk = nil }, "A had only 0 seconds of speech to hear"},
		{"no silence while held", func(_ *facts, h *[2]hearing) { h[1].hush = -49 }, "B heard something while held: -49 dBFS"},
		{"a digit lost", func(f *facts, _ *[2]hearing) { f.got = "471*#" }, `digits sent "4711*#", taken "471*#"`},
		{"no digits at all", func(f *facts, _ *[2]hearing) { f.sent, f.got = "", "" }, "digits sent"},
	} {
		f, h := good()
		c.harm(&f, &h)
		v := judge(f, h)
		faults := strings.Join(v.faults(), "; ")
		if !strings.Contains(faults, c.fault) || (c.fault == "") != v.ok() {
			t.Errorf("%s: faults %q, want %q", c.name, faults, c.fault)
		}
	}
}

func TestSoundIsPlacedOnTheTimeLine(t *testing.T) {
	line := measure.Signal{Rate: 1000}
	place(&line, 3*time.Millisecond, []float64{1, 2})
	place(&line, 7*time.Millisecond, []float64{3})
	want := []float64{0, 0, 0, 1, 2, 0, 0, 3}
	if len(line.X) != len(want) {
		t.Fatalf("%v, want %v", line.X, want)
	}
	for i := range want {
		if line.X[i] != want[i] {
			t.Fatalf("%v, want %v", line.X, want)
		}
	}
}

func TestOnlyChangesOfADisplayArePrinted(t *testing.T) {
	if steady("|Opus 00:07|") != steady("|Opus 00:08|") {
		t.Error("the clock alone is no change")
	}
	if steady("|Calling|") == steady("|Ringing|") {
		t.Error("another word is a change")
	}
}
