package learn

import (
	"fmt"
	"slices"
	"strings"
)

// Bare is the preset that a learnt wiring begins with: a board of which nothing is wired.
const Bare = "pi"

// usual are functions of keys that a telephone does not have.
var usual = [][2]string{{"A", "menu"}, {"B", "hold"}, {"C", "redial"}, {"D", "mute"}}

// TOML is what was learnt, as it belongs in offhook.toml; an error where the contacts are no
// matrix that can be read.
func (m Machine) TOML() (string, error) {
	var inMatrix, alone []contact
	for _, c := range m.found {
		if c.pin != 0 {
			alone = append(alone, c)
		} else {
			inMatrix = append(inMatrix, c)
		}
	}
	keypad, err := sort(inMatrix)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "[board]\npreset = %q\n", Bare)
	if len(keypad.rows)+len(alone) > 0 {
		b.WriteString("\n[board.keypad]\n")
	}
	if len(keypad.rows) > 0 {
		fmt.Fprintf(&b, "rows = %s\ncols = %s\nkeys = %s\n", list(keypad.rows), list(keypad.cols), quoted(keypad.keys))
	}
	if f := m.functions(); f != "" {
		fmt.Fprintf(&b, "functions = { %s }\n", f)
	}
	if len(alone) > 0 {
		b.WriteString("\n[board.buttons]\n")
		for _, c := range alone {
			fmt.Fprintf(&b, "%s = %d\n", bare(c.legend), c.pin)
		}
	}
	if m.hook != 0 {
		fmt.Fprintf(&b, "\n[board.hook]\npin = %d\nlifted = %q\n", m.hook, m.hooked)
	}
	return b.String(), nil
}

func (m Machine) functions() string {
	var all []string
	for _, u := range usual {
		if slices.ContainsFunc(m.found, func(c contact) bool { return string(c.legend) == u[0] }) {
			all = append(all, fmt.Sprintf("%s = %q", u[0], u[1]))
		}
	}
	return strings.Join(all, ", ")
}

func list(pins []int) string {
	return "[" + strings.Trim(strings.ReplaceAll(fmt.Sprint(pins), " ", ", "), "[]") + "]"
}

func quoted(rows []string) string {
	all := make([]string, len(rows))
	for i, r := range rows {
		all[i] = fmt.Sprintf("%q", r)
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// bare is a key of TOML, in quotes where it must be.
func bare(r rune) string {
	if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '-' || r == '_' {
		return string(r)
	}
	return fmt.Sprintf("%q", string(r))
}
