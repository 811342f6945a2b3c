package ui

import (
	"fmt"
	"strings"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
)

// page draws what the menu shows.
func (d drawer) page() [][]string {
	switch d.s.page {
	case volumePage:
		return d.cutPages(d.volume())
	case reloadPage:
		if later := d.s.Notices.Later; later != "" {
			return d.cutPages(append([]string{"After the calls:"}, wrap(plain(later), d.cols, 3)...))
		}
		return [][]string{{"Reading", d.file()}}
	case textPage:
		return d.text()
	case aboutPage:
		return d.cutPages([]string{strings.TrimSpace("Offhook " + plain(d.s.settings.Version)), plain(d.p.Name), plain(d.s.Notices.Network.Address), d.file()})
	}
	return [][]string{d.scrolled()}
}

// scrolled draws a list: a title with the keys on a tall display, then as many lines as
// fit with the cursor among them; an arrow where more follow.
func (d drawer) scrolled() []string {
	n := d.s.length()
	var rows []string
	if d.tall() {
		rows = append(rows, "")
	}
	lines := d.rows - len(rows)
	if lines <= 0 {
		return nil
	}
	top := max(min(d.s.cursor-lines/2, n-lines), 0)
	more := top+lines < n
	if d.tall() {
		rows[0] = d.title(more)
	}
	for i := top; i < min(top+lines, n); i++ {
		mark, cols := " ", d.cols
		if i == d.s.cursor {
			mark = ">"
		}
		if !d.tall() && more && i == top+lines-1 {
			cols -= 2
		}
		line := d.line(i, mark, cols)
		if cols < d.cols {
			line = row(line, string(hal.GlyphArrow), d.cols)
		}
		rows = append(rows, line)
	}
	if n == 0 {
		rows = append(rows, "Nothing here")
	}
	return rows
}

// title is the name of the page and the keys that work on it: "Menu  *Back #OK  Av".
func (d drawer) title(more bool) string {
	name, ok := "Menu", "#OK"
	switch d.s.page {
	case callsPage:
		name, ok = "Calls", "#Dial 0More"
	case detailPage:
		name, ok = "Call", "#Dial"
	case qualityPage:
		name, ok = "Sound", ""
	case bookPage:
		name, ok = "Book", "#Dial"
	case infoPage:
		name, ok = "Network", ""
	case watchPage:
		name, ok = "Watch", "#Call"
		if d.p.Watched[min(d.s.cursor, phone.MaxWatched-1)].Pickup {
			ok = "#Take"
		}
		if d.s.replies() > 0 {
			ok += " 0Text"
		}
	case textsPage:
		name, ok = "Texts", "#Read"
	case replyPage:
		name, ok = "Reply", "#Send"
	}
	next := ""
	if more {
		next = d.s.keyOf(Menu) + string(hal.GlyphArrow)
	}
	back := "*Back "
	if strings.Contains(ok, " ") {
		back = "" // no room, and * goes back everywhere
	}
	return row(pick(d.cols, strings.TrimSpace(fmt.Sprintf("%-5s %s%s", name, back, ok))), next, d.cols)
}

// line is line i of the list.
func (d drawer) line(i int, mark string, cols int) string {
	switch d.s.page {
	case menuPage:
		e := d.s.entries()[i]
		words := e.words
		if width(words) > cols-4-width(e.right) {
			words = e.narrow
		}
		key := ' '
		if digit(e.key) {
			key = rune(e.key)
		}
		line := fmt.Sprintf("%s%c %s", mark, key, words)
		if width(line)+1+width(e.right) > cols {
			return cut(line, cols)
		}
		return row(line, e.right, cols)
	case infoPage:
		return cut(mark+d.s.info()[i], cols)
	case qualityPage:
		return cut(mark+d.s.live()[i], cols)
	case detailPage:
		return cut(mark+d.details(d.s.entry)[i], cols)
	case watchPage, textsPage, replyPage:
		return d.attendedLine(i, mark, cols)
	}
	e, there := d.s.row(i)
	if !there {
		return mark + "..."
	}
	who := name(phone.CallView{Peer: e.Peer})
	if d.s.page == bookPage {
		if number := plain(e.Peer.Number); width(who)+width(number)+2 <= cols {
			return row(mark+who, number, cols)
		}
		return cut(mark+who, cols)
	}
	at := d.when(e.Started)
	mark += d.outcome(e)
	return row(mark+short(who, cols-width(at)-1-width(mark)), at, cols)
}

// outcome says in a column of its own what became of a call of the log; a narrow display
// has a letter for it: o went out, i came in, ! missed, x refused or failed.
func (d drawer) outcome(e phone.Entry) string {
	word, letter := "in", "i"
	switch {
	case e.Outcome == phone.OutcomeMissed:
		word, letter = "miss", "!"
	case e.Outcome == phone.OutcomeRejected:
		word, letter = "no", "x"
	case e.Outcome == phone.OutcomeBusy, e.Outcome == phone.OutcomeFailed:
		word, letter = "fail", "x"
	case e.Outgoing:
		word, letter = "out", "o"
	}
	if d.wide() {
		return fmt.Sprintf("%-4s ", word)
	}
	return letter + " "
}

// info are the lines about the network and the accounts.
func (s State) info() []string {
	lines := []string{"No network"}
	switch n := s.Notices.Network; {
	case n.Address != "":
		lines[0] = plain(n.Address)
	case n.Words != "":
		lines[0] = plain(n.Words)
	}
	for _, a := range accounts(&s.view) {
		lines = append(lines, accountName(a)+" "+stateWords(a), " "+plain(a.Domain))
		if a.Words != "" && a.State != phone.Registered {
			lines = append(lines, " "+plain(a.Words))
		}
	}
	return lines
}

// volume is the page that changes a volume: the ear's while it listens, else the ring's.
func (d drawer) volume() []string {
	which := "Ring volume"
	if d.adjusts() == phone.AdjustedEar {
		which = "Ear volume"
		if where := d.elsewhere(); where != "" {
			which = where + " volume"
		}
	}
	if !d.tall() {
		return []string{row(pick(d.cols-6, which, "Volume"), "*- #+", d.cols), d.volumeBar()}
	}
	back := ""
	if k := d.s.keyOf(Menu); k != "" {
		back = k + " Back"
	}
	return []string{row(pick(d.cols-1-width(back), which, "Volume"), back, d.cols), "", d.volumeBar(), row("* Less", "# More", d.cols)}
}

// adjusts is the volume that the page changes, by the rule of the phone; without the page, the
// one that was just changed.
func (d drawer) adjusts() phone.Adjusted {
	switch {
	case d.s.page != volumePage:
		return d.p.Adjusted
	case d.p.OffHook || d.p.HandsFree:
		return phone.AdjustedEar
	}
	return phone.AdjustedRing
}

// volumeBar is a volume in a row: "Ear  ######---    60".
func (d drawer) volumeBar() string {
	words, level := "Ring", d.p.Ring
	if d.adjusts() == phone.AdjustedEar {
		words, level = "Ear", d.p.Ear
		if d.elsewhere() != "" {
			words = [...]string{phone.OnHeadset: "Head", phone.OnSpeaker: "Spkr"}[d.p.Voice]
		}
	}
	level = max(min(level, 100), 0)
	right := fmt.Sprintf("%3d", level)
	steps := max(d.cols-5-width(right)-1, 0)
	full := (level*steps + 50) / 100
	return row(fmt.Sprintf("%-4s ", words)+strings.Repeat("#", full)+strings.Repeat("-", steps-full), right, d.cols)
}
