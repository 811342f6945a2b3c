package ui

import (
	"fmt"
	"strings"
	"time"

	"github.com/offhook/offhook/firmware/phone"
)

// textTime is how long a text stays open untouched: its pictures alternate.
const textTime = 2 * time.Minute

// attended are the lines of the menu about voice mail, colleagues and texts.
func (s State) attended() []entry {
	var all []entry
	if s.view.Mailbox != "" {
		news := ""
		switch n := s.view.Messages; {
		case n > 0 && s.view.Urgent:
			news = fmt.Sprint(n, " !")
		case n > 0:
			news = fmt.Sprint(n, " new")
		}
		all = append(all, entry{'3', "Voice mail", "Voice m.", news, noPage, ToPhone{phone.Press{Function: phone.FunctionMailbox}}})
	}
	if s.view.NumWatched > 0 {
		all = append(all, entry{key: '4', words: "Colleagues", narrow: "Colleagues", opens: watchPage})
	}
	if s.texts > 0 {
		unread := ""
		if n := s.view.Unread; n > 0 {
			unread = fmt.Sprint(n, " new")
		}
		all = append(all, entry{key: '5', words: "Texts", narrow: "Texts", right: unread, opens: textsPage})
	}
	return all
}

// replies is how many answers by text there are.
func (s State) replies() int {
	n := 0
	for n < MaxReplies && s.settings.Replies[n] != "" {
		n++
	}
	return n
}

// chooseAttended does what line n says: a colleague is called, or the call that rings there is picked up, a text read, a reply sent.
func (s State) chooseAttended(n int) (State, []Effect) {
	switch s.page {
	case watchPage:
		if n >= s.view.NumWatched {
			return s, nil
		}
		w := s.view.Watched[n]
		s.page = noPage
		if w.Pickup {
			return s, toPhone(phone.PickUp{Row: n})
		}
		return s, toPhone(phone.Call{Number: w.Number, Account: w.Account})
	case textsPage:
		t, there := s.textAt(n)
		if !there {
			return s, nil
		}
		s.page, s.cursor, s.open = textPage, 0, t
	case textPage:
		if s.replies() > 0 && s.open.Peer.Number != "" {
			s.page, s.cursor = replyPage, 0
		}
	case replyPage:
		if n >= s.replies() {
			return s, nil
		}
		s.page = noPage
		return s, toPhone(phone.Compose{Number: s.open.Peer.Number, Account: s.account(s.open.Account), Words: s.settings.Replies[n]})
	}
	return s, nil
}

// writeTo opens the words that can be sent to a colleague.
func (s State) writeTo(n int) State {
	if n >= s.view.NumWatched || s.replies() == 0 {
		return s
	}
	w := s.view.Watched[n]
	s.open = phone.Text{Peer: phone.Peer{Name: w.Label, Number: w.Number}}
	if w.Account >= 0 && w.Account < len(accounts(&s.view)) {
		s.open.Account = accounts(&s.view)[w.Account].Label
	}
	s.page, s.cursor = replyPage, 0
	return s
}

// textAt is text n of the list, if it has come.
func (s State) textAt(n int) (phone.Text, bool) {
	i := n - s.rows.Offset
	if s.rows.List != Texts || i < 0 || i >= min(s.rows.Count, PageRows) {
		return phone.Text{}, false
	}
	return s.rows.Texts[i], true
}

// text draws a whole text, picture by picture.
func (d drawer) text() [][]string {
	t := d.s.open
	words := plain(strings.ReplaceAll(t.Words, "\n", " "))
	who := name(phone.CallView{Peer: t.Peer})
	if !d.tall() {
		return d.cutPages(fold(who+": "+words, d.head()))
	}
	keys := "*Back"
	if d.s.replies() > 0 && t.Peer.Number != "" {
		keys = "*Back #Reply"
	}
	var pages [][]string
	lines := fold(words, d.cols)
	for len(lines) > 0 {
		n := min(d.rows-2, len(lines))
		page := []string{row(short(who, d.head()-6), d.when(t.At), d.head())}
		page = append(page, lines[:n]...)
		for len(page) < d.rows-1 {
			page = append(page, "")
		}
		pages, lines = append(pages, append(page, keys)), lines[n:]
	}
	return pages
}

// when is the time of today, else the day.
func (d drawer) when(at time.Time) string {
	if at.IsZero() || at.Year() < 2020 {
		return ""
	}
	at = at.In(d.s.Now.Location())
	if at.YearDay() != d.s.Now.YearDay() || at.Year() != d.s.Now.Year() {
		return at.Format("2 Jan")
	}
	return at.Format("15:04")
}

// attendedLine is line i of a list about colleagues or texts.
func (d drawer) attendedLine(i int, mark string, cols int) string {
	switch d.s.page {
	case watchPage:
		w := d.p.Watched[i]
		state := [...]string{
			phone.WatchUnknown: "?", phone.WatchIdle: "free", phone.WatchRinging: "rings",
			phone.WatchBusy: "busy", phone.WatchOffline: "away",
		}[w.State]
		who := mark + plain(w.Label)
		if w.State == phone.WatchUnknown { // the server does not tell, or has not yet
			state = pick(max(cols-width(who)-1, 1), "not told", "?")
		}
		if far := plain(w.Far); far != "" && w.State != phone.WatchUnknown && width(who)+width(far)+width(state)+3 <= cols {
			state += " " + far
		}
		return row(who, state, cols)
	case replyPage:
		return mark + fit(plain(d.s.settings.Replies[i]), cols-1)
	}
	t, there := d.s.textAt(i)
	if !there {
		return mark + "..."
	}
	at := d.when(t.At)
	return row(mark+short(name(phone.CallView{Peer: t.Peer}), cols-width(at)-2), at, cols)
}
