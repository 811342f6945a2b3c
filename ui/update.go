package ui

import (
	"fmt"
	"strings"

	"github.com/offhook/offhook/hal"
)

// Update is how an update of the phone's software stands, as the notices tell it.
type Update struct {
	Stage   UpdateStage
	Version string // that is offered, written or tried: "v1.3.0"
	From    string // "USB stick", "card", "server"
	Percent int    // written
	Note    string // what went wrong, or well, lately
}

// An UpdateStage is where an update is.
type UpdateStage uint8

const (
	UpdateNone       UpdateStage = iota // this phone is not updated in this way
	UpdateIdle                          // there is none
	UpdateOffered                       // it waits for an answer
	UpdateInstalling                    // it is being written
	UpdateWaiting                       // it is written; a call is up
	UpdateRestarting                    //
	UpdateTrial                         // it runs, and has to prove itself
)

// AnswerUpdate answers an offer.
type AnswerUpdate struct{ Yes bool }

func (AnswerUpdate) effect() {}

// updates opens the page at rest when there is something that nobody has seen.
func (s State) updates(was Update) State {
	now := s.Notices.Update
	news := now.Stage != was.Stage && now.Stage > UpdateIdle && now.Stage != UpdateTrial || now.Note != was.Note && now.Note != ""
	if news && s.page == noPage && !busy(s.view) && s.Notices.Config.Words == "" {
		s.page, s.cursor, s.touched, s.unasked = updatePage, 0, s.Now, true
	}
	return s
}

// updateEntry is the menu's line about it.
func (s State) updateEntry() []entry {
	u := s.Notices.Update
	if u.Stage == UpdateNone {
		return nil
	}
	right := ""
	switch u.Stage {
	case UpdateOffered:
		right = "new"
	case UpdateInstalling:
		right = fmt.Sprint(u.Percent, "%")
	}
	return []entry{{key: 'u', words: "Update", narrow: "Update", right: right, opens: updatePage}}
}

// updateKey is a key on that page: # installs what is offered, 0 does not, every other key goes
// back.
func (s State) updateKey(k hal.Key, f Function) (State, []Effect) {
	yes := k == '#' || f == Send
	if s.Notices.Update.Stage == UpdateOffered && (yes || k == '0') {
		if !yes {
			s = s.leave()
		}
		return s, []Effect{AnswerUpdate{Yes: yes}}
	}
	return s.leave(), nil
}

// leave goes back to where the page was opened: to the menu, or to the phone at rest.
func (s State) leave() State {
	if s = s.back(); s.unasked {
		s.page, s.left = noPage, s.Now
	}
	return s
}

// update is the page: what is there, what happens with it, what has happened.
func (d drawer) update() [][]string {
	u := d.s.Notices.Update
	version := plain(u.Version)
	if width(version) > d.cols-len("Update ") { // "v1.2.0-14-gabcdef0": what comes behind tells builds apart
		version, _, _ = strings.Cut(version, "-g")
	}
	title := pick(d.head(), "Update "+version, version)
	switch u.Stage {
	case UpdateOffered:
		from := pick(d.cols, "on the "+plain(u.From), plain(u.From))
		if !d.tall() {
			return [][]string{{title, pick(d.cols, "#Install 0No *Later", "#Yes 0No *Later")}}
		}
		return [][]string{{title, from, "Install it?", pick(d.cols, "#Install 0No *Later", "#Yes 0No *Later")}}
	case UpdateInstalling:
		bar := max(d.cols-5, 0)
		full := min(max(u.Percent, 0), 100) * bar / 100
		rows := []string{pick(d.head(), "Installing "+version, "Installing"), row(strings.Repeat("#", full)+strings.Repeat("-", bar-full), fmt.Sprint(u.Percent, "%"), d.cols)}
		if d.tall() {
			rows = append(rows, "", pick(d.cols, "Calls go on"))
		}
		return [][]string{rows}
	case UpdateWaiting:
		return [][]string{{title, pick(d.cols, "After the call", "After call")}}
	case UpdateRestarting:
		return [][]string{{title, "Restarting"}}
	case UpdateTrial:
		return [][]string{{title, "Being tried"}}
	}
	if u.Note != "" {
		return d.cutPages(wrap(plain(u.Note), d.cols, 0))
	}
	return d.cutPages(append([]string{pick(d.head(), "No update found")}, wrap("Plug in a USB stick with the file", d.cols, 0)...))
}
