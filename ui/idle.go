package ui

import (
	"fmt"
	"strings"
	"time"

	"github.com/offhook/offhook/firmware/phone"
)

// idle is the phone at rest: time, accounts, what waits; between, each account in trouble.
// A phone that has nothing but trouble shows only that.
func (d drawer) idle() [][]string {
	var troubled [][]string
	ready, registering := 0, 0
	for _, a := range accounts(d.p) {
		switch {
		case a.State == phone.Registered:
			ready++
		case troubles(a):
			troubled = append(troubled, d.cutPages(d.trouble(a))...)
		default:
			registering++
		}
	}
	switch {
	case ready > 0 && d.s.settings.Fresh:
		return append(append(d.atRest(), d.cutPages(d.firstBoot())...), troubled...)
	case ready > 0:
		return append(d.atRest(), troubled...)
	case registering > 0:
		return append(d.cutPages(d.registering()), troubled...)
	}
	return troubled
}

// atRest alternates between accounts and between notes where there are several.
func (d drawer) atRest() [][]string {
	var all []phone.AccountView
	for _, a := range accounts(d.p) {
		if !troubles(a) {
			all = append(all, a)
		}
	}
	notes := d.notes()
	var pages [][]string
	for i := range max(len(all), len(notes)) {
		a, note := all[i%len(all)], notes[i%len(notes)]
		if !d.tall() {
			if a.State != phone.Registered {
				note = []string{stateWords(a)}
			}
			name := pick(d.cols-1-width(d.clock()), accountName(a), plain(a.Label))
			pages = append(pages, []string{row(d.clock(), name, d.cols), note[0]})
			continue
		}
		if note[0] == "" {
			note = d.dateBelow()
		}
		rows := []string{row(d.heading(note), d.clock(), d.cols), d.stands(a)}
		keys := d.hints(Menu, "Menu", Redial, d.ifRedial())
		if len(rows)+len(note) < d.rows {
			pages = append(pages, append(append(rows, note...), keys))
			continue
		}
		pages = append(pages, append(rows[:2:2], note...))
		if keys != "" { // a note of two rows takes turns with them
			pages = append(pages, append(rows[:2:2], "", keys))
		}
	}
	if name := d.ownName(); name != "" && !d.tall() {
		pages = append(pages, append([]string{row(name, d.clock(), d.cols)}, d.dateBelow()...))
	}
	return pages
}

// notes are what waits for the user, each of one row, or two on a tall display.
func (d drawer) notes() [][]string {
	var all [][]string
	add := func(text string) {
		rows, most := wrap(text, d.cols, 0), 1
		if d.tall() {
			most = 2
		}
		for len(rows) > 0 {
			n := min(most, len(rows))
			all, rows = append(all, rows[:n:n]), rows[n:]
		}
	}
	if w := d.waiting(); w != "" {
		add(w)
	}
	switch n := d.p.Unread; {
	case n == 1:
		add("1 new text")
	case n > 1:
		add(fmt.Sprint(n, " new texts"))
	}
	if d.p.DND {
		add("Do not disturb")
	}
	if d.p.Headset && d.tall() {
		add("Headset is on")
	}
	if d.s.Notices.Sound != "" && !d.s.Notices.SoundAside {
		add(plain(d.s.Notices.Sound))
	}
	if d.s.Notices.Storage != "" {
		add(plain(d.s.Notices.Storage))
	}
	for i, problem := range d.s.faults {
		if problem != "" {
			part := faultParts[i]
			add(strings.ToUpper(part[:1]) + part[1:] + ": " + plain(problem))
		}
	}
	for _, a := range accounts(d.p) {
		// On a tall display it stands beside the account.
		if in := aside(a); a.State == phone.Registered && in != stateWords(a) && !d.tall() {
			add(plain(a.Label) + ": " + in)
		}
	}
	if len(all) == 0 {
		if d.tall() {
			return [][]string{{""}}
		}
		return [][]string{{d.hints(Menu, "Menu", Redial, d.ifRedial())}}
	}
	return all
}

// waiting counts missed calls and messages.
func (d drawer) waiting() string {
	missed, messages, msgs := "", "", ""
	if n := d.p.Missed; n > 0 {
		missed = fmt.Sprint(n, " missed")
	}
	switch n := d.p.Messages; {
	case n == 1:
		messages, msgs = "1 message", "1 msg"
	case n > 1:
		messages, msgs = fmt.Sprint(n, " messages"), fmt.Sprint(n, " msgs")
	}
	if missed == "" {
		return messages
	}
	if messages == "" {
		return missed
	}
	return pick(d.cols, missed+"  "+messages, missed+"  "+msgs, missed+" "+msgs)
}

func (d drawer) registering() []string {
	all := accounts(d.p)
	if d.tall() {
		rows := []string{row(plain(d.p.Name), d.clock(), d.cols)}
		for _, a := range all[:min(len(all), 2)] {
			rows = append(rows, pick(d.cols, plain(a.Label)+"  "+stateWords(a), plain(a.Label)+" "+stateWords(a)))
		}
		return append(rows, plain(d.s.Notices.Network.Address))
	}
	var rows []string
	for _, a := range all {
		rows = append(rows, wrap(plain(a.Label)+" "+stateWords(a), d.cols, 0)...)
	}
	return append(rows, plain(d.s.Notices.Network.Address))
}

// unnamed is what a phone is called until it is given a name: no news to anybody.
const unnamed = "Offhook"

// ownName is the name that the phone was given; "": none.
func (d drawer) ownName() string {
	if d.p.Name == unnamed {
		return ""
	}
	return plain(d.p.Name)
}

// heading is what stands beside the clock: the phone's name, and the date unless that is the
// note below.
func (d drawer) heading(note []string) string {
	name, free := d.ownName(), d.cols-1-width(d.clock())
	switch {
	case d.unset():
		return pick(free, name, unnamed)
	case name == "":
		return d.s.Now.Format("Mon 2 Jan")
	case note[0] == d.dateBelow()[0]:
		return pick(free, name)
	}
	return pick(free, name+d.s.Now.Format(" Mon 2 Jan"), name+d.s.Now.Format(" 2 Jan"), name)
}

// dateBelow is the date where nothing else waits below it, of a phone whose name has its place.
func (d drawer) dateBelow() []string {
	if d.ownName() == "" || d.unset() {
		return []string{""}
	}
	return []string{d.s.Now.Format("Mon 2 Jan")}
}

func (d drawer) clock() string {
	if d.unset() {
		return "--:--"
	}
	return d.s.Now.Format("15:04")
}

// unset says that the time is not known: without a clock chip, a board wakes up long ago.
func (d drawer) unset() bool { return d.s.Notices.ClockUnset || d.s.Now.Year() < 2020 }

// hints is a row of two keys and what they do, of those that exist; words "" is left out.
func (d drawer) hints(left Function, does string, right Function, doesRight string) string {
	hint := func(f Function, words string) string {
		if k := d.s.keyOf(f); k != "" && words != "" {
			return k + " " + words
		}
		return ""
	}
	l, r := hint(left, does), hint(right, doesRight)
	if l == "" {
		return r
	}
	return row(l, r, d.cols)
}

func (d drawer) ifRedial() string {
	if d.p.LastNumber == "" {
		return ""
	}
	return "Redial"
}

// stands is an account and its state in one row. A long number leaves its label out, or else
// itself.
func (d drawer) stands(a phone.AccountView) string {
	for _, name := range []string{accountName(a), plain(a.User), plain(a.Label)} {
		for _, state := range []string{stateWords(a), aside(a)} {
			if name != "" && width(name)+1+width(state) <= d.cols {
				return row(name, state, d.cols)
			}
		}
	}
	return row(accountName(a), aside(a), d.cols)
}

// accountName is who an account is; one without a label of its own is labelled by its user.
func accountName(a phone.AccountView) string {
	label, user := plain(a.Label), plain(a.User)
	if label == user {
		return user
	}
	return strings.TrimSpace(label + " " + user)
}

// stateWords is the state of an account in a word or two.
func stateWords(a phone.AccountView) string {
	switch a.State {
	case phone.Registered:
		if a.Words != "" {
			return plain(a.Words) // "ready (backup)"
		}
		return "ready"
	case phone.Registering:
		if a.Words != "" {
			return plain(a.Words)
		}
		return "registering"
	case phone.Refused:
		return "refused"
	}
	if a.Code == 0 && a.Words != "" {
		return plain(a.Words)
	}
	return "no answer"
}

// aside is what stands in brackets in the state of an account, where there is no room for
// all of it: "backup".
func aside(a phone.AccountView) string {
	words := stateWords(a)
	if _, in, ok := strings.Cut(strings.TrimSuffix(words, ")"), "("); ok {
		return in
	}
	return words
}

// notReady is empty for an account that can call.
func notReady(a phone.AccountView) string {
	if a.State == phone.Registered {
		return ""
	}
	return stateWords(a)
}

// troubles says that an account needs its own screen. One that is not tried yet does not.
func troubles(a phone.AccountView) bool {
	return a.State == phone.Refused ||
		a.State == phone.Unregistered && (a.Code != 0 || !a.Retry.IsZero())
}

func clockAt(t time.Time, loc *time.Location) string { return t.In(loc).Format("15:04") }
