package ui

import (
	"strings"

	"github.com/offhook/offhook/firmware/phone"
)

// leaving is a call that is given away: to whom, since when it stands, and how to have it back.
func (d drawer) leaving(c phone.CallView) []string {
	to := plain(c.News)
	since := timer(d.s.Now.Sub(c.Since))
	words := pick(d.cols-6, "Transferring", "Transfer")
	if !d.tall() {
		if to != "" {
			who := strings.TrimPrefix(to, "to ")
			words = pick(d.cols-6, "Transfer "+to, "To "+who, "To "+short(who, d.cols-9))
		}
		return []string{d.who(c), row(words, since, d.cols)}
	}
	third := row(words, since, d.cols)
	if d.p.Notice != "" {
		third = noteRow(plain(d.p.Notice), d.cols)
	}
	second := number(c)
	if to != "" {
		second = to
	}
	return []string{d.who(c), fit(second, d.cols), third, d.hints(Hold, "Take back", Reject, "End")}
}

// recall is a call of our own on hold that rings back, for the handset was laid down or a
// transfer of it failed: nobody calls.
func (d drawer) recall(c phone.CallView) []string {
	held := row(pick(d.cols-6, "Still on hold", "On hold"), timer(d.s.Now.Sub(c.Since)), d.cols)
	why := ""
	if d.p.Notice != "" {
		why = noteRow(plain(d.p.Notice), d.cols)
	}
	if !d.tall() {
		if why != "" {
			held = why
		}
		return []string{d.who(c), held}
	}
	second := number(c)
	if why != "" {
		second = why
	}
	mute := "Silence"
	if c.Silenced {
		mute = "End"
	}
	lift := "Lift to talk"
	if k := d.s.keyOf(Mute); k != "" {
		lift = row(pick(d.cols-1-width(k+" "+mute), "Lift to talk", "Lift"), k+" "+mute, d.cols)
	}
	return []string{d.who(c), fit(second, d.cols), held, lift}
}

// transferred is the end of a transfer: to whom, and what can be done now. nil: the notice is of
// something else.
func (d drawer) transferred() []string {
	to, done := strings.CutPrefix(plain(d.p.Notice), "Transferred to ")
	if !done {
		return nil
	}
	rows := []string{"Transferred", pick(d.cols, "to "+to, to)}
	if d.tall() {
		rows = append(rows, "", d.hints(Menu, "Menu", Redial, d.ifRedial()))
	}
	return rows
}
