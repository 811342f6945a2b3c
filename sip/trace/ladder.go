package trace

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
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
	var d Drawing
	return d.Draw(messages)
}

// A Drawing is a ladder that grows. The zero Drawing is empty.
type Drawing struct {
	peers []netip.AddrPort
	at    map[netip.AddrPort]int // a peer's line
	last  time.Time              // of the last message
	seen  map[string]bool        // what a repetition looks like
}

// maxSeen bounds what a Drawing remembers: peers, and messages that may come again.
const maxSeen = 1024

// Draw is the lines for further messages, below a heading where there are new peers.
func (d *Drawing) Draw(messages []Message) string {
	if d.at == nil || len(d.at) > maxSeen {
		d.peers, d.at = nil, map[netip.AddrPort]int{}
	}
	if d.seen == nil || len(d.seen) > maxSeen {
		d.seen = map[string]bool{}
	}
	was := min(len(d.peers), maxLanes+1)
	for _, m := range messages {
		if _, known := d.at[m.Peer]; !known {
			d.at[m.Peer] = min(len(d.peers), maxLanes-1)
			d.peers = append(d.peers, m.Peer)
		}
	}
	var b strings.Builder
	lanes := min(len(d.peers), maxLanes)
	if min(len(d.peers), maxLanes+1) != was {
		b.WriteString(strings.TrimRight(heading(d.peers, lanes), " ") + "\n")
	}
	for _, m := range messages {
		when := m.At.Format("15:04:05.000")
		if gap := m.At.Sub(d.last); !d.last.IsZero() && gap >= 0 && gap.Milliseconds() < 10_000 {
			when = fmt.Sprintf("+%dms", gap.Milliseconds())
		}
		d.last = m.At
		fmt.Fprintf(&b, "%*s  %s\n", margin-2, when, arrow(d.label(m), m.Out, d.at[m.Peer]+1, lanes))
	}
	return b.String()
}

// label is a message in a few words, and what became of it.
func (d *Drawing) label(m Message) string {
	label := Title(m.Text)
	key := fmt.Sprint(m.Out, m.Peer, m.Text)
	switch {
	case m.Unsent:
		return fit(label, lane-10-len(notSent)) + notSent
	case d.seen[key]:
		label += ", again"
	}
	d.seen[key] = true
	return label
}

const notSent = ", not sent"

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
