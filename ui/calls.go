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
		if c.Recall {
			pages = d.cutPages(d.recall(c))
		}
	case phone.Leaving:
		pages = d.cutPages(d.leaving(c))
	case phone.Over:
		pages = d.cutPages(d.over(c))
	case phone.Calling, phone.FarRinging, phone.Early:
		pages = d.cutPages(d.outgoing(c))
		if !d.tall() && !d.p.OffHook {
			pages = append(pages, []string{pages[0][0], d.talkHint()})
		}
	default:
		pages = d.cutPages(d.talking(c))
		if word, _ := d.voice(); word != "" {
			pages = append(pages, d.withoutHandset(pages[0], c)...)
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

// who is the name in the first row.
func (d drawer) who(c phone.CallView) string {
	if head := d.head(); head < d.cols {
		return short(name(c), head)
	}
	return cut(name(c), d.cols)
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
	second, progress := d.withVoice(number(c), words, since)
	news := plain(c.News)
	if !d.tall() {
		progress = row(words, since, d.cols)
		if news != "" {
			progress = brief(news, d.cols)
		}
		return []string{d.who(c), progress}
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
	return []string{d.who(c), fit(second, d.cols), progress, end}
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
			return []string{d.who(c), pick(d.cols, number(c)+" "+news, news)}
		}
		if number(c) == "" {
			second = row("calls you", label, d.cols)
		}
		return []string{d.who(c), second}
	}
	calls := "calls you"
	if label != "" {
		calls = pick(d.cols, calls+" on "+label, "calls on "+label)
	}
	if news := plain(c.News); news != "" {
		calls = pick(d.cols, calls+" "+news, "calls "+news, news)
	}
	lift := "Lift to answer"
	if k := d.s.keyOf(Mute); k != "" {
		lift = row("Lift", k+" "+mute, d.cols)
	}
	return []string{d.who(c), fit(number(c), d.cols), calls, lift}
}

func (d drawer) talking(c phone.CallView) []string {
	since := timer(d.s.Now.Sub(c.Since))
	status := d.status(c, d.cols-1-width(since))
	if !d.tall() {
		return []string{d.who(c), row(status, since, d.cols)}
	}
	second, third := d.withVoice(number(c), status, since)
	if d.p.Notice != "" {
		third = noteRow(plain(d.p.Notice), d.cols)
	}
	return []string{d.who(c), second, third, d.talkingKeys(c)}
}

// talkingKeys are the keys for a call that stands: the menu's where there is room.
func (d drawer) talkingKeys(c phone.CallView) string {
	hold, right, mute := "Hold", Mute, "Mute"
	if d.p.Muted {
		mute = "Unmute"
	}
	if len(calls(d.p)) > 1 {
		hold = "Swap"
	}
	switch joins, _ := d.s.joins(); {
	case d.p.Transfer != 0 && d.s.keyOf(Transfer) != "":
		if c.State == phone.Held {
			hold = "Resume"
		}
		return d.hints(Hold, hold, Transfer, pick(d.cols-width(hold)-5, "Transfer", "Xfer"))
	case c.State == phone.Held:
		if d.hints(None, "", Menu, "Menu") == "" {
			return d.hints(Hold, "Resume", Mute, mute)
		}
		return d.hints(Hold, "Resume", Menu, "Menu")
	case joins != "" && d.p.Transfer == 0 && d.s.keyOf(Conference) != "":
		right, mute = Conference, "Join"
	}
	return d.withMenu(d.hints(Hold, hold, right, mute))
}

// withMenu puts the menu's key between two others, where there is room.
func (d drawer) withMenu(keys string) string {
	k := d.s.keyOf(Menu)
	if k == "" || keys == "" {
		return keys
	}
	words := k + " Menu"
	left, right, both := strings.Cut(keys, "  ")
	if right = strings.TrimSpace(right); !both || right == "" {
		return keys
	}
	free := d.cols - width(left) - width(right) - width(words)
	if free < 2 {
		return keys
	}
	return left + strings.Repeat(" ", free/2) + words + strings.Repeat(" ", free-free/2) + right
}

// status is what stands before the timer, in at most free letters: the codec, or what keeps
// the voice away.
func (d drawer) status(c phone.CallView, free int) string {
	switch {
	case c.State == phone.Held:
		return "Held"
	case c.FarHeld:
		return "Held there"
	case d.s.silent(c):
		return pick(free, "Nothing heard", "No sound")
	}
	codec, lock := plain(c.Codec), ""
	if c.Secure {
		lock = string(hal.GlyphLock)
	}
	switch {
	case d.p.Muted:
		return pick(free, strings.TrimSpace(codec+lock+" muted"), strings.TrimSpace(lock+" muted"))
	case c.Secure && d.wide():
		return codec + "  secure"
	}
	return codec + lock
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
		rows := append([]string{d.who(c)}, wrap(cause, d.cols, 0)...)
		for len(rows) < 3 {
			rows = append(rows, "")
		}
		return append(rows, end)
	}
	reason := wrap(cause, d.cols, 0)
	if len(reason) == 1 {
		return []string{d.who(c), reason[0]}
	}
	return append(reason, d.who(c), end)
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
