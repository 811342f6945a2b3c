package interop

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Meeting is one thing that was done with one peer, by one test.
type Meeting struct {
	Peer string // "baresip", "linphone", "Kamailio", "sipp"
	Did  string // "calls", "is put on hold"
	Over string // "UDP, G.711"; "": nothing to add
	Test string
	Fail bool
}

// A Matrix gathers what one run has met. Its methods may be called from any goroutine.
type Matrix struct {
	mu  sync.Mutex
	met []Meeting
}

// Add notes a meeting. A repeated one counts as failed if either did.
func (m *Matrix) Add(x Meeting) {
	m.mu.Lock()
	defer m.mu.Unlock()
	same := func(o Meeting) bool { return o.Peer == x.Peer && o.Did == x.Did && o.Over == x.Over }
	if i := slices.IndexFunc(m.met, same); i >= 0 {
		m.met[i].Fail = m.met[i].Fail || x.Fail
		return
	}
	m.met = append(m.met, x)
}

// Empty reports whether nothing was met.
func (m *Matrix) Empty() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.met) == 0
}

// Markers of docs/interop.md: what stands between them is the run's, the rest is written
// by hand.
const (
	Begin = "<!-- begin: written by make interop-matrix -->"
	End   = "<!-- end -->"
)

// Page is text with the matrix between its markers. versions are those of the peers, by
// name. The error says that there is no place for it.
func (m *Matrix) Page(text string, day time.Time, versions map[string]string) (string, error) {
	head, rest, ok := strings.Cut(text, Begin)
	_, tail, closed := strings.Cut(rest, End)
	if !ok || !closed {
		return "", fmt.Errorf("interop: no %q … %q in the page", Begin, End)
	}
	return head + Begin + "\n" + m.table(day, versions) + End + tail, nil
}

func (m *Matrix) table(day time.Time, versions map[string]string) string {
	m.mu.Lock()
	met := slices.Clone(m.met)
	m.mu.Unlock()
	type row struct{ did, over string }
	var rows []row
	var peers []string
	cells := map[row]map[string]Meeting{}
	for _, x := range met {
		r := row{x.Did, x.Over}
		if cells[r] == nil {
			cells[r] = map[string]Meeting{}
			rows = append(rows, r)
		}
		cells[r][x.Peer] = x
		if !slices.Contains(peers, x.Peer) {
			peers = append(peers, x.Peer)
		}
	}
	slices.Sort(peers)
	slices.SortFunc(rows, func(a, b row) int {
		return strings.Compare(a.did+"\x00"+a.over, b.did+"\x00"+b.over)
	})
	var b strings.Builder
	fmt.Fprintf(&b, "The run of %s, against", day.Format("2 January 2006"))
	for i, p := range peers {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, " %s", p)
		if v := versions[p]; v != "" {
			fmt.Fprintf(&b, " %s", v)
		}
	}
	b.WriteString(". \"–\": not tried with this peer.\n\n| Offhook | over |")
	for _, p := range peers {
		fmt.Fprintf(&b, " %s |", p)
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(peers)) + "\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s |", r.did, r.over)
		for _, p := range peers {
			x, tried := cells[r][p]
			switch {
			case !tried:
				b.WriteString(" – |")
			case x.Fail:
				fmt.Fprintf(&b, " **failed**: `%s` |", x.Test)
			default:
				b.WriteString(" yes |")
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}
