package ui

import (
	"fmt"
	"slices"
	"time"

	"github.com/offhook/offhook/firmware/doctor"
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
)

// A page is what the menu shows; noPage: no menu is open.
type page uint8

const (
	noPage page = iota
	menuPage
	callsPage
	bookPage
	volumePage
	infoPage
	aboutPage
	reloadPage
	watchPage
	textsPage
	textPage
	replyPage
	qualityPage // how the call in focus sounds
	detailPage  // one call of the log
	updatePage
	doctorPage // what the doctor found
	reportPage // what became of the report
)

// lasts is how long the page stays open untouched.
func (p page) lasts() time.Duration {
	switch p {
	case reloadPage:
		return reloadTime
	case textPage, qualityPage, updatePage, doctorPage, reportPage:
		return textTime
	}
	return pageTime
}

// An entry is one line of the menu: the key that picks it, its words for a wide and a narrow
// display, what stands at its right, the page that it opens, or what it does at once.
//
// The key is the same whatever else the menu has, so that fingers may learn it; a letter
// stands for none, and only tells the entry from others.
type entry struct {
	key                  hal.Key
	words, narrow, right string
	opens                page
	does                 Effect
}

// entries are the lines of the menu as things stand: nothing is offered that is not there.
func (s State) entries() []entry {
	var all []entry
	for _, a := range accounts(&s.view) {
		if a.State == phone.Refused {
			all = append(all, entry{'l', "Log in again", "Log in again", plain(a.Label), noPage,
				ToPhone{phone.Press{Function: phone.FunctionRetry}}})
			break
		}
	}
	if words := s.transfers(); words != "" {
		all = append(all, entry{'0', words, "Transfer", "", noPage, ToPhone{phone.Press{Function: phone.FunctionTransfer}}})
	}
	if words, narrow := s.joins(); words != "" {
		all = append(all, entry{'c', words, narrow, "", noPage, ToPhone{phone.Press{Function: phone.FunctionConference}}})
	}
	if words, narrow := s.records(); words != "" {
		all = append(all, entry{'t', words, narrow, "", noPage, ToPhone{phone.Press{Function: phone.FunctionRecord}}})
	}
	if s.judged() {
		all = append(all, entry{key: 'q', words: "How it sounds", narrow: "Sound", opens: qualityPage})
	}
	used := busy(s.view) && !rings(s.view)
	if used {
		all = append(all, s.voices()...)
	}
	missed := ""
	if s.view.Missed > 0 {
		missed = fmt.Sprint(s.view.Missed, " new")
	}
	all = append(all, entry{key: '1', words: "Calls", narrow: "Calls", right: missed, opens: callsPage})
	if s.book > 0 {
		all = append(all, entry{key: '2', words: "Phone book", narrow: "Phone book", right: fmt.Sprint(s.book), opens: bookPage})
	}
	disturb := ""
	if s.view.DND {
		disturb = "on"
	}
	all = append(all, s.attended()...)
	all = append(all,
		entry{key: '6', words: "Volume", narrow: "Volume", opens: volumePage},
		entry{'7', "Do not disturb", "No calls", disturb, menuPage, ToPhone{phone.Press{Function: phone.FunctionDND}}},
	)
	if !used {
		all = append(all, s.voices()...)
	}
	all = append(all,
		entry{key: '8', words: "Network", narrow: "Network", opens: infoPage},
		entry{key: '9', words: "Reload settings", narrow: "Reload", opens: reloadPage, does: Reload{}},
	)
	all = append(append(all, s.updateEntry()...), helpEntries...)
	return append(all,
		entry{key: 'r', words: "Usual volumes", narrow: "Usual volumes", opens: noPage, does: ToPhone{phone.Press{Function: phone.FunctionReset}}},
		entry{key: 'a', words: "About", narrow: "About", opens: aboutPage},
	)
}

// picked is the number of the menu's line that a key picks; -1: none.
func (s State) picked(k hal.Key) int {
	return slices.IndexFunc(s.entries(), func(e entry) bool { return e.key == k })
}

// follow keeps the cursor on its line of the menu while others come and go.
func (s State) follow(was State) State {
	if s.page != menuPage || was.page != menuPage || s.cursor != was.cursor {
		return s
	}
	before := was.entries()
	if s.cursor >= len(before) {
		return s
	}
	if i := s.picked(before[s.cursor].key); i >= 0 {
		s.cursor = i
	}
	return s
}

// transfers is what the Transfer key would do now, for phones without one; "": nothing.
func (s State) transfers() string {
	if s.view.Transfer != 0 {
		return "Complete transfer"
	}
	for _, c := range calls(&s.view) {
		switch {
		case c.ID != s.view.Focus:
		case c.State == phone.Talking:
			return "Transfer call"
		case c.State == phone.Joined:
			return "Leave them"
		}
	}
	return ""
}

// list is the store's list that the page shows.
func (s State) list() List {
	switch s.page {
	case bookPage:
		return Book
	case textsPage:
		return Texts
	}
	return Calls
}

// length is how many lines the cursor can stand on.
func (s State) length() int {
	switch s.page {
	case menuPage:
		return len(s.entries())
	case callsPage, bookPage, textsPage:
		return s.rows.Total
	case watchPage:
		return s.view.NumWatched
	case replyPage:
		return s.replies()
	case infoPage:
		return len(s.info(0))
	case qualityPage:
		return len(s.live())
	case doctorPage:
		return len(s.findings(hal.Size16x2.Cols))
	case detailPage:
		return len(drawer{s: &s}.details(s.entry))
	}
	return 0
}

// pageKey is a key while a page is open: * back, # OK, the menu key or 8 down, 2 up, a digit
// picks a line of the menu.
func (s State) pageKey(k hal.Key, f Function) (State, []Effect) {
	switch {
	case s.page == volumePage:
		return s.volumeKey(k, f)
	case s.page == updatePage:
		return s.updateKey(k, f)
	case k == '*':
		return s.back(), nil
	case k == '#' || f == Send:
		return s.choose(s.cursor)
	case s.page == callsPage && k == '0':
		return s.look(s.cursor), nil
	case s.page == watchPage && k == '0':
		return s.writeTo(s.cursor), nil
	case s.page == menuPage && k >= '0' && k <= '9':
		if n := s.picked(k); n >= 0 {
			return s.choose(n)
		}
	case f == Menu || f == VolumeDown || k == '8':
		return s.move(1)
	case f == VolumeUp || k == '2':
		return s.move(-1)
	case f == Reject || f == Mute:
		s.page = noPage
	}
	return s, nil
}

// volumeKey is a key on the volume page: 2 and 8 as in lists, up and down; * goes back as
// everywhere, and so does every other key.
func (s State) volumeKey(k hal.Key, f Function) (State, []Effect) {
	switch {
	case f == VolumeUp || k == '2':
		return s, toPhone(phone.Press{Function: phone.FunctionVolumeUp})
	case f == VolumeDown || k == '8':
		return s, toPhone(phone.Press{Function: phone.FunctionVolumeDown})
	}
	return s.back(), nil
}

// back goes to the menu from a page, to the line that opened it, and out of the menu.
func (s State) back() State {
	was := s.page
	s.cursor, s.page = 0, noPage
	switch was {
	case menuPage:
		s.left = s.Now
		return s
	case textPage:
		s.page = textsPage
		return s
	case detailPage:
		s.page, s.cursor = callsPage, s.from
		return s
	case replyPage:
		if s.page = textPage; s.open.Words == "" {
			s.page = watchPage
		}
		return s
	}
	s.page = menuPage
	for i, e := range s.entries() {
		if e.opens == was {
			s.cursor = i
		}
	}
	return s
}

func (s State) move(by int) (State, []Effect) {
	n := s.length()
	if n == 0 {
		return s, nil
	}
	s.cursor = (s.cursor + by + n) % n
	return s.ask()
}

// ask asks for the rows around the cursor, unless they are there.
func (s State) ask() (State, []Effect) {
	if s.page != callsPage && s.page != bookPage && s.page != textsPage {
		return s, nil
	}
	first := max(s.cursor-hal.MaxRows, 0)
	last := min(s.cursor+hal.MaxRows, s.rows.Total)
	if s.rows.List == s.list() && s.rows.Count > 0 && first >= s.rows.Offset && last <= s.rows.Offset+s.rows.Count {
		return s, nil
	}
	return s, []Effect{AskRows{List: s.list(), Offset: first, Count: PageRows}}
}

// choose does what line n of the page says.
func (s State) choose(n int) (State, []Effect) {
	switch s.page {
	case menuPage:
		all := s.entries()
		if n >= len(all) {
			return s, nil
		}
		s.page, s.cursor, s.reread, s.unasked = all[n].opens, 0, false, false
		s.found, s.report = doctor.Findings{}, ""
		if s.page == menuPage {
			s.cursor = n
		}
		if all[n].does != nil {
			return s, []Effect{all[n].does}
		}
		if s.page != callsPage && s.page != bookPage && s.page != textsPage {
			return s, nil
		}
		s.rows = Rows{List: s.list()}
		s, effects := s.ask()
		if s.page == callsPage {
			effects = append(effects, ToPhone{phone.Seen{}})
		}
		if s.page == textsPage {
			effects = append(effects, ToPhone{phone.Read{}})
		}
		return s, effects
	case watchPage, textsPage, textPage, replyPage:
		return s.chooseAttended(n)
	case detailPage:
		return s.call(s.entry)
	case callsPage, bookPage:
		e, there := s.row(n)
		if !there {
			return s, nil
		}
		return s.call(e)
	}
	return s.back(), nil
}

// call dials who an entry is about.
func (s State) call(e phone.Entry) (State, []Effect) {
	if e.Peer.Number == "" {
		return s, nil
	}
	s.page = noPage
	return s, toPhone(phone.Call{Number: e.Peer.Number, Account: s.account(e.Account)})
}

// look opens what is known of a call of the log.
func (s State) look(n int) State {
	if e, there := s.row(n); there {
		s.page, s.cursor, s.entry, s.from = detailPage, 0, e, n
	}
	return s
}

// row is entry n of the list that is open, if it has come.
func (s State) row(n int) (phone.Entry, bool) {
	i := n - s.rows.Offset
	if s.rows.List != s.list() || i < 0 || i >= min(s.rows.Count, PageRows) {
		return phone.Entry{}, false
	}
	return s.rows.Rows[i], true
}

// account is the index of the account with that label; -1: none, the phone chooses.
func (s State) account(label string) int {
	for i, a := range accounts(&s.view) {
		if a.Label == label && label != "" {
			return i
		}
	}
	return -1
}
