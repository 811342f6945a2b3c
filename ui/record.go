package ui

import (
	"github.com/offhook/offhook/firmware/phone"
)

// recording is what stands in the corner of every picture while a call is recorded: whatever
// else a display has to say, a person sees that this is kept. "held REC" is a call on hold
// beside the one that is drawn.
func (d drawer) recording() string {
	mark := ""
	for _, c := range calls(d.p) {
		if !c.Recorded {
			continue
		}
		if focus := d.focus(); c.State != phone.Held || c.ID == focus.ID || c.Party && focus.Party {
			return "REC"
		}
		mark = "held REC"
	}
	return mark
}

// head is how wide the first row of a picture may be: the corner is taken while a call is
// recorded.
func (d drawer) head() int {
	if mark := d.recording(); mark != "" {
		return max(d.cols-1-width(mark), 0)
	}
	return d.cols
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
