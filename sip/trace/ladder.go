package trace

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"
)

// The drawing: a time, our line, and one line for each peer.
//
//	              phone                               192.168.1.5:5060
//	09:41:00.000  |--- REGISTER pbx.home ------------------->|
//	       +12ms  |<-- 401 Unauthorized (REGISTER) ----------|
const (
	lane     = 44 // columns between two lines
	margin   = 14 // columns of time before our line
	maxLanes = 4  // peers with a line of their own; the last is shared by further ones
)

// Ladder draws messages as arrows between us and each peer, oldest first, one line per
// message. It is plain ASCII but for what the messages say themselves.
func Ladder(messages []Message) string {
	if len(messages) == 0 {
		return "no SIP message yet\n"
	}
	var peers []netip.AddrPort
	at := map[netip.AddrPort]int{}
	for _, m := range messages {
		if _, known := at[m.Peer]; known {
			continue
		}
		at[m.Peer] = min(len(peers), maxLanes-1)
		peers = append(peers, m.Peer)
	}
	lanes := min(len(peers), maxLanes)

	var b strings.Builder
	b.WriteString(strings.TrimRight(heading(peers, lanes), " ") + "\n")
	seen := map[string]bool{}
	for i, m := range messages {
		when := m.At.Format("15:04:05.000")
		if i > 0 {
			if gap := m.At.Sub(messages[i-1].At); gap >= 0 && gap.Milliseconds() < 10_000 {
				when = fmt.Sprintf("+%dms", gap.Milliseconds())
			}
		}
		label := Title(m.Text)
		if key := fmt.Sprint(m.Out, m.Peer, m.Text); seen[key] {
			label += ", again"
		} else {
			seen[key] = true
		}
		fmt.Fprintf(&b, "%*s  %s\n", margin-2, when, arrow(label, m.Out, at[m.Peer]+1, lanes))
	}
	return b.String()
}

func heading(peers []netip.AddrPort, lanes int) string {
	line := strings.Repeat(" ", margin) + "phone"
	for i, p := range peers[:lanes] {
		name := p.String()
		if !p.IsValid() {
			name = "unknown"
		}
		if i == maxLanes-1 && len(peers) > maxLanes {
			name = "others"
		}
		start := margin + (i+1)*lane - len(name)/2
		line += strings.Repeat(" ", max(2, start-len(line))) + name
	}
	return line
}

// arrow draws one row: from our line to the line of peer number to, of lanes in all.
func arrow(label string, out bool, to, lanes int) string {
	width := to*lane - 1
	label = fit(label, lane-10)
	fill := strings.Repeat("-", width-6-utf8.RuneCountInString(label))
	var row string
	if out {
		row = "|--- " + label + " " + fill + ">|"
	} else {
		row = "|<-- " + label + " " + fill + "-|"
	}
	for range lanes - to {
		row += strings.Repeat(" ", lane-1) + "|"
	}
	return row
}

// fit cuts a label to n columns.
func fit(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-3]) + "..."
}

// Title is a message in a few words: "INVITE 600@pbx.home, SDP", "180 Ringing (INVITE)".
func Title(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	words := strings.SplitN(strings.TrimRight(first, "\r"), " ", 3)
	if len(words) < 2 {
		return first
	}
	title := ""
	if words[0] == "SIP/2.0" {
		title = strings.TrimSpace(strings.Join(words[1:], " "))
		if m := method(text); m != "" {
			title += " (" + m + ")"
		}
	} else {
		uri := strings.TrimPrefix(strings.TrimPrefix(words[1], "sips:"), "sip:")
		if i := strings.IndexAny(uri, ";?"); i >= 0 {
			uri = uri[:i]
		}
		title = words[0] + " " + uri
	}
	if strings.Contains(text, "\n\nv=0\n") {
		title += ", SDP"
	}
	return title
}

// method is the method that a response answers.
func method(text string) string {
	for _, line := range strings.Split(text, "\n") {
		if line == "" {
			break
		}
		if name, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(strings.TrimSpace(name), "CSeq") {
			if f := strings.Fields(value); len(f) == 2 {
				return f[1]
			}
		}
	}
	return ""
}
