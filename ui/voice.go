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

// talkHint is how to speak to who is being called without the handset.
func (d drawer) talkHint() string {
	if d.p.Voice == phone.OnHeadset {
		return "In the headset"
	}
	return pick(d.cols, "Speaker Lift to talk", "Lift to talk")
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

// handsFree is the picture that takes turns with that of a call without the handset: what
// kind of call it is, and how to end it.
func (d drawer) handsFree(call []string) []string {
	rows := append([]string(nil), call...)
	k := d.s.keyOf(Reject)
	if own := d.s.keyOf(d.voiceKey()); own != "" {
		k = own
	}
	where := d.elsewhere()
	switch {
	case len(rows) < 2:
		return []string{where}
	case d.p.OffHook && d.tall():
		rows[1], rows[2] = where, "Handset may rest"
	case d.p.OffHook:
		rows[1] = where
	case !d.tall():
		if rows[1] = where; k != "" {
			rows[1] = row(rows[1], k+" End", d.cols)
		}
	default:
		rows[1], rows[2] = where+". To end:", "lift and lay down"
		if k != "" {
			rows[2] = "press " + k
		}
	}
	return rows
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
