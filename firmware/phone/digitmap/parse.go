package digitmap

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A parser reads one map from left to right; the first mistake ends it.
type parser struct {
	text     string
	pos      int
	patterns []pattern
	p        pattern // being read
	begun    int     // where p begins
	comma    int     // where the last comma of p stands; -1: nothing open
	err      *Error
}

func parse(m Map) ([]pattern, *Error) {
	ps := parser{text: string(m)}
	if len(m) > MaxBytes {
		ps.fail(MaxBytes, "the map is longer than %d characters", MaxBytes)
		return nil, ps.err
	}
	ps.parentheses()
	if strings.TrimSpace(ps.text) == "" {
		return nil, ps.err
	}
	ps.begin()
	for ps.err == nil && ps.pos < len(ps.text) {
		ps.next()
	}
	ps.end()
	return ps.patterns, ps.err
}

func (ps *parser) fail(pos int, format string, args ...any) {
	if ps.err == nil {
		ps.err = &Error{Pos: pos, Text: fmt.Sprintf(format, args...)}
	}
}

// parentheses takes one pair away from around the map, leaving blanks in its place.
func (ps *parser) parentheses() {
	first := strings.IndexFunc(ps.text, func(r rune) bool { return r != ' ' })
	if first < 0 || ps.text[first] != '(' {
		return
	}
	last := len(strings.TrimRight(ps.text, " ")) - 1
	if ps.text[last] != ')' {
		ps.fail(first, `"(" is never closed; end the map with ")" or leave it out`)
		return
	}
	ps.text = ps.text[:first] + " " + ps.text[first+1:last] + " " + ps.text[last+1:]
}

func (ps *parser) begin() {
	ps.p = pattern{timer: timerNone}
	ps.begun, ps.comma = ps.pos, -1
}

// end closes the pattern being read.
func (ps *parser) end() {
	switch {
	case len(ps.p.elements) == 0:
		ps.fail(ps.begun, `a pattern is empty; take one "|" away`)
	case ps.comma >= 0:
		ps.fail(ps.comma, `"," needs digits after it: the second dial tone would never end`)
	}
	ps.patterns = append(ps.patterns, ps.p)
}

func (ps *parser) next() {
	c := ps.text[ps.pos]
	if c != '|' && c != ' ' && (ps.p.barred || ps.p.timer != timerNone) {
		ps.fail(ps.pos, `T, S and "!" end a pattern; put "|" before what follows`)
		return
	}
	switch {
	case c == '|':
		ps.end()
		ps.pos++
		ps.begin()
		return
	case c == ' ':
	case c == 'x' || c == 'X':
		ps.add(ps.pos, anyDigit)
	case setOf(c) != 0:
		ps.add(ps.pos, setOf(c))
	case c == '[':
		ps.bracket()
		return
	case c == '.' || c == ',' || c == '!' || c == 'T' || c == 'S':
		ps.modify(c)
	default:
		ps.stranger()
	}
	ps.pos++
}

func (ps *parser) add(pos int, s set) {
	if len(ps.p.elements) == MaxElements {
		ps.fail(pos, "a pattern has more than %d digits; shorten it", MaxElements)
		return
	}
	ps.p.elements = append(ps.p.elements, element{keys: s})
	ps.comma = -1
}

// modify reads a sign that says something about the elements before it.
func (ps *parser) modify(c byte) {
	n := len(ps.p.elements)
	if n == 0 {
		ps.fail(ps.pos, `%q needs a digit or x before it`, string(c))
		return
	}
	switch c {
	case '.':
		if ps.p.elements[n-1].repeat {
			ps.fail(ps.pos, `one "." is enough`)
		}
		ps.p.elements[n-1].repeat = true
	case ',':
		ps.p.tones |= 1 << n
		ps.comma = ps.pos
	case '!':
		ps.p.barred = true
	case 'T':
		ps.p.timer = timerPause
	case 'S':
		at := ps.pos + 1
		if at == len(ps.text) || ps.text[at] < '0' || ps.text[at] > '9' {
			ps.fail(ps.pos, `"S" needs its seconds, S0 to S9`)
			return
		}
		ps.p.timer = int(ps.text[at] - '0')
		ps.pos = at
	}
}

// bracket reads [2-6], [135], [1,3-5] or [^01].
func (ps *parser) bracket() {
	open := ps.pos
	length := strings.IndexByte(ps.text[open:], ']')
	if length < 0 {
		ps.fail(open, `"[" is never closed; add "]"`)
		return
	}
	inside := ps.text[open+1 : open+length]
	pos := open + 1
	ps.pos = open + length + 1
	not := strings.HasPrefix(inside, "^")
	if not {
		inside, pos = inside[1:], pos+1
	}
	var s set
	for i := 0; i < len(inside); i++ {
		from := inside[i]
		switch {
		case from == ',' || from == ' ':
			continue
		case setOf(from) == 0:
			ps.fail(pos+i, `%q cannot stand between brackets; digits, * and # can`, firstRune(inside[i:]))
			return
		case i+1 == len(inside) || inside[i+1] != '-':
			s |= setOf(from)
			continue
		}
		if i+2 == len(inside) || !isDigit(from) || !isDigit(inside[i+2]) {
			ps.fail(pos+i, `a range goes from a digit to a digit, as in [2-6]`)
			return
		}
		to := inside[i+2]
		if to < from {
			ps.fail(pos+i, `the range runs backwards; write %c-%c`, to, from)
			return
		}
		for d := from; d <= to; d++ {
			s |= setOf(d)
		}
		i += 2
	}
	if not {
		s = anyDigit &^ s
	}
	if s == 0 {
		ps.fail(open, `the brackets stand for no digit at all`)
		return
	}
	ps.add(open, s)
}

// stranger explains a character that has no meaning here.
func (ps *parser) stranger() {
	r := firstRune(ps.text[ps.pos:])
	switch r {
	case "]":
		ps.fail(ps.pos, `"]" has no "[" before it`)
	case "(", ")":
		ps.fail(ps.pos, `parentheses may only stand around the whole map`)
	case "-":
		ps.fail(ps.pos, `"-" belongs between brackets, as in [2-6]`)
	case "^":
		ps.fail(ps.pos, `"^" belongs between brackets, as in [^01]`)
	case "N", "n":
		ps.fail(ps.pos, `%q has no meaning here; write [2-9]`, r)
	case "Z", "z":
		ps.fail(ps.pos, `%q has no meaning here; write [1-9]`, r)
	case "t", "s":
		ps.fail(ps.pos, `%q must be a capital letter: %s`, r, strings.ToUpper(r))
	case "<", ">", ":":
		ps.fail(ps.pos, `digits cannot be replaced here; an account's prefix is dropped before dialling`)
	case "+":
		ps.fail(ps.pos, `the keypad has no "+"; write 00`)
	default:
		ps.fail(ps.pos, `%q has no meaning here; patterns are made of 0-9 * # x [ ] . and |`, r)
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// firstRune is the first character of a text that is not empty, whole.
func firstRune(text string) string {
	_, n := utf8.DecodeRuneInString(text)
	return text[:n]
}
