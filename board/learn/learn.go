// Package learn finds out how a board is wired, from a person who presses one key after the
// other and from looks at which pins are joined meanwhile. It is pure: a conversation as a
// machine, and what came of it as a wiring in TOML. It refuses to know lines and terminals.
package learn

import (
	"fmt"
	"slices"
	"strings"
)

// A Look is what the pins of a header show at one moment.
type Look struct {
	Low   []int    // pins at ground: a contact that leads there is closed; in order
	Pairs [][2]int // pins that are joined with each other, the smaller first; in order
}

func (l Look) equal(m Look) bool {
	return slices.Equal(l.Low, m.Low) && slices.Equal(l.Pairs, m.Pairs)
}

// A contact is what a key closes: two pins of a matrix, or one pin to ground.
type contact struct {
	legend rune
	pair   [2]int // zero: there is only pin
	pin    int
}

// steady is how many looks in a row must be equal to be believed: bounce is over then.
const steady = 3

type phase uint8

const (
	layout  phase = iota // which keys there are
	resting              // nothing is to be pressed
	pressed              // the key that is asked for
	letGo
	hanging // the handset is to lie
	lifted
	done
)

// A Machine is the conversation. The zero Machine has not begun; Begin does.
type Machine struct {
	phase   phase
	keys    []rune // that are asked for
	next    int    // of keys
	rest    Look   // nothing pressed
	last    Look
	same    int   // looks in a row that were like last
	refused *Look // that was no answer, and is not to be told of again; nil: none
	found   []contact
	hook    int    // pin; 0: none
	hooked  string // the contact while lifted: "open" or "closed"
}

// Begin is the start, and what to say.
func Begin() (Machine, string) {
	return Machine{}, "Which keys are there? Write them row by row, like 123A 456B 789C *0#D.\nEnter alone: 123 456 789 *0#; none: no keypad."
}

// Done says that there is nothing more to ask.
func (m Machine) Done() bool { return m.phase == done }

// Enter takes a line that the person wrote, and returns what to say.
func (m Machine) Enter(line string) (Machine, string) {
	switch m.phase {
	case layout:
		return m.laidOut(strings.TrimSpace(line))
	case resting, hanging:
		if m.same < steady {
			return m, "Something moves. Wait a moment, then Enter again."
		}
		m.rest = m.last
		if m.phase == hanging {
			m.phase = lifted
			return m, "Lift the handset. (Enter: there is no hook switch.)"
		}
		return m.ask()
	case pressed:
		m.next++ // there is no such key
		return m.ask()
	case lifted:
		m.phase = done
		return m, "No hook switch, then."
	}
	return m, ""
}

func (m Machine) laidOut(text string) (Machine, string) {
	switch text {
	case "none":
	case "":
		text = "123 456 789 *0#"
		fallthrough
	default:
		for _, r := range text {
			if r == ' ' {
				continue
			}
			if r < ' ' || r > '~' || slices.Contains(m.keys, r) {
				return Machine{}, fmt.Sprintf("%q cannot be on a key, or is there twice. Once more:", r)
			}
			m.keys = append(slices.Clone(m.keys), r)
		}
	}
	m.phase = resting
	return m, "Lay the handset down and press nothing, then Enter."
}

// ask asks for the next key, or for the handset.
func (m Machine) ask() (Machine, string) {
	m.refused = nil
	if m.next < len(m.keys) {
		m.phase = pressed
		return m, fmt.Sprintf("Press %c and hold it. (Enter: there is no such key.)", m.keys[m.next])
	}
	m.phase = hanging
	return m, "Now the hook switch: lay the handset down, then Enter."
}

// See takes a look, and returns what to say; "": nothing.
func (m Machine) See(l Look) (Machine, string) {
	if !l.equal(m.last) {
		m.last, m.same = l, 0
	}
	m.same = min(m.same+1, steady)
	if m.same < steady {
		return m, ""
	}
	switch m.phase {
	case pressed:
		return m.press(l)
	case letGo:
		if l.equal(m.rest) {
			m.next++
			return m.ask()
		}
	case lifted:
		return m.lift(l)
	}
	return m, ""
}

func (m Machine) press(l Look) (Machine, string) {
	if l.equal(m.rest) || m.refused != nil && l.equal(*m.refused) {
		return m, ""
	}
	pairs, pins := added(l.Pairs, m.rest.Pairs), added(l.Low, m.rest.Low)
	c := contact{legend: m.keys[m.next]}
	switch {
	case len(pairs) == 1 && len(pins) == 0:
		c.pair = pairs[0]
	case len(pins) == 1 && len(pairs) == 0:
		c.pin = pins[0]
	default:
		m.refused = &l
		return m, fmt.Sprintf("That closed more than one contact (%s). Let go, and press %c alone.", words(pairs, pins), c.legend)
	}
	for _, other := range m.found {
		if other.pair == c.pair && other.pin == c.pin {
			m.refused = &l
			return m, fmt.Sprintf("That is %c's contact already. Let go, and press %c.", other.legend, c.legend)
		}
	}
	m.found = append(slices.Clone(m.found), c)
	m.phase = letGo
	return m, fmt.Sprintf("%c: %s. Let go.", c.legend, words(pairs, pins))
}

func (m Machine) lift(l Look) (Machine, string) {
	if l.equal(m.rest) || m.refused != nil && l.equal(*m.refused) {
		return m, ""
	}
	closed, opened := added(l.Low, m.rest.Low), added(m.rest.Low, l.Low)
	if len(closed)+len(opened) != 1 {
		m.refused = &l
		return m, fmt.Sprintf("%d contacts to ground have moved; one of them is enough. Lay the handset down, mend that, and lift it again. (Enter: no hook switch.)", len(closed)+len(opened))
	}
	m.hook, m.hooked, m.phase = append(closed, opened...)[0], "closed", done
	if len(opened) > 0 {
		m.hooked = "open"
	}
	return m, fmt.Sprintf("Hook switch: GPIO %d, %s while the handset is lifted.", m.hook, m.hooked)
}

// added is what is in a and not in b.
func added[T comparable](a, b []T) []T {
	var more []T
	for _, one := range a {
		if !slices.Contains(b, one) {
			more = append(more, one)
		}
	}
	return more
}

func words(pairs [][2]int, pins []int) string {
	var all []string
	for _, p := range pairs {
		all = append(all, fmt.Sprintf("GPIO %d with %d", p[0], p[1]))
	}
	for _, p := range pins {
		all = append(all, fmt.Sprintf("GPIO %d to ground", p))
	}
	return strings.Join(all, ", ")
}
