package main

import (
	"strings"
	"testing"
)

// Two phones at one exchange write to each other: from the list of colleagues, and from
// the text that came.
func TestTwoPhonesText(t *testing.T) {
	t.Parallel()
	at, _ := pbx(t)
	phone := func(user, colleague string) *rig {
		dir := t.TempDir()
		s := quiet(dir)
		s["phone.colleagues"] = colleague
		r := start(t, dir, s.file(accountOf(user, at)), outside{})
		r.sees(`ready`)
		return r
	}
	a, b := phone("201", `{ Bea = "202" }`), phone("202", `{ Al = "201" }`)
	a.chooses("Colleagues")
	a.sees(`Bea`)
	a.presses("0")
	a.sees(`Call you back`)
	a.presses("#")
	a.sees(`Text sent`)
	b.sees(`Text: `)
	b.sees(`1 new text`)
	b.chooses("Texts")
	b.sees(`201`)
	b.presses("#")
	b.sees(`Call you back`)
	b.presses("##") // the first of the answers
	b.sees(`Text sent`)
	a.sees(`Text: `)
	a.sees(`1 new text`)
}

// A script writes through a running phone and is told what came of it.
func TestATextFromAScript(t *testing.T) {
	t.Parallel()
	at, _ := pbx(t)
	there := t.TempDir()
	b := start(t, there, quiet(there).file(accountOf("202", at)), outside{})
	dir := t.TempDir()
	a := start(t, dir, quiet(dir).file(accountOf("201", at)), outside{})
	a.sees(`ready`)
	b.sees(`ready`)
	from := "-socket=" + a.place.socket
	prints(t, 0, "Text sent to 202\n", "text", from, "202", "Lunch", "at 12?")
	b.chooses("Texts")
	b.presses("#")
	b.sees(`Lunch at 12\?`)
	fails(t, 1, "offhook: text not sent: No such number (404)\n", "text", from, "299", "x")
	fails(t, 1, "offhook: text: 501 letters; a text has at most 500\n", "text", from, "202", strings.Repeat("x", 501))
	fails(t, 1, "offhook: text: the words are not UTF-8\n", "text", from, "202", "\xff")
	fails(t, 1, "offhook: text: no words to send\n", "text", from, "202", " ")
	fails(t, 2, "usage: offhook text [flags] NUMBER WORDS", "text", from, "202")
	b.stop()
	fails(t, 1, "offhook: text not sent: ", "text", from, "202", "Still there?")
	a.stop()
	fails(t, 1, "is one running?", "text", from, "202", "x")
}
