package ui

import (
	"strings"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
)

// calls draws the call in focus; where one waits, that and the one it interrupts; the
// others in turn in the last row.
func (d drawer) calls() [][]string {
	c := d.focus()
	if w, waits := find(d.p, phone.Waiting); waits && w.ID != c.ID {
		return d.cutPages(d.waitingCall(c, w))
	}
	var pages [][]string
	if other, met := d.partner(c); met {
		return d.withOthers(d.cutPages(d.conference(c, other)), c)
	}
	switch c.State {
	case phone.Ringing, phone.Waiting:
		pages = d.cutPages(d.incoming(c))
	case phone.Over:
		pages = d.cutPages(d.over(c))
	case phone.Calling, phone.FarRinging, phone.Early:
		pages = d.cutPages(d.outgoing(c))
		if !d.tall() && !d.p.OffHook {
			pages = append(pages, []string{pages[0][0], d.talkHint()})
		}
	default:
		pages = d.cutPages(d.talking(c))
		if d.elsewhere() != "" && c.State != phone.Leaving {
			pages = append(pages, d.handsFree(pages[0]))
		}
		if d.s.Notices.Sound != d.s.sound && d.s.Notices.Sound != "" {
			pages = append(pages, d.lostSound(pages[0]))
		}
		if q, known := d.s.measured(c); known && d.s.settings.Quality && c.State == phone.Talking {
			pages = append(pages, d.figures(pages[0], q))
		}
	}
	return d.withOthers(pages, c)
}

// focus is the call that has the handset, or the one that matters most.
func (d drawer) focus() phone.CallView {
	for _, c := range calls(d.p) {
		if c.ID == d.p.Focus && c.ID != 0 {
			return c
		}
	}
	for _, state := range []phone.CallState{phone.Ringing, phone.Talking, phone.Joined, phone.Early, phone.FarRinging, phone.Calling, phone.Held, phone.Leaving, phone.Over} {
		if c, there := find(d.p, state); there {
			return c
		}
	}
	all := calls(d.p)
	return all[0]
}

// name is who a call is with; number is "" where the name is the number already.
func name(c phone.CallView) string {
	for _, text := range []string{plain(c.Peer.Name), plain(c.Peer.Number)} {
		if text != "" {
			return text
		}
	}
	return "Unknown"
}

func number(c phone.CallView) string {
	if plain(c.Peer.Name) == "" {
		return ""
	}
	return plain(c.Peer.Number)
}

func (d drawer) label(c phone.CallView) string {
	if c.Account < 0 || c.Account >= len(accounts(d.p)) {
		return ""
	}
	return plain(d.p.Accounts[c.Account].Label)
}

func (d drawer) outgoing(c phone.CallView) []string {
	words := "Calling"
	switch {
	case c.State == phone.FarRinging:
		words = "Ringing"
	case c.State == phone.Early:
		words = "Connecting"
	}
	since := timer(d.s.Now.Sub(c.Since))
	progress, second := row(words, since, d.cols), number(c)
	news := plain(c.News)
	if !d.tall() {
		if news != "" {
			progress = brief(news, d.cols)
		}
		return []string{cut(name(c), d.cols), progress}
	}
	if news != "" {
		second = brief(news, d.cols)
	}
	end := "Hang up to cancel"
	if !d.p.OffHook {
		end = d.talkHint()
	}
	switch k := d.s.keyOf(Transfer); {
	case d.p.Transfer != 0 && k != "":
		end = k + " Transfer"
	case d.p.Notice != "":
		end = noteRow(plain(d.p.Notice), d.cols)
	}
	return []string{cut(name(c), d.cols), cut(second, d.cols), progress, end}
}

// brief is the news of a call in one row, the number in it kept whole where that is possible.
func brief(news string, cols int) string {
	shorter := func(with string) string {
		return strings.NewReplacer("Forwarded to", with, "Server not answering", "Server silent").Replace(news)
	}
	return pick(cols, news, shorter("Fwd to"), shorter("Fwd"))
}

func (d drawer) incoming(c phone.CallView) []string {
	label := d.label(c)
	mute := "Silence"
	if c.Silenced {
		mute = "Reject"
	}
	if !d.tall() {
		second := row(number(c), label, d.cols)
		if news := plain(c.News); news != "" {
			return []string{cut(name(c), d.cols), pick(d.cols, number(c)+" "+news, news)}
		}
		if number(c) == "" {
			second = row("calls you", label, d.cols)
		}
		return []string{cut(name(c), d.cols), second}
	}
	calls := "calls you"
	if label != "" {
		calls += " on " + label
	}
	if news := plain(c.News); news != "" {
		calls = pick(d.cols, calls+" "+news, "calls "+news, news)
	}
	lift := "Lift to answer"
	if k := d.s.keyOf(Mute); k != "" {
		lift = row("Lift", k+" "+mute, d.cols)
	}
	return []string{cut(name(c), d.cols), cut(number(c), d.cols), cut(calls, d.cols), lift}
}

func (d drawer) talking(c phone.CallView) []string {
	since := timer(d.s.Now.Sub(c.Since))
	status := d.status(c)
	if !d.tall() {
		return []string{cut(name(c), d.cols), row(status, since, d.cols)}
	}
	hold, mute := "Hold", "Mute"
	if c.State == phone.Held {
		hold = "Resume"
	} else if len(calls(d.p)) > 1 {
		hold = "Swap"
	}
	if d.p.Muted {
		mute = "Unmute"
	}
	keys := d.hints(Hold, hold, Mute, mute)
	if d.p.Transfer != 0 && d.s.keyOf(Transfer) != "" {
		keys = d.hints(Hold, hold, Transfer, pick(d.cols-width(hold)-5, "Transfer", "Xfer"))
	}
	if words, _ := d.s.joins(); words != "" && d.p.Transfer == 0 && d.s.keyOf(Conference) != "" {
		keys = d.hints(Hold, hold, Conference, "Join")
	}
	if c.State == phone.Leaving {
		keys = ""
	}
	third := row(status, since, d.cols)
	if d.p.Notice != "" {
		third = noteRow(plain(d.p.Notice), d.cols)
	}
	return []string{cut(name(c), d.cols), cut(number(c), d.cols), third, keys}
}

// status is what stands before the timer: the codec, or what keeps the voice away.
func (d drawer) status(c phone.CallView) string {
	switch {
	case c.State == phone.Held:
		return d.recorded(c, "Held")
	case c.State == phone.Leaving:
		return pick(d.cols-6, "Transferring", "Transfer")
	case c.FarHeld:
		return d.recorded(c, "Held there")
	case d.s.silent(c):
		return pick(d.cols-6, "Nothing heard", "No sound")
	}
	codec, secure := plain(c.Codec), ""
	if c.Secure {
		secure = string(hal.GlyphLock)
		if d.wide() && !d.p.Muted && !c.Recorded {
			secure = "  secure"
		}
	}
	words := codec + secure
	if d.p.Muted {
		words = strings.TrimSpace(words + " muted")
	}
	return d.recorded(c, words)
}

func (d drawer) over(c phone.CallView) []string {
	cause := plain(c.Cause)
	if cause == "" {
		cause = "Call ended"
	}
	end := ""
	if d.p.OffHook {
		end = "Hang up"
	}
	if d.tall() {
		rows := append([]string{cut(name(c), d.cols)}, wrap(cause, d.cols, 2)...)
		for len(rows) < 3 {
			rows = append(rows, "")
		}
		return append(rows, end)
	}
	reason := wrap(cause, d.cols, 2)
	if len(reason) == 1 {
		return []string{cut(name(c), d.cols), reason[0]}
	}
	return append(reason, cut(name(c), d.cols), end)
}

// noteRow is a notice in one row, with its reason where the width has to be shared.
func noteRow(notice string, cols int) string {
	why, failed := strings.CutPrefix(notice, "Transfer failed: ")
	if failed {
		return pick(cols, notice, "Failed: "+why, why)
	}
	if why, failed := strings.CutPrefix(notice, "Not recorded: "); failed {
		return pick(cols, notice, "No REC: "+strings.TrimPrefix(why, "the "), why)
	}
	return pick(cols, notice, strings.Replace(notice, "Transferred to", "Now", 1))
}
