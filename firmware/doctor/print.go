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
