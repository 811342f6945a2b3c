package ui

import (
	"strings"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
)

// withOthers adds, for each other call, a picture whose last row tells of it.
func (d drawer) withOthers(pages [][]string, c phone.CallView) [][]string {
	first, alone := pages[0], len(pages)
	for _, other := range calls(d.p) {
		if other.ID == c.ID || other.Party && c.Party || len(pages)-alone > hal.MaxRows {
			continue
		}
		rows := append([]string(nil), first...)
		for len(rows) < d.rows {
			rows = append(rows, "")
		}
		rows[d.rows-1] = d.oneRow(other, d.cols)
		pages = append(pages, rows)
	}
	return pages
}

func (d drawer) waitingCall(c, w phone.CallView) []string {
	if !d.tall() {
		return []string{d.oneRow(w, d.head()), d.oneRow(c, d.cols)}
	}
	return []string{d.oneRow(c, d.head()), d.oneRow(w, d.cols), row(number(w), d.label(w), d.cols), d.hints(Hold, "Take", Mute, "Reject")}
}

// oneRow is a call in a row of cols: "Held  Anna S.  01:10".
func (d drawer) oneRow(c phone.CallView, cols int) string {
	words := pick(cols, callWords(c))
	time := ""
	if c.State == phone.Talking || c.State == phone.Held || c.State == phone.Joined {
		time = timer(d.s.Now.Sub(c.Since))
	}
	if d.wide() {
		words += strings.Repeat(" ", max(6-width(words), 1))
	} else {
		words += ": "
	}
	free := cols - width(words)
	if free-width(time)-1 < 3 {
		time = "" // rather who it is than how long already
	}
	if time != "" {
		free -= width(time) + 1
	}
	return row(words+short(name(c), free), time, cols)
}

// callWords is a call's state in a word, for a list of calls.
func callWords(c phone.CallView) string {
	switch c.State {
	case phone.Held:
		return "Held"
	case phone.Talking:
		return "Talk"
	case phone.Joined:
		return "Conf"
	case phone.Over:
		return "Over"
	case phone.Leaving:
		return "Moves"
	case phone.Ringing, phone.Waiting:
		if c.Recall {
			return "Held"
		}
		return "Rings"
	}
	return "Calls"
}
