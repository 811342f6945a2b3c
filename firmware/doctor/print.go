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

// String is a line per layer, and last the one to mend.
func (f Findings) String() string {
	var b strings.Builder
	for _, one := range f {
		fmt.Fprintf(&b, "%-12s  %-5s  %s\n", one.Layer, one.Verdict, one.Words)
	}
	if bad, fails := f.First(); fails {
		fmt.Fprintf(&b, "\nMend this first: %s. %s%s.\n", bad.Layer, strings.ToUpper(bad.Words[:1]), bad.Words[1:])
	} else {
		b.WriteString("\nNothing fails.\n")
	}
	return b.String()
}
