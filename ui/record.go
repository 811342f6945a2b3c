package ui

import (
	"strings"

	"github.com/offhook/offhook/firmware/phone"
)

// recorded adds to the state of a call that it is recorded: REC, which is worth more than what
// it displaces.
func (d drawer) recorded(c phone.CallView, status string) string {
	if !c.Recorded {
		return status
	}
	free := d.cols - 1 - width(timer(d.s.Now.Sub(c.Since)))
	brief := strings.TrimSpace(cut(status, free-4))
	switch {
	case d.p.Muted:
		brief = "muted"
	case c.Party:
		brief = "Conf."
	}
	return pick(free, status+" REC", brief+" REC")
}

// records is what the Record key would do now, in the words of the menu; "": nothing.
func (s State) records() (words, narrow string) {
	if !s.view.CanRecord {
		return "", ""
	}
	for _, c := range calls(&s.view) {
		switch {
		case c.ID != s.view.Focus || c.State != phone.Talking && c.State != phone.Joined:
		case c.Recorded:
			return "End recording", "End REC"
		default:
			return "Record call", "Record"
		}
	}
	return "", ""
}
