package ui

import (
	"time"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
)

// How long an untouched page stays open.
const (
	pageTime   = 30 * time.Second
	reloadTime = 5 * time.Second // what came of it included
)

// Step takes one event.
func Step(s State, e Event) (State, []Effect) {
	before, was := screenOf(s.view, s), s
	var effects []Effect
	switch e := e.(type) {
	case Tick:
		s.Now = e.At
	case Shown:
		s = s.shown(e)
	case Configured:
		s.settings = e.Settings
	case Noticed:
		old := s.Notices.Update
		s.Notices = e.Notices
		s = s.updates(old)
	case Reread:
		s.missing = e.Missing
		s = s.readAgain()
	case Booked:
		s.book = e.Entries
		if s.page == bookPage && s.book == 0 {
			s.page, s.cursor = menuPage, 0
		}
	case Filed:
		s.texts = e.Texts
	case Measured:
		s.heard = e
	case Examined:
		s.found, s.touched = e.Findings, s.Now
	case Reported:
		s.report, s.touched = e.Words, s.Now
	case Rows:
		if e.List == s.list() {
			s.rows = e
			s.cursor = max(min(s.cursor, e.Total-1), 0)
		}
	case Input:
		s, effects = s.input(e.Input)
	}
	if _, talks := find(&s.view, phone.Talking); !talks {
		s.sound = s.Notices.Sound
	}
	if s.page != noPage && s.Now.Sub(s.touched) >= s.page.lasts() {
		s.page = noPage
	}
	if _, key := e.(Input); !key {
		s = s.follow(was)
	}
	if s.page == qualityPage && !s.judged() {
		s.page = noPage
	}
	if s.page == menuPage || s.page == infoPage || s.page == watchPage || s.page == qualityPage || s.page == doctorPage {
		s.cursor = max(min(s.cursor, s.length()-1), 0)
	}
	if screenOf(s.view, s) != before || s.since.IsZero() {
		s.since = s.Now
	}
	return s, effects
}

// shown takes the phone's new snapshot: what a person must see closes the menu and lights
// the display.
func (s State) shown(e Shown) State {
	was := s.view
	s.Now, s.view = e.At, e.Snapshot
	if busy(was) || busy(s.view) {
		s.touched = e.At
	}
	if rings(s.view) && !rings(was) {
		s.page = noPage
	}
	if s.view.Focus != was.Focus && s.view.Focus != 0 {
		s.page = noPage
	}
	return s
}

func (s State) input(in hal.Input) (State, []Effect) {
	switch in := in.(type) {
	case hal.HookInput:
		s, dials := s.lifted(in.Off)
		s.Now, s.touched, s.page = later(s.Now, in.At), in.At, noPage
		return s, append(toPhone(phone.Hook{Off: in.Off}), dials...)
	case hal.KeyInput:
		s.Now = later(s.Now, in.At)
		if !in.Down {
			return s.keyUp(in.Key)
		}
		s.touched = in.At
		return s.key(in.Key)
	case hal.Fault:
		s.Now = later(s.Now, in.At)
		for i, part := range faultParts {
			if part == in.Part {
				s.faults[i] = in.Problem
			}
		}
	}
	return s, nil
}

// faultParts are the parts of hal.Fault whose words State keeps.
var faultParts = [5]string{"keypad", "hook", "lcd", "lamps", "ringer"}

// A Fault is a part of the board that does not work, and why.
type Fault struct{ Part, Words string }

// Faults are those that stand, in the caller's own slice.
func (s State) Faults() []Fault {
	var all []Fault
	for i, words := range s.faults {
		if words != "" {
			all = append(all, Fault{faultParts[i], words})
		}
	}
	return all
}

// readAgain says what came of reading the settings, to who asked in the menu, and to whoever
// looks at a phone at rest.
func (s State) readAgain() State {
	if s.page != reloadPage && (s.page != noPage || busy(s.view)) {
		return s
	}
	s.page, s.cursor, s.reread, s.touched = reloadPage, 0, true, s.Now
	return s
}

func (s State) key(k hal.Key) (State, []Effect) {
	f := s.function(k)
	if s.page == reloadPage && s.reread && k != '*' {
		s.page = noPage // it is read by now; the key is meant for the phone
	}
	switch {
	case f == CallNumber:
		return s.callKey(k)
	case s.page != noPage:
		return s.pageKey(k, f)
	case f == Menu:
		if rings(s.view) {
			return s, nil
		}
		s.page, s.cursor = menuPage, 0
		return s, nil
	case f == Redial && s.view.Dialling && s.view.Digits != "":
		f = Delete
	case f == Mute && rejects(s.view):
		f = Reject
	case f == Mute && s.clears():
		return s, toPhone(phone.Press{Function: phone.FunctionClear})
	case k == '*' && s.justLeft():
		s.left = s.Now // a finger that goes on hammering
		return s, nil
	}
	if f != None {
		return s, toPhone(phone.Press{Function: f.press()})
	}
	if digit(k) {
		if s.view.Line == phone.LineCall {
			s.dialled = k
		}
		return s, toPhone(phone.Digit{Digit: byte(k)})
	}
	return s, nil
}

// clears says that the mute key takes back all that was dialled.
func (s State) clears() bool {
	return s.view.Dialling && s.view.Digits != "" && !rings(s.view)
}

// leftTime is how long after * has closed the menu another * is one too many, and dials nothing.
const leftTime = time.Second

func (s State) justLeft() bool {
	return !s.left.IsZero() && s.Now.Sub(s.left) < leftTime && s.view.Digits == ""
}

// keyUp ends the digit that the phone was told of: in a call it sounds as long as its key is
// down, whatever is on the display meanwhile.
func (s State) keyUp(k hal.Key) (State, []Effect) {
	if k != s.dialled || k == 0 {
		return s, nil
	}
	s.dialled = 0
	return s, toPhone(phone.DigitUp{Digit: byte(k)})
}

// function is what k does; None for digits and keys without one.
func (s State) function(k hal.Key) Function {
	if k < 0 || int(k) >= len(s.settings.Functions) {
		return None
	}
	return s.settings.Functions[k]
}

// keyOf is the key that exists for f; "" : none. Only such keys are hinted.
func (s State) keyOf(f Function) string {
	for _, k := range s.settings.Keys {
		if s.function(hal.Key(k)) == f {
			return string(k)
		}
	}
	return ""
}

func digit(k hal.Key) bool { return k >= '0' && k <= '9' || k == '*' || k == '#' }

func toPhone(e phone.Event) []Effect { return []Effect{ToPhone{e}} }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b.In(a.Location())
	}
	return a
}

// calls are the calls of a snapshot, however it came about.
func calls(p *phone.Snapshot) []phone.CallView {
	return p.Calls[:max(min(p.NumCalls, len(p.Calls)), 0)]
}

func accounts(p *phone.Snapshot) []phone.AccountView {
	return p.Accounts[:max(min(p.NumAccts, len(p.Accounts)), 0)]
}

// find returns the first call in one of the states.
func find(p *phone.Snapshot, states ...phone.CallState) (phone.CallView, bool) {
	for _, c := range calls(p) {
		for _, s := range states {
			if c.State == s {
				return c, true
			}
		}
	}
	return phone.CallView{}, false
}

// busy says that the phone is in use: the display stays lit.
func busy(p phone.Snapshot) bool { return p.OffHook || p.HandsFree || p.Dialling || p.NumCalls > 0 }

// rings says that a call comes in.
func rings(p phone.Snapshot) bool {
	_, yes := find(&p, phone.Ringing, phone.Waiting)
	return yes
}

// rejects says that the mute key turns a call down: one that waits, or one that was
// silenced before.
func rejects(p phone.Snapshot) bool {
	if _, waits := find(&p, phone.Waiting); waits {
		return true
	}
	c, ringing := find(&p, phone.Ringing)
	return ringing && c.Silenced
}
