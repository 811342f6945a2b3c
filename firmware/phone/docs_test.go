package phone

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/offhook/offhook/scripts/golden"
)

const docsFile = "../../docs/call-states.md"

// TestDocs keeps docs/call-states.md equal to the tables; -update writes it.
func TestDocs(t *testing.T) {
	var page strings.Builder
	err := template.Must(template.ParseFiles("testdata/call-states.tmpl")).Execute(&page, map[string]string{
		"Hook":  drawn(hookTable),
		"Line":  drawn(lineTable),
		"Call":  drawn(callTable),
		"Times": times(),
		"Ends":  ends(),
	})
	if err != nil {
		t.Fatal(err)
	}
	golden.File(t, docsFile, page.String())
}

// drawn writes a table as a Mermaid state diagram and as rows.
func drawn[S interface {
	~uint8
	fmt.Stringer
}](table []row[S]) string {
	var b strings.Builder
	b.WriteString("```mermaid\nstateDiagram-v2\n")
	type way struct{ from, to string }
	var ways []way
	causes := map[way][]string{}
	node := func(s S) string {
		if s.String() == "None" {
			return "[*]"
		}
		return s.String()
	}
	if first := node(table[0].from); first != "[*]" {
		fmt.Fprintf(&b, "    [*] --> %s\n", first)
	}
	for _, r := range table {
		w := way{node(r.from), node(r.to)}
		if !slices.Contains(ways, w) {
			ways = append(ways, w)
		}
		if !slices.Contains(causes[w], string(r.on)) {
			causes[w] = append(causes[w], string(r.on))
		}
	}
	for _, w := range ways {
		fmt.Fprintf(&b, "    %s --> %s: %s\n", w.from, w.to, strings.Join(causes[w], "<br>"))
	}
	b.WriteString("```\n\n| from | on | to | what happens |\n|---|---|---|---|\n")
	for _, r := range table {
		fmt.Fprintf(&b, "| %v | %s | %v | %s |\n", r.from, r.on, r.to, r.does)
	}
	return b.String()
}

func times() string {
	var b strings.Builder
	for _, row := range []struct {
		what string
		time any
	}{
		{"dial tone without a digit, then reorder tone", dialToneTime},
		{"that reorder tone, then the howler", reorderTime},
		{"howler, then silence for good", howlerTime},
		{"pause that sends, unless the settings or the pattern say otherwise", defaultPause},
		{"digits dialled on the hook are forgotten after", predialTime},
		{"busy, reorder or unobtainable tone after a call", overTime},
		{"the same hands-free, then the line is free", freeOverTime},
		{"silence after that tone, then the howler", quietTime},
		{"a call rings or waits, then 480", ringTime},
		{"a held call rings back, then it is ended", recallTime},
		{fmt.Sprintf("between call waiting beeps, %d in all", beepCount), beepTime},
		{"hook flash, unless the settings say otherwise: from", defaultFlashMin},
		{"hook flash: up to; longer hangs up", defaultFlashMax},
		{"after a hook flash, a 3 that joins two calls comes within", codeTime},
		{"a line on the LCD about what failed", noticeTime},
		{"the volume on the LCD after it was changed", adjustedTime},
	} {
		fmt.Fprintf(&b, "| %s | %v |\n", row.what, row.time)
	}
	return b.String()
}

// ends writes how each status sounds and reads, by asking the machine.
func ends() string {
	var codes []int
	for code := range codeWords {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	var b strings.Builder
	stood := call{outgoing: true, state: Talking, answered: time.Unix(1, 0)}
	words, tone := stood.end(Ended{Code: 200})
	fmt.Fprintf(&b, "| BYE | %v | %s |\n", tone, words)
	words, tone = stood.end(Ended{})
	fmt.Fprintf(&b, "| the call broke off | %v | %s |\n", tone, words)
	for _, code := range codes {
		words, tone := (&call{outgoing: true, state: Calling}).end(Ended{Code: code})
		fmt.Fprintf(&b, "| %d | %v | %s |\n", code, tone, words)
	}
	return b.String()
}
