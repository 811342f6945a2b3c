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
		return d.reload()
	case textPage:
		return d.text()
	case updatePage:
		return d.update()
	case doctorPage:
		return d.examination()
	case reportPage:
		return d.report()
	case aboutPage:
		return d.cutPages(d.about())
	}
	return [][]string{d.scrolled()}
}

// about is what this phone is: its version, its name, its address, and the settings that it has.
func (d drawer) about() []string {
	settings := "Built-in settings"
	if d.s.settings.File != "" {
		settings = plain(d.s.settings.File)
	}
	return []string{fit(strings.TrimSpace("Offhook "+plain(d.s.settings.Version)), d.cols), fit(plain(d.p.Name), d.cols),
		fit(plain(d.s.Notices.Network.Address), d.cols), pick(d.cols, settings, "No settings file")}
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
		rows[0] = d.title()
	}
	for i := top; i < min(top+lines, n); i++ {
		mark, cols := " ", d.cols
		if i == d.s.cursor {
			mark = ">"
		}
		if len(rows) == 0 {
			cols = d.head()
		}
		if last := i == top+lines-1; more && last && !d.tall() {
			rows = append(rows, row(d.line(i, mark, cols-2), string(hal.GlyphArrow), cols))
			continue
		}
		rows = append(rows, d.line(i, mark, cols))
	}
	if n == 0 {
		rows = append(rows, "Nothing here")
	}
	return rows
}

// title is the name of the page and the keys that work on it: "Menu  *Back #OK   Av". Where
// there is no room it is left to say what is said by the list itself, then * for back, which
// is the same everywhere.
func (d drawer) title() string {
	name, keys := "Menu", "#OK"
	switch d.s.page {
	case callsPage:
		name, keys = "Calls", "#Dial 0Info"
	case detailPage:
		name, keys = "Call", "#Dial"
	case qualityPage:
		name, keys = "Sound", ""
	case doctorPage:
		name, keys = "Doctor", ""
	case bookPage:
		name, keys = "Book", "#Dial"
	case infoPage:
		name, keys = "Network", ""
	case watchPage:
		name, keys = "Colleagues", "#Call"
		if d.p.Watched[min(d.s.cursor, phone.MaxWatched-1)].Pickup {
			keys = "#Take"
		}
		if d.s.replies() > 0 {
			keys += " 0Text"
		}
	case textsPage:
		name, keys = "Texts", "#Read"
	case replyPage:
		name, keys = "Reply", "#Send"
	}
	moves := ""
	if k := d.s.keyOf(Menu); d.s.length() > 1 && k != "" {
		moves = k + string(hal.GlyphArrow)
	}
	if d.s.length() == 0 {
		keys = ""
	}
	free := d.head()
	if moves != "" {
		free -= 1 + width(moves)
	}
	title := fmt.Sprintf("%-5s ", name)
	all := strings.TrimSpace("*Back " + keys)
	title = pick(free, title+all, all, title+keys, keys)
	return row(title, moves, d.head())
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
	case doctorPage:
		return mark + d.s.findings(cols - 1)[i]
	case infoPage:
		return mark + d.s.info(cols - 1)[i]
	case qualityPage:
		line := mark + d.s.live()[i]
		return pick(cols, line, strings.Replace(line, ", MOS", "", 1))
	case detailPage:
		return mark + fit(d.details(d.s.entry)[i], cols-1)
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

// infoCols are the letters of a reason that fit a line of the network page on any display.
const infoCols = 14

// info are the lines about the network and the accounts, as many whatever cols is.
func (s State) info(cols int) []string {
	first := "No network"
	switch n := s.Notices.Network; {
	case n.Address != "":
		first = plain(n.Address)
	case n.Needless:
		first = "This computer"
	case n.Words != "":
		first = plain(n.Words)
	}
	lines := fold(first, infoCols+1)
	for _, a := range accounts(&s.view) {
		state, why := stateWords(a), ""
		if a.State != phone.Registered {
			why = plain(a.Words)
		}
		if why == state && width(state) > len("registering") {
			state = "offline" // all of it comes below
		}
		lines = append(lines, pick(cols, accountName(a)+" "+state, plain(a.Label)+" "+state, plain(a.Label)+" "+aside(a)), " "+fit(plain(a.Domain), cols-1))
		if why != "" {
			for _, l := range fold(why, infoCols) {
				lines = append(lines, " "+l)
			}
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
		return []string{row(pick(d.head()-6, which, "Volume"), "8- 2+", d.head()), d.volumeBar()}
	}
	return []string{row(pick(d.head()-6, which, "Volume"), "*Back", d.head()), "", d.volumeBar(), row("8 Softer", "2 Louder", d.cols)}
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
