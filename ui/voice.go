package ui

import (
	"strings"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
)

// elsewhere is what has the voice in place of the handset, in a word; "": nothing has.
func (d drawer) elsewhere() string {
	if !d.p.OffHook && !d.p.HandsFree {
		return ""
	}
	switch d.p.Voice {
	case phone.OnHeadset:
		return "Headset"
	case phone.OnSpeaker:
		return "Speaker"
	}
	return ""
}

// voice is what the user hears and speaks with, in a word and in a short one; "": nothing is
// open. The handset, which is in the hand that holds it, has no short one.
func (d drawer) voice() (word, brief string) {
	switch where := d.elsewhere(); {
	case where == "Headset":
		return where, "Head"
	case where == "Speaker":
		return where, "Spkr"
	case d.p.OffHook || d.p.HandsFree:
		return "Handset", ""
	}
	return "", ""
}

// withVoice puts what has the voice into one of two rows: beside the number, else beside the
// state of the call, else shortened.
func (d drawer) withVoice(number, status, since string) (second, third string) {
	second, third = fit(number, d.cols), row(status, since, d.cols)
	word, brief := d.voice()
	for _, w := range []string{word, brief} {
		switch {
		case w == "":
		case width(number)+1+width(w) <= d.cols:
			return row(number, w, d.cols), third
		case width(status)+width(w)+width(since)+3 <= d.cols:
			return second, row(status+"  "+w, since, d.cols)
		case width(status)+width(w)+width(since)+2 <= d.cols:
			return second, row(status+" "+w, since, d.cols)
		}
	}
	return row(number, brief, d.cols), third
}

// talkHint is how to speak to who is being called without the handset, and how to end the try.
func (d drawer) talkHint() string {
	hint := "Lift to talk"
	if d.p.Voice == phone.OnHeadset {
		hint = "In the headset"
	}
	end := d.endKey()
	if end == "" {
		return pick(d.cols, hint)
	}
	end += " End"
	return row(pick(d.cols-1-width(end), hint, "Lift: talk", "Headset"), end, d.cols)
}

// voiceKey is the function whose key hangs up.
func (d drawer) voiceKey() Function {
	if d.p.Voice == phone.OnHeadset {
		return Headset
	}
	return Speaker
}

// voices are the lines of the menu for phones without the keys.
func (s State) voices() (all []entry) {
	d, open := drawer{p: &s.view, s: &s}, s.view.OffHook || s.view.HandsFree
	add := func(key hal.Key, f Function, words string, on bool, page page) {
		if s.keyOf(f) != "" {
			return
		}
		e := entry{key: key, words: words, narrow: words, opens: page, does: ToPhone{phone.Press{Function: f.press()}}}
		if on {
			e.right = "on"
		}
		all = append(all, e)
	}
	add('s', Speaker, "Speaker", d.elsewhere() == "Speaker", noPage)
	if open {
		add('h', Headset, "Headset", d.elsewhere() == "Headset", noPage)
	} else {
		add('h', Headset, "Headset", s.view.Headset, menuPage)
	}
	return all
}

// endKey is the key that ends a call without the handset: that of what has the voice, or
// Reject; "": there is none, and the handset is lifted and laid down.
func (d drawer) endKey() string {
	if own := d.s.keyOf(d.voiceKey()); own != "" {
		return own
	}
	return d.s.keyOf(Reject)
}

// withoutHandset are the pictures that take turns with that of a call: on a low display what
// a tall one has below, and how to end what is not in the handset.
func (d drawer) withoutHandset(call []string, c phone.CallView) (pages [][]string) {
	if !d.tall() {
		pages = append(pages, d.talkingBelow(c))
	}
	where, key := d.elsewhere(), d.endKey()
	switch {
	case where == "", !d.tall() && (key != "" || d.p.OffHook):
		return pages
	case !d.tall():
		return append(pages, []string{pick(d.head(), where+". To end:", where), pick(d.cols, "lift + lay down", "lift, lay down")})
	}
	rows := append([]string(nil), call...)
	switch {
	case d.p.OffHook:
		rows[1] = "Handset may rest"
	case key != "":
		rows[1] = row(where, key+" End", d.cols)
	default:
		rows[1] = "End: lift, lay down"
	}
	return append(pages, rows)
}

// talkingBelow is what a tall display has in its lower rows and a low one shows in turn: what
// has the voice, and the keys.
func (d drawer) talkingBelow(c phone.CallView) []string {
	where, _ := d.voice()
	right := d.hints(None, "", Menu, "Menu")
	if k := d.endKey(); k != "" && !d.p.OffHook && d.p.HandsFree {
		right = k + " End"
	}
	keys := d.talkingKeys(c)
	if keys == "" {
		return []string{d.who(c), where}
	}
	if strings.Contains(keys, " Menu") || width(where)+1+width(right) > d.head() {
		return []string{where, keys}
	}
	return []string{row(where, right, d.head()), keys}
}

// lostSound is the picture that takes turns with that of a call: what has become of a sound
// card since it began.
func (d drawer) lostSound(call []string) []string {
	rows := append([]string(nil), call...)
	text := plain(d.s.Notices.Sound)
	words := wrap(text, d.cols, d.rows)
	if d.tall() && len(rows) > 2 {
		rows[2] = ""
		copy(rows[1:], words)
		return rows
	}
	if len(words) > 1 { // what stands in for it is told at rest
		text, _, _ = strings.Cut(text, ": ")
	}
	rows = append(wrap(text, d.cols, d.rows), rows[1:]...)
	return rows[:min(len(rows), d.rows)]
}
