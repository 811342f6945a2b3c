package digitmap

import (
	"errors"
	"strings"
	"testing"
)

func TestCheckAccepts(t *testing.T) {
	for _, m := range []Map{
		"", "  ", house, "(xx.|*xx)", " ( 1 | 2 ) ", "x.T", "112S0|xx.", "0900x.!", "9,xx.", "[^01]x.", "[*#,1-3]",
	} {
		if err := m.Check(); err != nil {
			t.Errorf("%q.Check() = %v", m, err)
		}
	}
}

func TestCheckSaysWhereAndWhat(t *testing.T) {
	tests := []struct {
		m    Map
		pos  int
		text string
	}{
		{"[2-6", 0, `"[" is never closed; add "]"`},
		{"12|[]", 3, `the brackets stand for no digit at all`},
		{"[^0-9]", 0, `the brackets stand for no digit at all`},
		{"1[6-2]", 2, `the range runs backwards; write 2-6`},
		{"[2-]", 1, `a range goes from a digit to a digit, as in [2-6]`},
		{"[*-#]", 1, `a range goes from a digit to a digit, as in [2-6]`},
		{"[2x]", 2, `"x" cannot stand between brackets; digits, * and # can`},
		{"[^2é]", 3, `"é" cannot stand between brackets; digits, * and # can`},
		{"12]", 2, `"]" has no "[" before it`},
		{".x", 0, `"." needs a digit or x before it`},
		{"x..", 2, `one "." is enough`},
		{"1||2", 2, `a pattern is empty; take one "|" away`},
		{"|1", 0, `a pattern is empty; take one "|" away`},
		{"1|", 2, `a pattern is empty; take one "|" away`},
		{"1T2", 2, `T, S and "!" end a pattern; put "|" before what follows`},
		{"1S0x", 3, `T, S and "!" end a pattern; put "|" before what follows`},
		{"1!.", 2, `T, S and "!" end a pattern; put "|" before what follows`},
		{"1S", 1, `"S" needs its seconds, S0 to S9`},
		{"1Sx", 1, `"S" needs its seconds, S0 to S9`},
		{"9,|1", 1, `"," needs digits after it: the second dial tone would never end`},
		{"(12", 0, `"(" is never closed; end the map with ")" or leave it out`},
		{"12)", 2, `parentheses may only stand around the whole map`},
		{"2-6xx", 1, `"-" belongs between brackets, as in [2-6]`},
		{"^1", 0, `"^" belongs between brackets, as in [^01]`},
		{"NXX", 0, `"N" has no meaning here; write [2-9]`},
		{"0Z.", 1, `"Z" has no meaning here; write [1-9]`},
		{"1t", 1, `"t" must be a capital letter: T`},
		{"<0:>x", 0, `digits cannot be replaced here; an account's prefix is dropped before dialling`},
		{"+49x.", 0, `the keypad has no "+"; write 00`},
		{"1×", 1, `"×" has no meaning here; patterns are made of 0-9 * # x [ ] . and |`},
		{Map(strings.Repeat("1", MaxElements+1)), MaxElements, "a pattern has more than 60 digits; shorten it"},
		{Map(strings.Repeat("1|", MaxBytes)), MaxBytes, "the map is longer than 1024 characters"},
	}
	for _, tt := range tests {
		var e *Error
		if err := tt.m.Check(); !errors.As(err, &e) || e.Pos != tt.pos || err.Error() != tt.text {
			t.Errorf("%.40q.Check() = %+v, want position %d: %s", tt.m, e, tt.pos, tt.text)
		}
	}
}
