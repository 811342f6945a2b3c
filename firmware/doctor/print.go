package doctor

import (
	"fmt"
	"strings"
)

// marks stand before what is thought of a layer.
var marks = [...]string{None: "-", Good: "ok", Bad: "FAILS", Unsure: "?", Waits: "waits"}

func (v Verdict) String() string {
	if int(v) < len(marks) {
		return marks[v]
	}
	return "?"
}

// Fails says of the text of an examination, which is all that comes from another phone, whether a
// layer fails in it.
func Fails(text string) bool {
	for l := range Layer(Layers) {
		if strings.Contains("\n"+text, fmt.Sprintf("\n%-12s  %-5s  ", l, Bad)) {
			return true
		}
	}
	return false
}

// String is a line per layer, and last what to mend, in which order and how.
func (f Findings) String() string {
	var b strings.Builder
	for _, one := range f {
		fmt.Fprintf(&b, "%-12s  %-5s  %s\n", one.Layer, one.Verdict, one.Words)
	}
	say := "Mend this first"
	for _, one := range f {
		if one.Verdict == Bad {
			fmt.Fprintf(&b, "\n%s: %s.\n  %s\n  To do: %s\n", say, one.Layer, one.Words, one.Remedy)
			say = "Then"
		}
	}
	if _, fails := f.First(); !fails {
		b.WriteString("\nNothing fails.\n")
	}
	return b.String()
}
