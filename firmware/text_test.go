package main

import "testing"

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
