package drawing

import (
	"fmt"
	"strings"

	"github.com/offhook/offhook/board/wiring"
)

// Text is a wiring for a terminal: the header, the expander, and what else must be known to
// solder it. Its lines are at most 79 columns of ASCII, but for the notes of a display.
func Text(w wiring.Wiring) string {
	var b strings.Builder
	if w.Preset == wiring.Sim {
		return "The simulated board has no wires. board.preset says which board you have: " + strings.Join(wiring.Presets()[1:], ", ") + ".\n"
	}
	for _, one := range blocks(w) {
		fmt.Fprintf(&b, "%s\n\n", one.title)
		for i := range max(len(one.left), len(one.right)) {
			line := strings.Repeat(" ", 38)
			if i < len(one.left) {
				line = fmt.Sprintf("%34s %2d", one.left[i].leftWords(), one.left[i].number) + " "
			}
			line += "|"
			if i < len(one.right) {
				line += fmt.Sprintf(" %-2d %s", one.right[i].number, one.right[i].words())
			}
			fmt.Fprintln(&b, strings.TrimRight(line, " "))
		}
		b.WriteString("\n")
	}
	for _, n := range Notes(w) {
		fmt.Fprintf(&b, "- %s\n", n)
	}
	return b.String()
}

// words are a leg's name and what it is wired to.
func (l leg) words() string {
	if l.to == "" {
		return l.name
	}
	return l.name + "  " + l.to
}

func (l leg) leftWords() string {
	if l.to == "" {
		return l.name
	}
	return l.to + "  " + l.name
}
