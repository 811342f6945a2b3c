package hal

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestMerge plays what two panels send ("a:off b:on a:5+ a:5-") and compares with what
// passes on.
func TestMerge(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
		hooks          [2]bool
	}{
		{"both on the hook", "a:on b:on", "on", [2]bool{true, true}},
		{"lifted at boot", "a:off b:on", "off", [2]bool{true, true}},
		{"lifted far away at boot", "a:on b:off", "off", [2]bool{true, true}},
		{"one switch only", "b:on b:off", "on off", [2]bool{false, true}},
		{"no switch", "a:5+ b:6+ a:5-", "5+ 6+ 5-", [2]bool{}},
		{"the level comes first", "a:on a:5+ a:5- b:on", "on 5+ 5-", [2]bool{true, true}},
		{"either lifts and hangs up", "a:on b:on b:off b:on a:off a:on", "on off on off on", [2]bool{true, true}},
		{"the one that moved last decides", "a:on b:on a:off b:off b:on", "on off on", [2]bool{true, true}},
		{"hung up there, and here again: no news", "a:off b:on b:off b:on a:on", "off on", [2]bool{true, true}},
		{"a flash from afar while lifted here", "a:off b:on b:off b:on b:off", "off on off", [2]bool{true, true}},
		{"one key on both", "a:on b:on a:5+ b:5+ a:5- b:5-", "on 5+ 5-", [2]bool{true, true}},
		{"a key up that was never down", "a:on b:on a:5-", "on", [2]bool{true, true}},
		{"two keys", "a:on b:on a:5+ b:6+ a:5- b:6-", "on 5+ 6+ 5- 6-", [2]bool{true, true}},
	} {
		m := newMerge(c.hooks)
		var got []string
		for _, word := range strings.Fields(c.in) {
			who, what, _ := strings.Cut(word, ":")
			for _, v := range m.step(int(who[0]-'a'), inputOf(what)) {
				got = append(got, wordOf(v))
			}
		}
		if !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%s: %s gave %v, want %s", c.name, c.in, got, c.want)
		}
	}
}

func inputOf(word string) Input {
	switch word {
	case "on", "off":
		return HookInput{Off: word == "off"}
	}
	return KeyInput{Key: Key(word[0]), Down: word[1] == '+'}
}

func wordOf(v Input) string {
	switch v := v.(type) {
	case HookInput:
		return map[bool]string{true: "off", false: "on"}[v.Off]
	case KeyInput:
		return string(rune(v.Key)) + map[bool]string{true: "+", false: "-"}[v.Down]
	}
	return fmt.Sprint(v)
}

func TestMergeDoesNotHoardBeforeTheFirstLevel(t *testing.T) {
	m := newMerge([2]bool{true, true})
	for n := range 10_000 {
		m.step(0, KeyInput{Key: '5', Down: n%2 == 0})
	}
	if len(m.held) > maxHeld {
		t.Errorf("%d inputs are held", len(m.held))
	}
}

func TestFit(t *testing.T) {
	f := Frame{Size: Size20x4, Text: [4]string{"12345678901234567890", "é", "c", "d"}, Light: true}
	want := Frame{Size: Size16x2, Text: [4]string{"1234567890123456", "é" + strings.Repeat(" ", 15)}, Light: true}
	if got := f.Fit(Size16x2); got != want {
		t.Errorf("got %q, want %q", got.Text, want.Text)
	}
	if got := want.Fit(Size20x4).Text[3]; got != strings.Repeat(" ", 20) {
		t.Errorf("a row that was not there is %q", got)
	}
}
