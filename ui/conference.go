package ui

import (
	"github.com/offhook/offhook/firmware/phone"
)

// partner is the other call of the conference that c is in.
func (d drawer) partner(c phone.CallView) (phone.CallView, bool) {
	for _, other := range calls(d.p) {
		if c.Party && other.Party && other.ID != c.ID {
			return other, true
		}
	}
	return phone.CallView{}, false
}

// conference draws two calls in one picture: who is in it, since when, and how to split it.
// The clock is that of the older call.
func (d drawer) conference(c, other phone.CallView) []string {
	first, second := c, other
	if other.Since.Before(c.Since) {
		first, second = other, c
	}
	since := timer(d.s.Now.Sub(first.Since))
	what, held := "Conference", c.State == phone.Held
	switch {
	case held:
		what = pick(d.cols-1-width(since), "Conference held", "Conf. held", "Held")
	case d.p.Muted:
		what = pick(d.cols-1-width(since), "Conference muted", "Conf. muted", "Conf.muted", "Muted")
	}
	if !d.tall() {
		return []string{d.both(first, second, d.head()), row(what, since, d.cols)}
	}
	below, third := d.withVoice(name(second), what, since)
	if d.p.Notice != "" {
		third = noteRow(plain(d.p.Notice), d.cols)
	}
	hold, mute := "Hold", "Mute"
	if held {
		hold = "Resume"
	}
	if d.p.Muted {
		mute = "Unmute"
	}
	keys := d.hints(Hold, hold, Mute, mute)
	if menu := d.hints(Hold, hold, Menu, "Menu"); held && d.s.keyOf(Menu) != "" {
		keys = menu
	}
	if d.s.keyOf(Conference) != "" && !held {
		keys = d.hints(Hold, hold, Conference, "Split")
	}
	return []string{d.who(first), below, third, d.withMenu(keys)}
}

// both are two names in a row of cols, shortened alike: "Anna S. + Bob M.".
func (d drawer) both(a, b phone.CallView, cols int) string {
	plus := " + "
	if !d.wide() {
		plus = "+"
	}
	free := cols - width(plus)
	one := short(name(a), free/2)
	two := short(name(b), free-width(one))
	return short(name(a), free-width(two)) + plus + two
}

// joins is what the Conference key would do now, in the words of the menu; "": nothing.
func (s State) joins() (words, narrow string) {
	talks, held := false, false
	for _, c := range calls(&s.view) {
		switch {
		case c.State == phone.Joined:
			return "Split conference", "Split"
		case c.State == phone.Talking && c.ID == s.view.Focus:
			talks = true
		case c.State == phone.Held && !c.Party:
			held = true
		}
	}
	if talks && held {
		return "Conference", "Conference"
	}
	return "", ""
}
