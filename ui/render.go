package ui

import (
	"strings"
	"time"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
)

// How long each picture stands when several alternate.
const (
	dwellShort = 3 * time.Second // fewer than four rows
	dwellTall  = 6 * time.Second
)

// A screen is what kind of picture is up. When it changes, alternating starts anew.
type screen struct {
	kind  kind
	page  page
	calls int
	focus phone.CallID
}

type kind uint8

const (
	pageScreen kind = iota
	callScreen
	noticeScreen
	dialScreen
	configScreen
	bootScreen
	networkScreen
	idleScreen // with the accounts in trouble
)

func screenOf(p phone.Snapshot, s State) screen {
	switch {
	case s.page != noPage:
		return screen{kind: pageScreen, page: s.page}
	case dialsBeside(p), movesBeside(p):
		return screen{kind: dialScreen, calls: p.NumCalls}
	case p.NumCalls > 0:
		return screen{kind: callScreen, calls: p.NumCalls, focus: p.Focus}
	case p.Notice != "":
		return screen{kind: noticeScreen}
	case p.Dialling || p.OffHook || p.HandsFree:
		return screen{kind: dialScreen}
	case s.Notices.Config.Words != "":
		return screen{kind: configScreen}
	case p.NumAccts <= 0:
		return screen{kind: bootScreen}
	case s.Notices.Network.Down && !s.Notices.Network.Needless:
		return screen{kind: networkScreen}
	}
	return screen{kind: idleScreen}
}

// dialsBeside says that a number is being dialled while other calls stand, held ones say.
// A call that rings is answered first.
func dialsBeside(p phone.Snapshot) bool {
	_, rings := find(&p, phone.Ringing)
	return p.NumCalls > 0 && p.Dialling && !rings
}

// movesBeside says that there is dial tone while a call is given away: that one needs nothing.
func movesBeside(p phone.Snapshot) bool {
	for _, c := range calls(&p) {
		if c.State != phone.Leaving {
			return false
		}
	}
	return p.NumCalls > 0 && p.Line == phone.LineDialTone
}

// A drawer draws one picture.
type drawer struct {
	p    *phone.Snapshot
	s    *State
	cols int
	rows int
}

func (d drawer) tall() bool { return d.rows >= 4 }
func (d drawer) wide() bool { return d.cols >= 20 }

// pages are the pictures that alternate; each has at most d.rows rows.
func (d drawer) pages() [][]string {
	if d.rows <= 0 || d.cols <= 0 {
		return nil
	}
	switch screenOf(*d.p, *d.s).kind {
	case pageScreen:
		return d.page()
	case callScreen:
		return d.calls()
	case noticeScreen:
		if rows := d.transferred(); rows != nil {
			return d.cutPages(rows)
		}
		return d.cutPages(wrap(plain(d.p.Notice), d.cols, 0))
	case dialScreen:
		return d.cutPages(d.dialling())
	case configScreen:
		return d.badConfig()
	case bootScreen:
		return d.cutPages(d.firstBoot())
	case networkScreen:
		return d.cutPages(d.noNetwork())
	}
	return d.idle()
}

// cutPages makes pictures of d.rows rows.
func (d drawer) cutPages(rows []string) [][]string {
	var all [][]string
	for len(rows) > d.rows {
		all, rows = append(all, rows[:d.rows]), rows[d.rows:]
	}
	return append(all, rows)
}

func (d drawer) dwell() time.Duration {
	if d.tall() {
		return dwellTall
	}
	return dwellShort
}

// Render draws what a display of size shows at s.Now: exactly size.Rows lines (at most
// hal.MaxRows) of size.Cols runes, all of them fit for an HD44780.
func Render(p phone.Snapshot, s State, size hal.Size) hal.Frame {
	size = hal.Size{Cols: max(size.Cols, 0), Rows: max(min(size.Rows, hal.MaxRows), 0)}
	d := drawer{&p, &s, size.Cols, size.Rows}
	f := hal.Frame{Light: s.lit(p)}
	if all := d.pages(); len(all) > 0 {
		turn := max(s.Now.Sub(s.since), 0) / d.dwell()
		for i, line := range all[int(turn)%len(all)] {
			if i < size.Rows {
				f.Text[i] = line
			}
		}
	}
	if p.Adjusted != phone.AdjustedNone && s.page != volumePage && size.Rows > 0 {
		f.Text[size.Rows-1] = d.volumeBar()
	}
	if mark := d.recording(); mark != "" && size.Rows > 0 {
		f.Text[0] = row(f.Text[0], mark, size.Cols)
	}
	for i := range f.Text {
		f.Text[i] = strings.Map(shown, f.Text[i])
	}
	return f.Fit(size)
}

// lit says whether the display is lit: always while the phone is in use.
func (s State) lit(p phone.Snapshot) bool {
	switch {
	case s.settings.Dark:
		return false
	case s.settings.Backlight <= 0, busy(p):
		return true
	}
	return s.Now.Sub(s.touched) < s.settings.Backlight
}

// NextRedraw returns how long after s.Now Render may give another frame with nothing but
// time passing; 0: never. Station sends a Tick then, and may sleep until then.
func NextRedraw(p phone.Snapshot, s State, size hal.Size) time.Duration {
	next := time.Duration(0)
	due := func(after time.Duration) {
		if after > 0 && (next == 0 || after < next) {
			next = after
		}
	}
	second := func(since time.Time) { // a timer that began then moves on
		if running := s.Now.Sub(since); running < 0 {
			due(time.Second - running)
		} else {
			due(time.Second - running%time.Second)
		}
	}
	now := screenOf(p, s)
	switch now.kind {
	case callScreen, dialScreen:
		for _, c := range calls(&p) {
			if c.State != phone.Over || c.Party { // the clock of a conference is that of either
				second(c.Since)
			}
		}
	case networkScreen:
		second(s.Notices.Network.Since)
	case pageScreen:
		due(s.page.lasts() - s.Now.Sub(s.touched))
		if s.page == qualityPage {
			due(time.Second)
		}
	case idleScreen:
		due(time.Minute - time.Duration(s.Now.Second())*time.Second - time.Duration(s.Now.Nanosecond()))
	}
	d := drawer{&p, &s, size.Cols, min(size.Rows, hal.MaxRows)}
	if len(d.pages()) > 1 {
		if running := s.Now.Sub(s.since); running < 0 {
			due(d.dwell() - running)
		} else {
			due(d.dwell() - running%d.dwell())
		}
	}
	if !s.settings.Dark && s.settings.Backlight > 0 && s.lit(p) && !busy(p) {
		due(s.settings.Backlight - s.Now.Sub(s.touched))
	}
	return next
}
